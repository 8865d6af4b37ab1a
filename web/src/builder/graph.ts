import type { Context } from './context';
import type { Definition } from './definition';
import { svg } from './dom';
import { BOX, layOut, type Box, type Line } from './graph-layout';
import type { Words } from './words';

/** Half-width characters that fit on a line of a box. */
const LINE = 24;

/** The flow as a picture. For the eye only: the list beside it says the same to everybody. */
export function drawGraph(host: HTMLElement, words: Words, context: Context, definition: Definition, choose?: (id: string) => void): void {
  const picture = layOut(definition.steps);
  const margin = 8;
  const root = svg('svg', { class: 'flow-graph', width: picture.width + 2 * margin, height: picture.height + 2 * margin, viewBox: [-margin, -margin, picture.width + 2 * margin, picture.height + 2 * margin].join(' '), 'aria-hidden': 'true' });
  for (const line of picture.lines) root.append(svg('path', { class: 'flow-line', d: path(line) }));
  for (const { branch, x, y } of picture.labels) root.append(svg('text', { class: 'flow-label', x: x + 8, y: y + 16 }, words.say(`branch-${branch}`)));
  for (const box of picture.boxes) root.append(draw(box, words, context, definition, choose));
  host.replaceChildren(root);
}

/** Straight down, across in the middle, and down again. */
function path({ from: [x1, y1], to: [x2, y2] }: Line): string {
  if (x1 === x2) return `M${x1} ${y1}V${y2}`;
  const middle = (y1 + y2) / 2;
  return `M${x1} ${y1}V${middle}H${x2}V${y2}`;
}

function draw(box: Box, words: Words, context: Context, definition: Definition, choose?: (id: string) => void): SVGGElement {
  const [title, detail] = said(box, words, definition);
  const figures = box.step && context.figures[box.step.id];
  const group = svg(
    'g',
    { class: `flow-box flow-${box.step?.action.type ?? box.role}`, transform: `translate(${box.x} ${box.y})` },
    svg('title', {}, [title, detail, figures?.note].filter(Boolean).join('\n')),
    svg('rect', { width: BOX.width, height: BOX.height, rx: 8 }),
    svg('text', { x: 10, y: 22, class: 'flow-title' }, fitted(title)),
    svg('text', { x: 10, y: 42, class: 'flow-detail' }, fitted(figures?.note || detail)),
  );
  if (figures && figures.waiting > 0) {
    group.append(svg('circle', { class: 'flow-waiting', cx: BOX.width - 6, cy: 6, r: 12 }), svg('text', { class: 'flow-count', x: BOX.width - 6, y: 10 }, short(figures.waiting)));
  }
  const id = box.step?.id;
  if (id && choose) group.addEventListener('click', () => choose(id));
  return group;
}

function said({ step, role }: Box, words: Words, definition: Definition): [string, string] {
  if (step) return [words.title(step), [words.detail(step.action), step.delay.value > 0 ? words.delay(step.delay) : ''].filter(Boolean).join(' · ')];
  return role === 'trigger' ? [words.say('trigger'), words.trigger(definition.trigger)] : [words.say('ending'), ''];
}

/** As much of a text as a box has room for; Japanese characters take two places. */
export function fitted(text: string): string {
  let room = LINE;
  let end = 0;
  for (const character of text) {
    room -= /[\u0000-\u00ff\uff61-\uff9f]/.test(character) ? 1 : 2;
    if (room < 0) return `${text.slice(0, end)}…`;
    end += character.length;
  }
  return text;
}

function short(count: number): string {
  return count < 1000 ? String(count) : `${Math.floor(count / 1000)}k`;
}
