// Where the boxes and lines of a flow's picture are.

import type { Branch, Step } from './definition';
import { branches } from './tree';

export const BOX = { width: 176, height: 56 };
const GAP = { across: 24, down: 36 };
/** Room above a branch for its name. */
const BRANCH_TOP = 22;

export interface Box {
  /** The step; none for where people come in and where they end. */
  step: Step | null;
  role: 'trigger' | 'step' | 'end';
  x: number;
  y: number;
}

export interface Line {
  from: [number, number];
  to: [number, number];
}

export interface Label {
  branch: Branch;
  x: number;
  y: number;
}

export interface Picture {
  width: number;
  height: number;
  boxes: Box[];
  lines: Line[];
  labels: Label[];
}

/** Where a run of steps can be left, downwards. */
type Exits = [number, number][];

interface Part {
  width: number;
  height: number;
}

/** The picture of a flow, from top to bottom; a step with branches has them side by side below it. */
export function layOut(steps: Step[]): Picture {
  const { width } = measure(steps);
  const picture: Picture = { width, height: 0, boxes: [], lines: [], labels: [] };
  const middle = width / 2;
  picture.boxes.push({ step: null, role: 'trigger', x: middle - BOX.width / 2, y: 0 });
  const top = BOX.height;
  const run = place(picture, steps, middle, top, [[middle, top]]);
  const y = run.bottom + GAP.down;
  join(picture, run.exits, [middle, y]);
  picture.boxes.push({ step: null, role: 'end', x: middle - BOX.width / 2, y });
  picture.height = y + BOX.height;
  return picture;
}

function measure(steps: Step[]): Part {
  return steps.map(measureStep).reduce((all, part) => ({ width: Math.max(all.width, part.width), height: all.height + part.height }), {
    width: BOX.width,
    height: 0,
  });
}

function measureStep(step: Step): Part {
  const own = GAP.down + BOX.height;
  const columns = branches(step.action).map(([, inner]) => measure(inner));
  if (columns.length === 0) return { width: BOX.width, height: own };
  return {
    width: columns.reduce((sum, { width }) => sum + width, GAP.across * (columns.length - 1)),
    height: own + BRANCH_TOP + Math.max(...columns.map(({ height }) => height)),
  };
}

function place(picture: Picture, steps: Step[], middle: number, top: number, entered: Exits): { bottom: number; exits: Exits } {
  let exits = entered;
  let bottom = top;
  for (const step of steps) {
    const y = bottom + GAP.down;
    join(picture, exits, [middle, y]);
    picture.boxes.push({ step, role: 'step', x: middle - BOX.width / 2, y });
    bottom = y + BOX.height;
    exits = goesOn(step) ? [[middle, bottom]] : [];
    const columns = branches(step.action);
    if (columns.length > 0) ({ bottom, exits } = placeBranches(picture, step, middle, bottom));
  }
  return { bottom, exits };
}

function placeBranches(picture: Picture, step: Step, middle: number, top: number): { bottom: number; exits: Exits } {
  const { width } = measureStep(step);
  let left = middle - width / 2;
  let bottom = top;
  const exits: Exits = [];
  for (const [branch, inner] of branches(step.action)) {
    const column = measure(inner);
    const center = left + column.width / 2;
    const start = top + BRANCH_TOP;
    picture.lines.push({ from: [middle, top], to: [center, start] });
    picture.labels.push({ branch, x: center, y: start });
    const run = place(picture, inner, center, start, [[center, start]]);
    exits.push(...run.exits);
    bottom = Math.max(bottom, run.bottom);
    left += column.width + GAP.across;
  }
  return { bottom, exits };
}

function join(picture: Picture, exits: Exits, to: [number, number]): void {
  for (const from of exits) picture.lines.push({ from, to });
}

/** Whoever ends here or goes to another campaign does not come back. */
function goesOn(step: Step): boolean {
  return step.action.type !== 'end' && step.action.type !== 'go_to';
}
