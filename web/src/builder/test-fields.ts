import { blankTest } from './blank';
import { conditionRows } from './condition-rows';
import { NOT_CHOSEN, type Band, type Step, type Test } from './definition';
import type { Editor } from './editor';
import { h } from './dom';
import { labelled, named, select, textInput } from './inputs';
import { walk } from './tree';
import type { Words } from './words';

const TESTS: Test['type'][] = ['clicked', 'opened', 'visited', 'band_at_least', 'lead', 'in_segment'];
const BANDS: Band[] = ['warm', 'hot'];

type TestPatch = { [K in Test['type']]: Partial<Extract<Test, { type: K }>> }[Test['type']];
type SetTest = (patch: TestPatch, isBuild?: boolean) => void;

/** What a condition step asks. */
export function testFields(words: Words, editor: Editor, step: Step, test: Test, change: (test: Test, isBuild?: boolean) => void): HTMLElement[] {
  const focus = `${step.id}-test`;
  const kind = named(words, 'test', TESTS, test.type, focus, (type) => change(blankTest(type), true));
  // The fields of one test change one after another while they stay on the page.
  let now = test;
  const patch: SetTest = (changed, isBuild) => {
    now = { ...now, ...changed } as Test;
    change(now, isBuild);
  };
  return [labelled(words.say('test'), kind), ...own(words, editor, step, test, focus, patch)];
}

function own(words: Words, editor: Editor, step: Step, test: Test, focus: string, change: SetTest): HTMLElement[] {
  switch (test.type) {
    case 'band_at_least':
      return [labelled(words.say('test-band'), named(words, 'band', BANDS, test.band, `${focus}-band`, (band) => change({ band })))];
    case 'opened': {
      const mail = mailSelect(words, editor, step, test.step, `${focus}-mail`, (chosen) => change({ step: chosen }));
      return [labelled(words.say('test-mail'), mail, words.say('open-note'))];
    }
    case 'clicked': {
      const mail = mailSelect(words, editor, step, test.step, `${focus}-mail`, (chosen) => change({ step: chosen }));
      const url = textInput(test.url_contains ?? '', `${focus}-url`, (typed) => change({ url_contains: typed.trim() || null }));
      return [labelled(words.say('test-mail'), mail), labelled(words.say('test-url'), url, words.say('test-url-help'))];
    }
    case 'visited':
      return [labelled(words.say('test-path'), textInput(test.path, `${focus}-path`, (path) => change({ path }), { placeholder: '/open-campus' }))];
    case 'lead':
      return [conditionRows(words, editor.context, test.conditions, focus, (conditions, isBuild) => change({ conditions }, isBuild))];
    case 'in_segment':
      return [segmentField(words, editor, test.segment, `${focus}-segment`, (segment) => change({ segment }))];
  }
}

/** The mails that come before or beside this step; none: any of the campaign. */
function mailSelect(words: Words, editor: Editor, step: Step, value: string | null, focus: string, change: (step: string | null) => void): HTMLElement {
  const mails = [...walk(editor.steps)].map((placed, index) => ({ ...placed, order: index + 1 })).filter((it) => it.step.action.type === 'send' && it.step.id !== step.id);
  const choices = mails.map(({ step: mail, order }) => ({ value: mail.id, label: `${order}. ${words.title(mail)} – ${words.detail(mail.action)}` }));
  return select([{ value: '', label: words.say('any-mail') }, ...choices], value ?? '', focus, (chosen) => change(chosen || null));
}

export function segmentField(words: Words, editor: Editor, value: string, focus: string, change: (segment: string) => void): HTMLElement {
  const { segments } = editor.context;
  if (segments.length === 0) return h('p', { class: 'text-secondary mb-0' }, words.say('no-segments'));
  const choices = [{ value: NOT_CHOSEN, label: words.say('choose') }, ...segments];
  return labelled(words.say('segment'), select(choices, value, focus, change));
}
