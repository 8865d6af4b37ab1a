// Moving steps about in the tree. Nothing here changes what it is given: a change is a new tree
// that shares the rest with the old one, so that every state can be kept for undo.

import type { Action, Branch, Step } from './definition';

/** Where a step stands: in which branch of which step (none: outside every branch), and at which place. */
export interface Place {
  parent: string | null;
  branch: Branch | null;
  index: number;
}

/** The branches of a step, in the order of reading. */
export function branches(action: Action): readonly (readonly [Branch, Step[]])[] {
  if (action.type === 'condition') return [['yes', action.yes], ['no', action.no]];
  if (action.type === 'split') return [['a', action.a], ['b', action.b]];
  return [];
}

/** Every step with its place and depth, a branch's steps after the step that has it. */
export function* walk(steps: Step[], parent: string | null = null, branch: Branch | null = null, depth = 0): Generator<{ step: Step; place: Place; depth: number }> {
  for (const [index, step] of steps.entries()) {
    yield { step, place: { parent, branch, index }, depth };
    for (const [name, inner] of branches(step.action)) yield* walk(inner, step.id, name, depth + 1);
  }
}

export function find(steps: Step[], id: string): { step: Step; place: Place } | undefined {
  for (const found of walk(steps)) if (found.step.id === id) return found;
  return undefined;
}

/** The steps beside which a place is. */
export function siblings(steps: Step[], { parent, branch }: Place): Step[] {
  if (parent === null) return steps;
  const action = find(steps, parent)?.step.action;
  return (action && branches(action).find(([name]) => name === branch)?.[1]) ?? [];
}

/** The tree with one step changed. */
export function update(steps: Step[], id: string, change: (step: Step) => Step): Step[] {
  return steps.map((step) => (step.id === id ? change(step) : withBranches(step, (inner) => update(inner, id, change))));
}

/** The tree with a step put in at a place. */
export function insert(steps: Step[], { parent, branch, index }: Place, step: Step): Step[] {
  if (parent === null) return steps.toSpliced(index, 0, step);
  return update(steps, parent, (found) => withBranches(found, (inner, name) => (name === branch ? inner.toSpliced(index, 0, step) : inner)));
}

/** The tree without a step and what is in its branches. */
export function remove(steps: Step[], id: string): Step[] {
  return steps.filter((step) => step.id !== id).map((step) => withBranches(step, (inner) => remove(inner, id)));
}

/** Whether a step is this one or lies in one of its branches. */
export function holds(steps: Step[], id: string, inner: string | null): boolean {
  const step = find(steps, id)?.step;
  return inner !== null && step !== undefined && find([step], inner) !== undefined;
}

/**
 * The tree with a step at another place. The place is counted without the moved step, as a
 * drop is. A step cannot be put into itself: then nothing changes.
 */
export function move(steps: Step[], id: string, to: Place): Step[] {
  const found = find(steps, id);
  if (!found || holds(steps, id, to.parent)) return steps;
  return insert(remove(steps, id), to, found.step);
}

/** Ways to move a step without a mouse. */
export type Way = 'up' | 'down' | 'into' | 'out';

/** Where that way leads; none if it leads nowhere. */
export function target(steps: Step[], id: string, way: Way): Place | undefined {
  const place = find(steps, id)?.place;
  if (!place) return undefined;
  const beside = siblings(steps, place);
  if (way === 'up') return place.index > 0 ? { ...place, index: place.index - 1 } : undefined;
  if (way === 'down') return place.index + 1 < beside.length ? { ...place, index: place.index + 1 } : sidestep(steps, place);
  if (way === 'into') return intoBranch(beside[place.index - 1]);
  return place.parent === null ? undefined : after(steps, place.parent);
}

/** To the end of the first branch of the step above. */
function intoBranch(above: Step | undefined): Place | undefined {
  const first = above && branches(above.action)[0];
  return first && { parent: above.id, branch: first[0], index: first[1].length };
}

/** From the end of a branch to the beginning of the next branch of the same step. */
function sidestep(steps: Step[], { parent, branch }: Place): Place | undefined {
  const action = parent === null ? undefined : find(steps, parent)?.step.action;
  if (!action) return undefined;
  const names = branches(action).map(([name]) => name);
  const next = names[names.findIndex((name) => name === branch) + 1];
  return next && { parent, branch: next, index: 0 };
}

function after(steps: Step[], id: string): Place | undefined {
  const place = find(steps, id)?.place;
  return place && { ...place, index: place.index + 1 };
}

function withBranches(step: Step, change: (inner: Step[], name: Branch) => Step[]): Step {
  const { action } = step;
  if (action.type === 'condition') return { ...step, action: { ...action, yes: change(action.yes, 'yes'), no: change(action.no, 'no') } };
  if (action.type === 'split') return { ...step, action: { ...action, a: change(action.a, 'a'), b: change(action.b, 'b') } };
  return step;
}
