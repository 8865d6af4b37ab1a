import { actionFields } from './action-fields';
import { copyOf } from './blank';
import { conditionRows } from './condition-rows';
import type { Action, Branch, Delay, Step, Unit } from './definition';
import { h, icon } from './dom';
import type { Editor } from './editor';
import { checkbox, labelled, named, numberInput, textInput } from './inputs';
import { branches, find, type Place, type Way } from './tree';
import { ICONS, type Words } from './words';

const UNITS: Unit[] = ['minutes', 'hours', 'days'];
const WAYS: readonly (readonly [Way, string])[] = [
  ['up', 'arrow-up'],
  ['down', 'arrow-down'],
  ['into', 'indent-increase'],
  ['out', 'indent-decrease'],
];

/** What a card needs of the list around it. */
export interface Surroundings {
  words: Words;
  editor: Editor;
  isOpen(id: string): boolean;
  toggle(id: string): void;
  /** Takes the step away, and says how it comes back. */
  remove(step: Step): void;
  moved(step: Step, way: Way): void;
  list(steps: Step[], parent: string | null, branch: Branch | null): HTMLElement;
}

/** One step: a head that says what it does, its fields, and its branches. */
export function stepCard(around: Surroundings, step: Step, order: number): HTMLElement {
  const { words } = around;
  const isOpen = around.isOpen(step.id);
  const body = h('div', { class: 'step-body', id: `body-${step.id}`, hidden: !isOpen });
  if (isOpen) body.append(...fields(around, step));
  const inner = branches(step.action).map(([branch, steps]) =>
    h('section', { class: `flow-branch flow-branch-${branch}`, 'aria-label': words.say(`branch-${branch}`) }, h('h4', { class: 'flow-branch-name' }, words.say(`branch-${branch}`)), around.list(steps, step.id, branch)),
  );
  return h(
    'li',
    { class: 'step', id: `step-${step.id}`, 'data-step': step.id },
    h('div', { class: `step-card step-${step.action.type}` }, head(around, step, order, isOpen), problems(around, step), body),
    inner.length > 0 ? h('div', { class: 'flow-branches' }, ...inner) : null,
  );
}

function head(around: Surroundings, step: Step, order: number, isOpen: boolean): HTMLElement {
  const { words, editor } = around;
  const sprite = editor.context.icons;
  const toggle = h(
    'button',
    { type: 'button', class: 'step-toggle', 'aria-expanded': String(isOpen), 'aria-controls': `body-${step.id}`, 'data-focus': `${step.id}-toggle` },
    h('span', { class: 'step-kind' }, icon(sprite, ICONS[step.action.type])),
    h('span', { class: 'step-text' }, h('span', { class: 'step-title' }, `${order}. ${words.title(step)}`), h('span', { class: 'step-detail' }, words.detail(step.action)), h('span', { class: 'step-when' }, words.when(step))),
    icon(sprite, 'chevron-down'),
  );
  toggle.addEventListener('click', () => around.toggle(step.id));
  const handle = h('span', { class: 'step-handle', title: words.say('drag'), 'aria-hidden': 'true' }, icon(sprite, 'grip-vertical'));
  return h('div', { class: 'step-head' }, handle, toggle, toolbar(around, step));
}

function toolbar(around: Surroundings, step: Step): HTMLElement {
  const { words, editor } = around;
  const name = words.title(step);
  const button = (act: string, drawing: string, run: () => void, isOff = false) => {
    const made = h('button', { type: 'button', class: 'btn btn-icon btn-sm', disabled: isOff, title: words.say(act), 'aria-label': words.say(`${act}-step`, { name }), 'data-focus': `${step.id}-${act}` }, icon(editor.context.icons, drawing));
    made.addEventListener('click', run);
    return made;
  };
  const ways = WAYS.map(([way, drawing]) => button(`move-${way}`, drawing, () => around.moved(step, way), !editor.canGo(step.id, way)));
  const copy = button('copy', 'copy', () => {
    const place = find(editor.steps, step.id)?.place;
    if (place) editor.add({ ...place, index: place.index + 1 }, copyOf(step));
  });
  const remove = button('remove', 'trash', () => around.remove(step));
  return h('div', { class: 'step-tools', role: 'group', 'aria-label': words.say('tools', { name }) }, ...ways, copy, remove);
}

function problems({ editor, words }: Surroundings, step: Step): HTMLElement | null {
  const own = editor.problems.filter((problem) => problem.step === step.id);
  if (own.length === 0) return null;
  return h('ul', { class: 'step-problems', 'aria-label': words.say('problems') }, ...own.map(({ text }) => h('li', {}, text)));
}

function fields({ words, editor }: Surroundings, step: Step): HTMLElement[] {
  const set = (change: Partial<Step>, isBuild = false) => editor.setStep(step.id, (now) => ({ ...now, ...change }), isBuild ? 'build' : 'value');
  const own = actionFields(words, editor, step, (patch, isBuild) =>
    editor.setStep(step.id, (now) => ({ ...now, action: { ...now.action, ...patch } as Action }), isBuild ? 'build' : 'value'),
  );
  const name = textInput(step.name, `${step.id}-name`, (typed) => set({ name: typed }), { maxlength: 120, placeholder: words.kind(step.action.type) });
  const conditions = conditionRows(words, editor.context, step.only_if, `${step.id}-only`, (only_if, isBuild) => set({ only_if }, isBuild));
  return [
    delayFields(words, 'delay', step.delay, `${step.id}-delay`, (delay) => set({ delay })),
    ...own,
    h('details', { class: 'step-more', open: step.only_if.length > 0 || step.not_later_than !== null }, h('summary', {}, words.say('more')), h('div', { class: 'step-more-body' },
      h('fieldset', { class: 'builder-field' }, h('legend', { class: 'form-label' }, words.say('only-if')), h('small', { class: 'form-hint mb-2' }, words.say('only-if-help')), conditions),
      lateness(words, step, (not_later_than) => set({ not_later_than }, true)),
      labelled(words.say('step-name'), name, words.say('step-name-help')),
    )),
  ];
}

function lateness(words: Words, step: Step, change: (delay: Delay | null) => void): HTMLElement {
  const limit = step.not_later_than;
  const box = checkbox(words.say('late'), limit !== null, `${step.id}-late`, (checked) => change(checked ? { value: 1, unit: 'days' } : null), words.say('late-help'));
  return h('div', { class: 'builder-field' }, box, limit && delayFields(words, 'late-limit', limit, `${step.id}-late`, change));
}

function delayFields(words: Words, label: string, delay: Delay, focus: string, change: (delay: Delay) => void): HTMLElement {
  let now = delay;
  const set = (next: Partial<Delay>) => {
    now = { ...now, ...next };
    change(now);
  };
  const value = numberInput(delay.value, `${focus}-value`, (typed) => set({ value: typed }), { min: 0, max: 9999 });
  value.setAttribute('aria-label', words.say('delay-value'));
  const unit = named(words, 'unit', UNITS, delay.unit, `${focus}-unit`, (chosen) => set({ unit: chosen }));
  unit.setAttribute('aria-label', words.say('delay-unit'));
  return h('fieldset', { class: 'builder-field' }, h('legend', { class: 'form-label' }, words.say(label)), h('div', { class: 'delay-row' }, value, unit, h('span', {}, words.say(`${label}-suffix`))));
}

/** Where a step put at the end of a list comes to stand. */
export function endOf(steps: Step[], parent: string | null, branch: Branch | null): Place {
  return { parent, branch, index: steps.length };
}
