import { describe, expect, test } from 'vitest';
import { blankStep, copyOf } from '../src/builder/blank';
import type { Step } from '../src/builder/definition';
import { layOut } from '../src/builder/graph-layout';
import { History } from '../src/builder/history';
import { find, holds, insert, move, remove, target, update, walk } from '../src/builder/tree';

const step = (id: string, action: Step['action'] = { type: 'end' }): Step => ({ id, name: id, delay: { value: 0, unit: 'minutes' }, only_if: [], not_later_than: null, action });
const condition = (id: string, yes: Step[], no: Step[]) => step(id, { type: 'condition', test: { type: 'clicked', step: null, url_contains: null }, yes, no });

/** a, b(yes: c, no: –), d */
const FLOW = [step('a'), condition('b', [step('c')], []), step('d')];

/** The tree in a line: `a b(c|) d`. */
function line(steps: Step[]): string {
  return steps
    .map(({ id, action }) => {
      if (action.type === 'condition') return `${id}(${line(action.yes)}|${line(action.no)})`;
      return action.type === 'split' ? `${id}(${line(action.a)}|${line(action.b)})` : id;
    })
    .join(' ');
}

describe('moving steps', () => {
  test('up and down among their neighbours', () => {
    expect(line(move(FLOW, 'd', { parent: null, branch: null, index: 0 }))).toBe('d a b(c|)');
    expect(line(move(FLOW, 'a', { parent: null, branch: null, index: 2 }))).toBe('b(c|) d a');
  });

  test('into a branch and out of it', () => {
    const inside = move(FLOW, 'd', { parent: 'b', branch: 'no', index: 0 });
    expect(line(inside)).toBe('a b(c|d)');
    expect(line(move(inside, 'c', { parent: null, branch: null, index: 1 }))).toBe('a c b(|d)');
  });

  test('takes the branches along, and never into themselves', () => {
    expect(line(move(FLOW, 'b', { parent: null, branch: null, index: 2 }))).toBe('a d b(c|)');
    const nested = [condition('x', [condition('y', [], [])], [])];
    expect(move(nested, 'x', { parent: 'y', branch: 'yes', index: 0 })).toBe(nested);
    expect(move(nested, 'x', { parent: 'x', branch: 'no', index: 0 })).toBe(nested);
    expect(holds(nested, 'x', 'y')).toBe(true);
  });

  test('without a mouse reaches every place', () => {
    expect(target(FLOW, 'a', 'up')).toBeUndefined();
    expect(target(FLOW, 'a', 'into')).toBeUndefined();
    expect(target(FLOW, 'a', 'out')).toBeUndefined();
    expect(target(FLOW, 'd', 'down')).toBeUndefined();
    expect(target(FLOW, 'd', 'into')).toEqual({ parent: 'b', branch: 'yes', index: 1 });
    expect(target(FLOW, 'c', 'out')).toEqual({ parent: null, branch: null, index: 2 });
    // From the end of "yes" down is the beginning of "no".
    const across = move(FLOW, 'c', target(FLOW, 'c', 'down')!);
    expect(line(across)).toBe('a b(|c) d');
  });

  test('changes nothing that it was given', () => {
    const before = JSON.stringify(FLOW);
    move(FLOW, 'd', { parent: 'b', branch: 'yes', index: 0 });
    remove(FLOW, 'c');
    insert(FLOW, { parent: 'b', branch: 'no', index: 0 }, step('e'));
    update(FLOW, 'c', (found) => ({ ...found, name: 'other' }));
    expect(JSON.stringify(FLOW)).toBe(before);
  });

  test('loses and doubles no step, wherever they go', () => {
    const flow = [step('a'), condition('b', [step('c'), condition('e', [step('f')], [step('g')])], [step('h')]), step('d')];
    const ids = (steps: Step[]) => [...walk(steps)].map((it) => it.step.id).sort();
    for (const { step: moved } of walk(flow)) {
      for (const { place } of walk(flow)) expect(ids(move(flow, moved.id, place))).toEqual(ids(flow));
      for (const way of ['up', 'down', 'into', 'out'] as const) {
        const to = target(flow, moved.id, way);
        if (to) expect(ids(move(flow, moved.id, to))).toEqual(ids(flow));
      }
    }
  });
});

test('a step is found with its place, removed with its branches, and copied with ids of its own', () => {
  expect(find(FLOW, 'c')?.place).toEqual({ parent: 'b', branch: 'yes', index: 0 });
  expect(line(remove(FLOW, 'b'))).toBe('a d');
  const copy = copyOf(FLOW[1]!);
  const ids = [...walk([FLOW[1]!, copy])].map((it) => it.step.id);
  expect(new Set(ids).size).toBe(4);
});

test('a new step has an id that the server can read', () => {
  expect(blankStep('send').id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

describe('undo', () => {
  test('goes back and forth, and a new change ends the way forth', () => {
    const history = new History('a');
    history.push('b');
    history.push('c');
    history.undo();
    expect([history.current, history.canUndo, history.canRedo]).toEqual(['b', true, true]);
    history.redo();
    expect(history.current).toBe('c');
    history.undo();
    history.push('d');
    expect([history.current, history.canRedo]).toEqual(['d', false]);
    history.undo();
    history.undo();
    history.undo();
    expect([history.current, history.canUndo]).toEqual(['a', false]);
  });

  test('remembers a hundred states', () => {
    const history = new History(0);
    for (let state = 1; state <= 150; state++) history.push(state);
    while (history.canUndo) history.undo();
    expect(history.current).toBe(50);
  });
});

describe('the picture', () => {
  test('has a box for each step, and no two of them overlap', () => {
    const picture = layOut([step('a', { type: 'add_tag', tag: 'x' }), condition('b', [condition('e', [step('f')], [])], [step('h'), step('i')]), step('d')]);
    expect(picture.boxes).toHaveLength(9);
    for (const [index, one] of picture.boxes.entries()) {
      expect(one.x).toBeGreaterThanOrEqual(0);
      expect(one.x + 176).toBeLessThanOrEqual(picture.width);
      for (const other of picture.boxes.slice(index + 1)) {
        expect(Math.abs(one.x - other.x) >= 176 || Math.abs(one.y - other.y) >= 56).toBe(true);
      }
    }
  });

  test('leads nobody on from an end', () => {
    const { lines, boxes } = layOut([step('a'), step('b')]);
    const [, a] = boxes;
    expect(lines.filter(({ from }) => from[1] === a!.y + 56)).toEqual([]);
  });
});
