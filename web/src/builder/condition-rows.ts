import { blankCondition } from './blank';
import type { Context, Field } from './context';
import type { Band, Condition, Operator, Value } from './definition';
import { h, icon } from './dom';
import { named, select, textInput } from './inputs';
import type { Words } from './words';

const TEXT: Operator[] = ['equals', 'not_equals', 'contains', 'in'];
const ORDERED: Operator[] = ['equals', 'not_equals', 'greater_than', 'less_than', 'between'];
const OPERATORS: Record<Field['kind'], Operator[]> = {
  text: TEXT,
  tags: ['equals', 'not_equals', 'contains', 'in'],
  number: ORDERED,
  date: ORDERED,
  boolean: ['equals', 'not_equals'],
  band: ['equals', 'not_equals', 'greater_than', 'less_than'],
};
const BANDS: Band[] = ['hot', 'warm', 'cold'];

type Rows = (conditions: Condition[], isBuild: boolean) => void;

/** Rows of field, operator and value; all of them must hold. */
export function conditionRows(words: Words, context: Context, conditions: Condition[], focus: string, change: Rows): HTMLElement {
  // The values of several rows change one after another while the rows stay on the page.
  let now = conditions;
  const replace = (at: number) => (condition: Condition, isBuild = false) => {
    now = now.with(at, condition);
    change(now, isBuild);
  };
  const rows = conditions.map((condition, at) => {
    const removeButton = h('button', { type: 'button', class: 'btn btn-icon', 'aria-label': words.say('condition-remove'), 'data-focus': `${focus}-${at}-remove` }, icon(context.icons, 'x'));
    removeButton.addEventListener('click', () => change(now.toSpliced(at, 1), true));
    const own = row(words, context, condition, `${focus}-${at}`, replace(at));
    return h('li', { class: 'condition-row' }, ...own, removeButton);
  });
  const add = h('button', { type: 'button', class: 'btn btn-sm', 'data-focus': `${focus}-add` }, icon(context.icons, 'plus'), words.say('condition-add'));
  add.addEventListener('click', () => change([...now, blankCondition()], true));
  return h('div', { class: 'condition-rows' }, h('ul', { class: 'list-unstyled mb-2' }, ...rows), add);
}

function row(words: Words, context: Context, condition: Condition, focus: string, change: (condition: Condition, isBuild?: boolean) => void): HTMLElement[] {
  const kind = kindOf(context, condition.field);
  const operators = OPERATORS[kind];
  let now = condition;
  const set = (next: Condition, isBuild = false) => {
    now = next;
    change(next, isBuild);
  };
  const fields = select(context.fields, condition.field, `${focus}-field`, (field) => {
    const next = OPERATORS[kindOf(context, field)];
    const operator = next.includes(condition.operator) ? condition.operator : next[0]!;
    set({ field, operator, value: blankValue(kindOf(context, field), operator) }, true);
  });
  fields.setAttribute('aria-label', words.say('condition-field'));
  const operator = named(words, 'operator', operators.includes(condition.operator) ? operators : [condition.operator, ...operators], condition.operator, `${focus}-operator`, (operator) =>
    set({ ...now, operator, value: reshaped(kind, operator, now) }, true),
  );
  operator.setAttribute('aria-label', words.say('condition-operator'));
  return [fields, operator, ...valueFields(words, kind, condition, focus, set)];
}

function valueFields(words: Words, kind: Field['kind'], condition: Condition, focus: string, change: (condition: Condition) => void): HTMLElement[] {
  const { operator, value } = condition;
  const label = words.say('condition-value');
  if (operator === 'between') {
    let pair = Array.isArray(value) ? value : [value, ''];
    const set = (at: number) => (typed: Value) => {
      pair = pair.with(at, typed);
      change({ ...condition, value: pair });
    };
    return [0, 1].map((at) => one(words, kind, pair[at] ?? '', `${focus}-value-${at}`, `${label} ${at + 1}`, set(at)));
  }
  if (operator === 'in') {
    const text = Array.isArray(value) ? value.join(', ') : String(value);
    const field = textInput(text, `${focus}-value`, (typed) => change({ ...condition, value: listed(typed) }), { 'aria-label': label, placeholder: words.say('condition-list') });
    return [field];
  }
  const single = Array.isArray(value) ? (value[0] ?? '') : value;
  return [one(words, kind, single, `${focus}-value`, label, (typed) => change({ ...condition, value: typed }))];
}

function one(words: Words, kind: Field['kind'], value: Value, focus: string, label: string, change: (value: Value) => void): HTMLElement {
  const field = input(words, kind, value, focus, change);
  field.setAttribute('aria-label', label);
  return field;
}

function input(words: Words, kind: Field['kind'], value: Value, focus: string, change: (value: Value) => void): HTMLElement {
  switch (kind) {
    case 'band':
      return named(words, 'band', BANDS, String(value) as Band, focus, change);
    case 'boolean':
      return named(words, 'boolean', ['true', 'false'], value === false ? 'false' : 'true', focus, (chosen) => change(chosen === 'true'));
    case 'number':
      return textInput(String(value), focus, (typed) => change(typed.trim() === '' ? '' : Number(typed)), { type: 'number', step: 'any' });
    case 'date':
      return textInput(String(value), focus, change, { type: 'date' });
    case 'text':
    case 'tags':
      return textInput(String(value), focus, change, { placeholder: words.say('condition-value') });
  }
}

function kindOf(context: Context, name: string): Field['kind'] {
  return context.fields.find(({ value }) => value === name)?.kind ?? 'text';
}

function blankValue(kind: Field['kind'], operator: Operator): Value | Value[] {
  if (operator === 'in') return [];
  const one = kind === 'band' ? 'hot' : kind === 'boolean' ? true : '';
  return operator === 'between' ? [one, one] : one;
}

/** The value for another operator, kept as far as it fits. */
function reshaped(kind: Field['kind'], operator: Operator, { value }: Condition): Value | Value[] {
  const first = Array.isArray(value) ? value[0] : value;
  const blank = blankValue(kind, operator);
  if (first === undefined || first === '') return blank;
  if (operator === 'in') return [first];
  return Array.isArray(blank) ? [first, ''] : first;
}

/** Japanese staff separate by comma, 読点 or full-width comma alike. */
function listed(typed: string): string[] {
  return typed.split(/[,、，]/).map((part) => part.trim()).filter((part) => part !== '');
}
