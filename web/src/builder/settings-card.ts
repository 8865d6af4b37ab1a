import { blankCondition } from './blank';
import { conditionRows } from './condition-rows';
import type { Band, Definition, Exit } from './definition';
import { h, icon } from './dom';
import type { Editor } from './editor';
import { checkbox, labelled, named, select, textInput } from './inputs';
import type { Words } from './words';

const RE_ENTRY: Definition['re_entry'][] = ['never', 'after_finishing', 'always'];
const BANDS: Band[] = ['hot', 'warm'];
type ExitKind = 'custom' | 'band_reached' | 'lead';
const EXITS: ExitKind[] = ['custom', 'band_reached', 'lead'];

/** Name and description, above everything. */
export function nameCard(words: Words, editor: Editor): HTMLElement {
  const { name, description } = editor.definition;
  const about = h('textarea', { class: 'form-control', rows: 2, maxlength: 2000, 'data-focus': 'description' });
  about.value = description;
  about.addEventListener('change', () => editor.set({ description: about.value }));
  return h(
    'div',
    { class: 'card mb-3' },
    h('div', { class: 'card-body row g-3' },
      h('div', { class: 'col-md-5' }, labelled(words.say('name'), textInput(name, 'name', (typed) => editor.set({ name: typed }), { maxlength: 255, required: '' }))),
      h('div', { class: 'col-md-7' }, labelled(words.say('description'), about)),
    ),
  );
}

/** What holds for the whole way: when people leave it, whether they come again, whether it is measured. */
export function settingsCard(words: Words, editor: Editor): HTMLElement {
  const { re_entry, tracking } = editor.definition;
  return h(
    'section',
    { class: 'card mt-3', 'aria-labelledby': 'settings-title' },
    h('div', { class: 'card-body' },
      h('h3', { class: 'card-title', id: 'settings-title' }, words.say('settings')),
      exits(words, editor),
      labelled(words.say('re-entry'), named(words, 're-entry', RE_ENTRY, re_entry, 're-entry', (chosen) => editor.set({ re_entry: chosen })), words.say('re-entry-help')),
      checkbox(words.say('tracking'), tracking, 'tracking', (checked) => editor.set({ tracking: checked }), words.say('tracking-help')),
    ),
  );
}

function exits(words: Words, editor: Editor): HTMLElement {
  const all = editor.definition.exits;
  const change = (next: Exit[], isBuild = true) => editor.set({ exits: next }, isBuild ? 'build' : 'value');
  const rows = all.map((exit, at) => {
    const remove = h('button', { type: 'button', class: 'btn btn-icon', 'aria-label': words.say('exit-remove'), 'data-focus': `exit-${at}-remove` }, icon(editor.context.icons, 'x'));
    remove.addEventListener('click', () => change(all.toSpliced(at, 1)));
    return h('li', { class: 'exit-row' }, h('div', { class: 'exit-fields' }, ...fields(words, editor, exit, `exit-${at}`, (next, isBuild) => change(editor.definition.exits.with(at, next), isBuild))), remove);
  });
  const add = h('button', { type: 'button', class: 'btn btn-sm', 'data-focus': 'exit-add' }, icon(editor.context.icons, 'plus'), words.say('exit-add'));
  add.addEventListener('click', () => change([...all, { custom: '' }]));
  return h('fieldset', { class: 'builder-field' }, h('legend', { class: 'form-label' }, words.say('exits')), h('small', { class: 'form-hint mb-2' }, words.say('exits-help')), h('ul', { class: 'list-unstyled mb-2' }, ...rows), add);
}

function fields(words: Words, editor: Editor, exit: Exit, focus: string, change: (exit: Exit, isBuild?: boolean) => void): HTMLElement[] {
  const kind = Object.keys(exit)[0] as ExitKind;
  const kinds = select(EXITS.map((value) => ({ value, label: words.say(`exit-${value}`) })), kind, focus, (chosen) => change(blankExit(chosen as ExitKind), true));
  kinds.setAttribute('aria-label', words.say('exits'));
  if ('custom' in exit) {
    const event = textInput(exit.custom, `${focus}-event`, (typed) => change({ custom: typed.trim() }, false), { list: 'known-events', maxlength: 64, placeholder: 'applied', 'aria-label': words.say('trigger-event') });
    return [kinds, event];
  }
  if ('band_reached' in exit) {
    const band = named(words, 'band', BANDS, exit.band_reached, `${focus}-band`, (band_reached) => change({ band_reached }, false));
    band.setAttribute('aria-label', words.say('trigger-band'));
    return [kinds, band];
  }
  const rows = conditionRows(words, editor.context, [exit.lead], `${focus}-lead`, ([lead], isBuild) => change({ lead: lead ?? blankCondition() }, isBuild));
  rows.classList.add('condition-rows-one');
  return [kinds, rows];
}

function blankExit(kind: ExitKind): Exit {
  if (kind === 'custom') return { custom: '' };
  return kind === 'band_reached' ? { band_reached: 'hot' } : { lead: blankCondition() };
}
