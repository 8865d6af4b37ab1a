import type { Choice, Context } from './context';
import { NOT_CHOSEN, type Action, type Condition, type Delay, type Kind, type Step, type Test, type Trigger } from './definition';

/** The icon of each kind, in the order of the menu. */
export const ICONS: Record<Kind, string> = {
  send: 'mail',
  wait_until: 'hourglass',
  condition: 'git-branch',
  split: 'arrows-split-2',
  add_score: 'plus-minus',
  add_tag: 'tag',
  remove_tag: 'tag-off',
  set_attribute: 'edit',
  create_task: 'checkbox',
  notify: 'bell',
  webhook: 'webhook',
  go_to: 'arrow-move-right',
  end: 'flag',
};

export const KINDS = Object.keys(ICONS) as Kind[];

/** What the builder says, from the texts that the server sends along. */
export class Words {
  constructor(private readonly context: Context) {}

  /** The text with this key, `{name}` filled in. */
  say(key: string, values: Record<string, string | number> = {}): string {
    const text = this.context.texts[key];
    if (text === undefined) throw new Error(`there is no text ${key}`);
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  }

  kind(kind: Kind): string {
    return this.say(`kind-${kind}`);
  }

  /** What the step is called, or what it does. */
  title(step: Step): string {
    return step.name.trim() || this.kind(step.action.type);
  }

  delay({ value, unit }: Delay): string {
    return value === 0 ? this.say('at-once') : this.say('after', { n: value, unit: this.say(`unit-${unit}`) });
  }

  /** When the step comes, as people read it under its title. */
  when(step: Step): string {
    const only = step.only_if.length > 0 ? ` · ${this.say('has-conditions')}` : '';
    return this.delay(step.delay) + only;
  }

  /** What exactly the step does. */
  detail(action: Action): string {
    switch (action.type) {
      case 'send':
        return this.chosen(this.context.templates, action.template);
      case 'wait_until':
        return this.say('until', { days: this.weekdays(action.weekdays), at: action.at.slice(0, 5) });
      case 'condition':
        return this.test(action.test);
      case 'split':
        return `A ${action.share_a}% / B ${100 - action.share_a}%`;
      case 'set_attribute':
        return `${this.field(action.field)} = ${String(Object.values(action.value)[0] ?? '')}`;
      case 'add_tag':
      case 'remove_tag':
        return action.tag;
      case 'add_score':
        return this.say('points', { n: action.points > 0 ? `+${action.points}` : action.points });
      case 'create_task':
        return action.title;
      case 'notify':
        return action.message;
      case 'webhook':
        return action.url;
      case 'go_to':
        return this.chosen(this.context.campaigns, action.campaign);
      case 'end':
        return '';
    }
  }

  test(test: Test): string {
    switch (test.type) {
      case 'band_at_least':
        return this.say('test-is-band', { value: this.say(`band-${test.band}`) });
      case 'opened':
        return this.say('test-opened');
      case 'clicked':
        return this.say('test-clicked');
      case 'visited':
        return this.say('test-is-visited', { value: test.path });
      case 'lead':
        return test.conditions.map((it) => this.condition(it)).join(this.say('and'));
      case 'in_segment':
        return this.say('test-in_segment');
    }
  }

  trigger(trigger: Trigger): string {
    const name = this.say(`trigger-${trigger.type}`);
    switch (trigger.type) {
      case 'custom':
        return trigger.event === 'assessment_completed' ? this.say('trigger-assessment_completed') : `${name}: ${trigger.event}`;
      case 'score_reached':
        return `${name}: ${trigger.score}`;
      case 'band_reached':
        return `${name}: ${this.say(`band-${trigger.band}`)}`;
      case 'attribute_matches':
        return trigger.conditions.map((it) => this.condition(it)).join(this.say('and'));
      case 'stage_entered':
        return `${name}: ${trigger.stage}`;
      case 'date_attribute':
        return `${name}: ${trigger.attribute}`;
      case 'segment_entered':
      case 'event_registered':
      case 'manual':
        return name;
    }
  }

  condition({ field, operator, value }: Condition): string {
    const values = Array.isArray(value) ? value.join(operator === 'between' ? '–' : ', ') : String(value);
    return `${this.field(field)} ${this.say(`operator-${operator}`)} ${values}`;
  }

  field(name: string): string {
    return this.context.fields.find(({ value }) => value === name)?.label ?? name;
  }

  private chosen(choices: Choice[], value: string): string {
    if (value === NOT_CHOSEN) return this.say('not-chosen');
    return choices.find((choice) => choice.value === value)?.label ?? this.say('gone');
  }

  private weekdays(days: string[]): string {
    return days.length === 0 ? this.say('any-day') : days.map((day) => this.say(`day-${day}`)).join('・');
  }
}
