import type { Definition } from './definition';

export interface Choice {
  value: string;
  label: string;
}

/** A field of leads that conditions can look at. */
export interface Field extends Choice {
  kind: 'text' | 'number' | 'date' | 'boolean' | 'band' | 'tags';
  /** A step can write it. */
  writable: boolean;
}

export interface Problem {
  /** At this step; none: of the campaign as a whole. */
  step: string | null;
  text: string;
}

/** How many people stand at a step and what became of its mails, already in words. */
export interface StepFigures {
  waiting: number;
  note: string;
}

/** All that the server lays into the page. */
export interface Context {
  definition: Definition;
  /** When it was last changed, as this page knows it. */
  seen: string;
  problems: Problem[];
  texts: Record<string, string>;
  /** The address of the icons. */
  icons: string;
  /** Where the definition is put; none where it is only shown. */
  save: string | null;
  templates: Choice[];
  campaigns: Choice[];
  people: Choice[];
  fields: Field[];
  segments: Choice[];
  /** Names of custom events that are known. */
  events: string[];
  figures: Record<string, StepFigures>;
}

/** The context in a page's element. */
export function read(element: HTMLElement, name: string): Context {
  return JSON.parse(element.dataset[name] ?? '') as Context;
}
