import { seconds } from './action-fields';
import { blankTrigger } from './blank';
import { conditionRows } from './condition-rows';
import type { Band, Trigger } from './definition';
import { h, icon } from './dom';
import type { Editor } from './editor';
import { labelled, named, numberInput, select, textInput } from './inputs';
import { segmentField } from './test-fields';
import type { Words } from './words';

const TYPES: Trigger['type'][] = ['custom', 'score_reached', 'segment_entered', 'band_reached', 'attribute_matches', 'date_attribute', 'event_registered', 'stage_entered', 'manual'];
const BANDS: Band[] = ['hot', 'warm'];
/** 診断完了: a custom event with a name of its own, which staff choose most (B9). */
const ASSESSMENT = 'assessment_completed';

/** What lets people in: stands above the steps, and cannot be moved. */
export function triggerCard(words: Words, editor: Editor): HTMLElement {
  const { trigger, entry } = editor.definition;
  const set = (next: Trigger, isBuild = false) => editor.set({ trigger: next }, isBuild ? 'build' : 'value');
  const patch: SetTrigger = (changed, isBuild) => set({ ...editor.definition.trigger, ...changed } as Trigger, isBuild);
  const conditions = conditionRows(words, editor.context, entry, 'entry', (next, isBuild) => editor.set({ entry: next }, isBuild ? 'build' : 'value'));
  return h(
    'section',
    { class: 'step-card step-trigger', id: 'trigger', 'aria-labelledby': 'trigger-title' },
    h('h3', { class: 'step-title', id: 'trigger-title' }, icon(editor.context.icons, 'bolt'), words.say('trigger')),
    h('div', { class: 'step-body' }, choice(words, trigger, set), ...own(words, editor, trigger, patch), h('details', { class: 'step-more', open: entry.length > 0 }, h('summary', {}, words.say('entry')), h('div', { class: 'step-more-body' }, h('small', { class: 'form-hint mb-2' }, words.say('entry-help')), conditions))),
  );
}

function choice(words: Words, trigger: Trigger, set: (next: Trigger, isBuild?: boolean) => void): HTMLElement {
  const isAssessment = trigger.type === 'custom' && trigger.event === ASSESSMENT;
  const choices = [ASSESSMENT, ...TYPES].map((value) => ({ value, label: words.say(`trigger-${value}`) }));
  const field = select(choices, isAssessment ? ASSESSMENT : trigger.type, 'trigger-type', (chosen) => {
    if (chosen === ASSESSMENT) set({ type: 'custom', event: ASSESSMENT, properties: {} }, true);
    else if (chosen === 'custom') set({ type: 'custom', event: '', properties: {} }, true);
    else set(blankTrigger(chosen as Trigger['type']), true);
  });
  return labelled(words.say('trigger-choose'), field, words.say(`trigger-help-${isAssessment ? ASSESSMENT : trigger.type}`));
}

type TriggerPatch = { [K in Trigger['type']]: Partial<Extract<Trigger, { type: K }>> }[Trigger['type']];
type SetTrigger = (patch: TriggerPatch, isBuild?: boolean) => void;

function own(words: Words, editor: Editor, trigger: Trigger, set: SetTrigger): HTMLElement[] {
  switch (trigger.type) {
    case 'custom':
      return trigger.event === ASSESSMENT ? [] : [eventField(words, editor, trigger.event, (event) => set({ event }))];
    case 'score_reached':
      return [labelled(words.say('trigger-score'), numberInput(trigger.score, 'trigger-score', (score) => set({ score }), { min: 1, max: 100_000 }))];
    case 'band_reached':
      return [labelled(words.say('trigger-band'), named(words, 'band', BANDS, trigger.band, 'trigger-band', (band) => set({ band })))];
    case 'attribute_matches':
      return [conditionRows(words, editor.context, trigger.conditions, 'trigger-conditions', (conditions, isBuild) => set({ conditions }, isBuild))];
    case 'segment_entered':
      return [segmentField(words, editor, trigger.segment, 'trigger-segment', (segment) => set({ segment }))];
    case 'stage_entered':
      return [labelled(words.say('trigger-stage'), textInput(trigger.stage, 'trigger-stage', (stage) => set({ stage })))];
    case 'date_attribute':
      return dateFields(words, editor, trigger, set);
    case 'event_registered':
    case 'manual':
      return [];
  }
}

function dateFields(words: Words, editor: Editor, trigger: Extract<Trigger, { type: 'date_attribute' }>, set: SetTrigger): HTMLElement[] {
  const dates = editor.context.fields.filter(({ kind }) => kind === 'date').map(({ value, label }) => ({ value: value.replace('attributes.', ''), label }));
  if (dates.length === 0) return [h('p', { class: 'text-secondary mb-0' }, words.say('no-dates'))];
  const attribute = select([{ value: '', label: words.say('choose') }, ...dates], trigger.attribute, 'trigger-attribute', (chosen) => set({ attribute: chosen }, true));
  const days = numberInput(trigger.days, 'trigger-days', (typed) => set({ days: typed }), { min: -3650, max: 3650 });
  const at = textInput(trigger.at.slice(0, 5), 'trigger-at', (typed) => set({ at: seconds(typed) }, true), { type: 'time', required: '' });
  return [labelled(words.say('trigger-date'), attribute), labelled(words.say('trigger-days'), days, words.say('trigger-days-help')), labelled(words.say('at'), at)];
}

/** The name of a custom event, with those that came already. */
export function eventField(words: Words, editor: Editor, value: string, change: (event: string) => void): HTMLElement {
  const names = h('datalist', { id: 'known-events' }, ...editor.context.events.map((name) => h('option', { value: name })));
  const field = textInput(value, 'trigger-event', (typed) => change(typed.trim()), { list: 'known-events', maxlength: 64, placeholder: 'download' });
  return h('div', {}, labelled(words.say('trigger-event'), field, words.say('trigger-event-help')), names);
}
