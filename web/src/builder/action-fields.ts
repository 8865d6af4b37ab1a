import type { Context, Field } from './context';
import { NOT_CHOSEN, type Action, type AttributeValue, type Kind, type Step } from './definition';
import { h, icon } from './dom';
import type { Editor } from './editor';
import { checkbox, labelled, numberInput, select, textInput } from './inputs';
import { testFields } from './test-fields';
import type { Words } from './words';

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** Some fields of the action; the rest stays as it is by then. */
export type ActionPatch = { [K in Kind]: Partial<Extract<Action, { type: K }>> }[Kind];
type SetAction = (patch: ActionPatch, isBuild?: boolean) => void;

/** The fields of what a step does. */
export function actionFields(words: Words, editor: Editor, step: Step, change: SetAction): HTMLElement[] {
  const { action } = step;
  const { context } = editor;
  const text = (label: string, value: string, set: (value: string) => ActionPatch, help?: string) =>
    labelled(words.say(label), textInput(value, `${step.id}-${label}`, (typed) => change(set(typed))), help && words.say(help));
  switch (action.type) {
    case 'send':
      return sendFields(words, context, step.id, action, change);
    case 'wait_until':
      return waitFields(words, step.id, action, change);
    case 'condition':
      return testFields(words, editor, step, action.test, (test, isBuild) => change({ test }, isBuild));
    case 'split': {
      const share = numberInput(action.share_a, `${step.id}-share`, (share_a) => change({ share_a }), { min: 1, max: 99 });
      return [labelled(words.say('share'), share, words.say('share-help'))];
    }
    case 'set_attribute':
      return attributeFields(words, context, step.id, action, change);
    case 'add_tag':
    case 'remove_tag':
      return [text('tag', action.tag, (tag) => ({ tag }))];
    case 'add_score': {
      const points = numberInput(action.points, `${step.id}-points`, (value) => change({ points: value }), { min: -1000, max: 1000 });
      return [labelled(words.say('score'), points, words.say('score-help'))];
    }
    case 'create_task':
      return [
        text('task-title', action.title, (title) => ({ title }), 'wording-help'),
        person(words, context, 'assignee', action.assignee, `${step.id}-assignee`, (assignee) => change({ assignee })),
        labelled(words.say('due-in'), numberInput(action.due_in_hours, `${step.id}-due`, (due_in_hours) => change({ due_in_hours }), { min: 1, max: 8760 })),
      ];
    case 'notify':
      return [
        text('message', action.message, (message) => ({ message }), 'wording-help'),
        person(words, context, 'notified', action.user, `${step.id}-user`, (user) => change({ user })),
      ];
    case 'webhook':
      return [text('url', action.url, (url) => ({ url }), 'url-help')];
    case 'go_to':
      return [labelled(words.say('go-to'), select(withNone(words, context.campaigns), action.campaign, `${step.id}-campaign`, (campaign) => change({ campaign })))];
    case 'end':
      return [h('p', { class: 'text-secondary mb-0' }, words.say('help-end'))];
  }
}

function sendFields(words: Words, context: Context, id: string, action: Extract<Action, { type: 'send' }>, change: SetAction): HTMLElement[] {
  const template = select(withNone(words, context.templates), action.template, `${id}-template`, (chosen) => change({ template: chosen }, true));
  const links = h('p', { class: 'd-flex flex-wrap gap-2 mb-2' });
  if (action.template !== NOT_CHOSEN) {
    const look = h('a', { class: 'btn btn-sm', href: `/ui/templates/${action.template}`, target: '_blank', rel: 'noopener' }, icon(context.icons, 'eye'), words.say('template-look'));
    links.append(look);
  }
  if (context.templates.length === 0) {
    links.append(h('a', { class: 'btn btn-sm', href: '/ui/templates/new', target: '_blank', rel: 'noopener' }, icon(context.icons, 'plus'), words.say('template-first')));
  }
  const hastens = checkbox(words.say('hastens'), action.click_hastens, `${id}-hastens`, (click_hastens) => change({ click_hastens }), words.say('hastens-help'));
  return [labelled(words.say('template'), template), links, hastens];
}

function waitFields(words: Words, id: string, action: Extract<Action, { type: 'wait_until' }>, change: SetAction): HTMLElement[] {
  let { weekdays } = action;
  const boxes = DAYS.map((day) =>
    checkbox(words.say(`day-${day}`), weekdays.includes(day), `${id}-${day}`, (checked) => {
      weekdays = DAYS.filter((it) => (it === day ? checked : weekdays.includes(it)));
      change({ weekdays });
    }),
  );
  const at = textInput(action.at.slice(0, 5), `${id}-at`, (typed) => change({ at: seconds(typed) }), { type: 'time', required: '' });
  return [
    h('fieldset', {}, h('legend', { class: 'form-label' }, words.say('weekdays')), h('div', { class: 'builder-days' }, ...boxes), h('small', { class: 'form-hint' }, words.say('weekdays-help'))),
    labelled(words.say('at'), at),
  ];
}

/** A time field says `09:30`, the server `09:30:00`. */
export function seconds(time: string): string {
  return /^\d\d:\d\d$/.test(time) ? `${time}:00` : time;
}

function attributeFields(words: Words, context: Context, id: string, action: Extract<Action, { type: 'set_attribute' }>, change: SetAction): HTMLElement[] {
  const writable = context.fields.filter((field) => field.writable);
  const kind = writable.find(({ value }) => value === action.field)?.kind ?? 'text';
  const field = select(writable, action.field, `${id}-field`, (name) => {
    const next = writable.find(({ value }) => value === name)?.kind ?? 'text';
    change({ field: name, value: next === kind ? action.value : attributeValue(next, '') }, true);
  });
  const shown = String(Object.values(action.value)[0] ?? '');
  const set = (typed: string) => change({ value: attributeValue(kind, typed) });
  const types: Partial<Record<Field['kind'], string>> = { number: 'number', date: 'date' };
  const value =
    kind === 'boolean'
      ? select(['true', 'false'].map((name) => ({ value: name, label: words.say(`boolean-${name}`) })), shown || 'true', `${id}-value`, set)
      : textInput(shown, `${id}-value`, set, { type: types[kind] ?? 'text', step: 'any' });
  return [labelled(words.say('condition-field'), field), labelled(words.say('condition-value'), value)];
}

function attributeValue(kind: Field['kind'], typed: string): AttributeValue {
  if (kind === 'number') return { number: Number(typed) };
  if (kind === 'boolean') return { boolean: typed !== 'false' };
  if (kind === 'date') return { date: typed };
  return { text: typed };
}

function person(words: Words, context: Context, label: string, value: string | null, focus: string, change: (user: string | null) => void): HTMLElement {
  const choices = [{ value: '', label: words.say(`${label}-owner`) }, ...context.people];
  return labelled(words.say(label), select(choices, value ?? '', focus, (chosen) => change(chosen || null)));
}

function withNone(words: Words, choices: Context['templates']): Context['templates'] {
  return [{ value: NOT_CHOSEN, label: words.say('choose') }, ...choices];
}
