import type { Problem } from './context';
import type { Condition, Definition, Step } from './definition';
import { walk } from './tree';
import type { Words } from './words';

const EVENT = /^[a-z][a-z0-9_]{0,63}$/;

/**
 * What cannot even be written down yet: the server would refuse the whole definition. Whatever
 * only stops activation, such as a missing template, is the server's to say.
 */
export function unfinished(words: Words, definition: Definition): Problem[] {
  const problem = (step: string | null, key: string): Problem => ({ step, text: words.say(key) });
  const found: Problem[] = [];
  const { trigger, entry, exits } = definition;
  if (definition.name.trim() === '') found.push(problem(null, 'lacks-name'));
  if (trigger.type === 'custom' && !EVENT.test(trigger.event)) found.push(problem(null, 'lacks-event'));
  if (trigger.type === 'attribute_matches' && !areWhole(trigger.conditions)) found.push(problem(null, 'lacks-trigger-value'));
  if (trigger.type === 'date_attribute' && trigger.at === '') found.push(problem(null, 'lacks-time'));
  if (!areWhole(entry)) found.push(problem(null, 'lacks-entry-value'));
  if (exits.some((exit) => ('custom' in exit && !EVENT.test(exit.custom)) || ('lead' in exit && !isWhole(exit.lead)))) found.push(problem(null, 'lacks-exit'));
  for (const { step } of walk(definition.steps)) {
    const key = ofStep(step);
    if (key) found.push(problem(step.id, key));
  }
  return found;
}

function ofStep({ only_if, action }: Step): string | undefined {
  if (!areWhole(only_if)) return 'lacks-value';
  if (action.type === 'condition' && action.test.type === 'lead' && !areWhole(action.test.conditions)) return 'lacks-value';
  if (action.type === 'wait_until' && action.at === '') return 'lacks-time';
  if (action.type === 'set_attribute' && Object.values(action.value)[0] === '' && !('text' in action.value)) return 'lacks-value';
  return undefined;
}

function areWhole(conditions: Condition[]): boolean {
  return conditions.every(isWhole);
}

function isWhole({ operator, value }: Condition): boolean {
  const values = Array.isArray(value) ? value : [value];
  const enough = operator === 'between' ? values.length === 2 : values.length > 0;
  return enough && values.every((it) => String(it).trim() !== '');
}
