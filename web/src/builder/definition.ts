// A campaign as the server writes and reads it: `CampaignDefinition` and what belongs to it.

export type Unit = 'minutes' | 'hours' | 'days';
export type Branch = 'yes' | 'no' | 'a' | 'b';
export type Band = 'cold' | 'warm' | 'hot';

export interface Delay {
  value: number;
  unit: Unit;
}

export type Operator = 'equals' | 'not_equals' | 'greater_than' | 'less_than' | 'contains' | 'in' | 'between';
export type Value = string | number | boolean;

export interface Condition {
  field: string;
  operator: Operator;
  value: Value | Value[];
}

export type AttributeValue = { text: string } | { number: number } | { date: string } | { boolean: boolean };

export type Test =
  | { type: 'band_at_least'; band: Band }
  | { type: 'opened'; step: string | null }
  | { type: 'clicked'; step: string | null; url_contains: string | null }
  | { type: 'visited'; path: string }
  | { type: 'lead'; conditions: Condition[] }
  | { type: 'in_segment'; segment: string };

export type Action =
  | { type: 'send'; template: string; click_hastens: boolean }
  | { type: 'wait_until'; weekdays: string[]; at: string }
  | { type: 'condition'; test: Test; yes: Step[]; no: Step[] }
  | { type: 'split'; share_a: number; a: Step[]; b: Step[] }
  | { type: 'set_attribute'; field: string; value: AttributeValue }
  | { type: 'add_tag'; tag: string }
  | { type: 'remove_tag'; tag: string }
  | { type: 'add_score'; points: number }
  | { type: 'create_task'; title: string; assignee: string | null; due_in_hours: number }
  | { type: 'notify'; user: string | null; message: string }
  | { type: 'webhook'; url: string }
  | { type: 'go_to'; campaign: string }
  | { type: 'end' };

export type Kind = Action['type'];

export interface Step {
  id: string;
  name: string;
  delay: Delay;
  only_if: Condition[];
  not_later_than: Delay | null;
  action: Action;
}

export type Trigger =
  | { type: 'custom'; event: string; properties: Record<string, string> }
  | { type: 'score_reached'; score: number }
  | { type: 'band_reached'; band: Band }
  | { type: 'attribute_matches'; conditions: Condition[] }
  | { type: 'segment_entered'; segment: string }
  | { type: 'stage_entered'; stage: string }
  | { type: 'event_registered'; event: string | null }
  | { type: 'date_attribute'; attribute: string; days: number; at: string }
  | { type: 'manual' };

export type Exit = { band_reached: Band } | { custom: string } | { lead: Condition };

export interface Definition {
  name: string;
  description: string;
  trigger: Trigger;
  entry: Condition[];
  exits: Exit[];
  re_entry: 'never' | 'after_finishing' | 'always';
  tracking: boolean;
  steps: Step[];
}

/** What stands for something that has not been chosen yet. */
export const NOT_CHOSEN = '00000000-0000-0000-0000-000000000000';
