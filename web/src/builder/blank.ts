import { NOT_CHOSEN, type Action, type Condition, type Kind, type Step, type Test, type Trigger } from './definition';

const NONE = { value: 0, unit: 'minutes' } as const;

const ACTIONS: { [K in Kind]: () => Extract<Action, { type: K }> } = {
  send: () => ({ type: 'send', template: NOT_CHOSEN, click_hastens: false }),
  wait_until: () => ({ type: 'wait_until', weekdays: [], at: '09:00:00' }),
  condition: () => ({ type: 'condition', test: blankTest('clicked'), yes: [], no: [] }),
  split: () => ({ type: 'split', share_a: 50, a: [], b: [] }),
  set_attribute: () => ({ type: 'set_attribute', field: 'grade', value: { text: '' } }),
  add_tag: () => ({ type: 'add_tag', tag: '' }),
  remove_tag: () => ({ type: 'remove_tag', tag: '' }),
  add_score: () => ({ type: 'add_score', points: 10 }),
  create_task: () => ({ type: 'create_task', title: '', assignee: null, due_in_hours: 24 }),
  notify: () => ({ type: 'notify', user: null, message: '' }),
  webhook: () => ({ type: 'webhook', url: '' }),
  go_to: () => ({ type: 'go_to', campaign: NOT_CHOSEN }),
  end: () => ({ type: 'end' }),
};

const TESTS: { [K in Test['type']]: () => Extract<Test, { type: K }> } = {
  band_at_least: () => ({ type: 'band_at_least', band: 'warm' }),
  opened: () => ({ type: 'opened', step: null }),
  clicked: () => ({ type: 'clicked', step: null, url_contains: null }),
  visited: () => ({ type: 'visited', path: '' }),
  lead: () => ({ type: 'lead', conditions: [blankCondition()] }),
  in_segment: () => ({ type: 'in_segment', segment: NOT_CHOSEN }),
};

const TRIGGERS: { [K in Trigger['type']]: () => Extract<Trigger, { type: K }> } = {
  custom: () => ({ type: 'custom', event: 'assessment_completed', properties: {} }),
  score_reached: () => ({ type: 'score_reached', score: 80 }),
  band_reached: () => ({ type: 'band_reached', band: 'hot' }),
  attribute_matches: () => ({ type: 'attribute_matches', conditions: [blankCondition()] }),
  segment_entered: () => ({ type: 'segment_entered', segment: NOT_CHOSEN }),
  stage_entered: () => ({ type: 'stage_entered', stage: '' }),
  event_registered: () => ({ type: 'event_registered', event: null }),
  date_attribute: () => ({ type: 'date_attribute', attribute: '', days: 0, at: '09:00:00' }),
  manual: () => ({ type: 'manual' }),
};

export function blankStep(kind: Kind): Step {
  return { id: newId(), name: '', delay: NONE, only_if: [], not_later_than: null, action: ACTIONS[kind]() };
}

export function blankTest(type: Test['type']): Test {
  return TESTS[type]();
}

export function blankTrigger(type: Trigger['type']): Trigger {
  return TRIGGERS[type]();
}

export function blankCondition(): Condition {
  return { field: 'industry', operator: 'equals', value: '' };
}

/** The same step once more, with ids of its own throughout. */
export function copyOf(step: Step): Step {
  const { action } = step;
  const copied = (steps: Step[]) => steps.map(copyOf);
  let own = action;
  if (action.type === 'condition') own = { ...action, yes: copied(action.yes), no: copied(action.no) };
  if (action.type === 'split') own = { ...action, a: copied(action.a), b: copied(action.b) };
  return { ...step, id: newId(), action: own };
}

/** `crypto.randomUUID` is there only on secure pages, and an installation may run without TLS. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
