import { h, option } from './dom';
import type { Choice } from './context';
import type { Words } from './words';

let ids = 0;

/** A field under its label. */
export function labelled(label: string, field: HTMLElement, help?: string): HTMLElement {
  field.id ||= `b-${++ids}`;
  const hint = help ? h('small', { class: 'form-hint', id: `${field.id}-help` }, help) : null;
  if (hint) field.setAttribute('aria-describedby', hint.id);
  return h('div', { class: 'builder-field' }, h('label', { class: 'form-label', for: field.id }, label), field, hint);
}

export function textInput(value: string, focus: string, change: (value: string) => void, attributes: Record<string, string | number> = {}): HTMLInputElement {
  const input = h('input', { class: 'form-control', type: 'text', maxlength: 500, 'data-focus': focus, ...attributes });
  input.value = value;
  // Every keystroke that is kept would be a step of undo; what counts is what was written.
  input.addEventListener('change', () => change(input.value));
  return input;
}

export function numberInput(value: number, focus: string, change: (value: number) => void, attributes: Record<string, string | number> = {}): HTMLInputElement {
  const input = textInput(String(value), focus, (typed) => change(whole(typed, input)), { type: 'number', inputmode: 'numeric', ...attributes });
  return input;
}

/** What was typed, within the limits of its field; nothing counts as the smallest. */
function whole(typed: string, input: HTMLInputElement): number {
  const [min, max] = [Number(input.min || Number.MIN_SAFE_INTEGER), Number(input.max || Number.MAX_SAFE_INTEGER)];
  const number = Math.min(max, Math.max(min, Math.round(Number(typed) || 0)));
  input.value = String(number);
  return number;
}

export function select(choices: readonly Choice[], value: string, focus: string, change: (value: string) => void): HTMLSelectElement {
  const field = h('select', { class: 'form-select', 'data-focus': focus });
  const known = choices.some((choice) => choice.value === value);
  if (!known) field.append(option(value, value, true));
  for (const choice of choices) field.append(option(choice.value, choice.label, choice.value === value));
  field.addEventListener('change', () => change(field.value));
  return field;
}

/** A choice among names whose labels are texts with that prefix. */
export function named<N extends string>(words: Words, prefix: string, names: readonly N[], value: N, focus: string, change: (value: N) => void): HTMLSelectElement {
  const choices = names.map((name) => ({ value: name, label: words.say(`${prefix}-${name}`) }));
  return select(choices, value, focus, (chosen) => change(chosen as N));
}

export function checkbox(label: string, checked: boolean, focus: string, change: (checked: boolean) => void, help?: string): HTMLElement {
  const box = h('input', { class: 'form-check-input', type: 'checkbox', checked, 'data-focus': focus });
  box.addEventListener('change', () => change(box.checked));
  return h(
    'label',
    { class: 'form-check mb-2' },
    box,
    h('span', { class: 'form-check-label' }, label),
    help ? h('span', { class: 'form-check-description' }, help) : null,
  );
}
