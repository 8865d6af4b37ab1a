import Sortable from 'sortablejs';
import { blankStep } from './blank';
import type { Branch, Kind, Step } from './definition';
import { h, icon } from './dom';
import type { Editor } from './editor';
import { endOf, stepCard, type Surroundings } from './step-card';
import { walk, type Way } from './tree';
import { ICONS, KINDS, type Words } from './words';

/** Says something quietly: to screen readers, and beside the buttons of undo. */
export type Announce = (text: string) => void;

/** The list of steps, which is the flow: dragged with the mouse or a finger, or moved by buttons. */
export class StepList implements Surroundings {
  private readonly open = new Set<string>();
  private sortables: Sortable[] = [];

  constructor(
    readonly words: Words,
    readonly editor: Editor,
    private readonly host: HTMLElement,
    private readonly paletteHost: HTMLElement,
    private readonly announce: Announce,
  ) {}

  /** Builds the list anew; the field that had the focus has it again. */
  render(): void {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['focus'] : undefined;
    for (const sortable of this.sortables.splice(0)) sortable.destroy();
    this.paletteHost.replaceChildren(this.palette());
    this.host.replaceChildren(this.list(this.editor.steps, null, null));
    if (focused) this.focus(focused);
  }

  /** Brings the heads of the cards up to date while their fields stay as they are. */
  refresh(): void {
    for (const [index, { step }] of [...walk(this.editor.steps)].entries()) {
      const card = document.getElementById(`step-${step.id}`);
      const texts = { '.step-title': `${index + 1}. ${this.words.title(step)}`, '.step-detail': this.words.detail(step.action), '.step-when': this.words.when(step) };
      for (const [part, text] of Object.entries(texts)) card?.querySelector(part)?.replaceChildren(text);
    }
  }

  /** Opens a card and goes there. */
  show(id: string): void {
    this.open.add(id);
    this.render();
    document.getElementById(`step-${id}`)?.scrollIntoView({ block: 'center' });
    this.focus(`${id}-toggle`);
  }

  isOpen(id: string): boolean {
    return this.open.has(id);
  }

  toggle(id: string): void {
    if (!this.open.delete(id)) this.open.add(id);
    this.render();
  }

  remove(step: Step): void {
    this.editor.remove(step.id);
    this.announce(this.words.say('removed', { name: this.words.title(step) }));
    document.querySelector<HTMLElement>('[data-focus="undo"]')?.focus();
  }

  moved(step: Step, way: Way): void {
    this.editor.go(step.id, way);
    this.announce(this.words.say('moved', { name: this.words.title(step) }));
    // At the end of its way the button that moved it is off.
    if (document.activeElement === document.body) this.focus(`${step.id}-toggle`);
  }

  list(steps: Step[], parent: string | null, branch: Branch | null): HTMLElement {
    const orders = new Map([...walk(this.editor.steps)].map(({ step }, index) => [step.id, index + 1]));
    const cards = steps.map((step) => stepCard(this, step, orders.get(step.id) ?? 0));
    const own = h('ol', { class: 'flow-steps', 'data-parent': parent ?? '', 'data-branch': branch ?? '' }, ...cards);
    this.sortables.push(this.sortable(own));
    return h('div', { class: 'flow-list' }, own, this.addMenu(steps, parent, branch));
  }

  private sortable(list: HTMLElement): Sortable {
    return Sortable.create(list, {
      group: 'steps',
      handle: '.step-handle',
      animation: 150,
      fallbackOnBody: true,
      swapThreshold: 0.65,
      emptyInsertThreshold: 12,
      onEnd: ({ item, to, newDraggableIndex }) => this.dropped(item, to, newDraggableIndex),
      onAdd: ({ item, to, newDraggableIndex }) => this.added(item, to, newDraggableIndex),
    });
  }

  private dropped(item: HTMLElement, to: HTMLElement, index = 0): void {
    const id = item.dataset['step'];
    if (!id) return;
    const place = placeIn(to, index);
    // The library has moved the card already, and is not done with it.
    afterwards(() => {
      this.editor.move(id, place);
      this.render();
    });
  }

  /** A kind was dragged out of the palette. */
  private added(item: HTMLElement, to: HTMLElement, index = 0): void {
    const kind = item.dataset['kind'] as Kind | undefined;
    if (!kind) return;
    const place = placeIn(to, index);
    afterwards(() => this.put(kind, place));
  }

  private put(kind: Kind, place: ReturnType<typeof placeIn>): void {
    const step = blankStep(kind);
    this.open.add(step.id);
    this.editor.add(place, step);
    this.focus(`${step.id}-toggle`);
    this.announce(this.words.say('added', { name: this.words.kind(kind) }));
  }

  /** The kinds of steps, to be dragged into the list; buttons below every list do the same. */
  private palette(): HTMLElement {
    const chips = KINDS.map((kind) => h('li', { class: 'palette-chip', 'data-kind': kind, title: this.words.say(`help-${kind}`) }, icon(this.editor.context.icons, ICONS[kind]), this.words.kind(kind)));
    const list = h('ul', { class: 'palette' }, ...chips);
    const sortable = Sortable.create(list, { group: { name: 'steps', pull: 'clone', put: false }, sort: false, animation: 150 });
    this.sortables.push(sortable);
    // Everything here can be done by the buttons, which say more.
    return h('div', { class: 'palette-box d-none d-lg-block', 'aria-hidden': 'true' }, h('p', { class: 'form-hint mb-1' }, this.words.say('palette')), list);
  }

  private addMenu(steps: Step[], parent: string | null, branch: Branch | null): HTMLElement {
    const focus = `add-${parent ?? ''}-${branch ?? ''}`;
    const menu = h('details', { class: 'add-step' }, h('summary', { class: parent === null ? 'btn btn-primary' : 'btn btn-sm', 'data-focus': focus }, icon(this.editor.context.icons, 'plus'), this.words.say('add')));
    const entries = KINDS.map((kind) => {
      const button = h(
        'button',
        { type: 'button', class: 'add-step-kind', 'data-kind': kind },
        icon(this.editor.context.icons, ICONS[kind]),
        h('span', {}, h('span', { class: 'd-block fw-bold' }, this.words.kind(kind)), h('span', { class: 'd-block small text-secondary' }, this.words.say(`help-${kind}`))),
      );
      button.addEventListener('click', () => this.put(kind, endOf(steps, parent, branch)));
      return h('li', {}, button);
    });
    menu.append(h('ul', { class: 'add-step-kinds' }, ...entries));
    menu.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !menu.open) return;
      menu.open = false;
      menu.querySelector('summary')?.focus();
    });
    return menu;
  }

  private focus(name: string): void {
    this.host.querySelector<HTMLElement>(`[data-focus="${CSS.escape(name)}"]:not(:disabled)`)?.focus({ preventScroll: true });
  }
}

/** The place at which a list of the page has its element with that number. */
function placeIn(list: HTMLElement, index: number): { parent: string | null; branch: Branch | null; index: number } {
  return { parent: list.dataset['parent'] || null, branch: (list.dataset['branch'] || null) as Branch | null, index };
}

function afterwards(run: () => void): void {
  setTimeout(run);
}
