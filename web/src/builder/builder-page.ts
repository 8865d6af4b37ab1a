import type { Context, Problem } from './context';
import { h, icon } from './dom';
import { Editor } from './editor';
import { drawGraph } from './graph';
import { save } from './saving';
import { nameCard, settingsCard } from './settings-card';
import { StepList } from './step-list';
import { triggerCard } from './trigger-card';
import { unfinished } from './unfinished';
import { Words } from './words';

/** The page on which a campaign is built. */
export class BuilderPage {
  private readonly editor: Editor;
  private readonly words: Words;
  private readonly list: StepList;
  private readonly parts = { bar: h('div', { class: 'builder-bar' }), problems: h('div', { 'aria-live': 'polite' }), name: h('div'), trigger: h('div'), steps: h('div'), settings: h('div'), palette: h('div'), graph: h('div', { class: 'flow-graph-box' }) };
  private readonly status = h('span', { class: 'builder-status', role: 'status' });
  private readonly undo: HTMLButtonElement;
  private readonly redo: HTMLButtonElement;
  private readonly unsaved: HTMLElement;
  private isSaving = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly context: Context,
  ) {
    this.editor = new Editor(context);
    this.words = new Words(context);
    this.list = new StepList(this.words, this.editor, this.parts.steps, this.parts.palette, (text) => this.say(text));
    this.undo = this.button('undo', 'arrow-back-up', () => this.editor.undo());
    this.redo = this.button('redo', 'arrow-forward-up', () => this.editor.redo());
    this.unsaved = h('span', { class: 'text-secondary' }, this.words.say('unsaved'));
    const saving = this.button('save', 'device-floppy', () => void this.save());
    this.parts.bar.append(saving, this.undo, this.redo, this.unsaved, this.status);
  }

  start(): void {
    this.host.replaceChildren(this.frame());
    this.editor.onChange((change) => (change === 'build' ? this.render() : this.refresh()));
    this.render();
    document.addEventListener('keydown', (event) => this.onKey(event));
    addEventListener('beforeunload', (event) => {
      if (this.editor.isDirty && !this.isSaving) event.preventDefault();
    });
    for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-save-first]')) link.addEventListener('click', (event) => this.saveFirst(event, link));
    const [, id] = /^#step-(.+)$/.exec(location.hash) ?? [];
    if (id) this.list.show(id);
  }

  private frame(): HTMLElement {
    const { bar, problems, name, trigger, steps, settings, palette, graph } = this.parts;
    const picture = h('div', { class: 'card' }, h('div', { class: 'card-header' }, h('h3', { class: 'card-title' }, this.words.say('graph'))), graph);
    return h('div', {}, bar, problems, name, h('div', { class: 'builder-columns' }, h('div', { class: 'builder-list' }, trigger, steps, settings), h('aside', { class: 'builder-side' }, h('div', { class: 'builder-side-inner' }, palette, picture))));
  }

  /** Everything anew. */
  private render(): void {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['focus'] : undefined;
    this.parts.name.replaceChildren(nameCard(this.words, this.editor));
    this.parts.trigger.replaceChildren(triggerCard(this.words, this.editor));
    this.parts.settings.replaceChildren(settingsCard(this.words, this.editor));
    this.list.render();
    this.refresh();
    if (focused && document.activeElement === document.body) this.host.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  /** What follows from the fields, while they stay as they are. */
  private refresh(): void {
    this.list.refresh();
    this.undo.disabled = !this.editor.canUndo;
    this.redo.disabled = !this.editor.canRedo;
    this.unsaved.hidden = !this.editor.isDirty;
    this.parts.problems.replaceChildren(...this.problems());
    drawGraph(this.parts.graph, this.words, this.context, this.editor.definition, (id) => this.list.show(id));
  }

  /** Made once: a button that was replaced between press and release would not be clicked. */
  private button(key: string, drawing: string, run: () => void): HTMLButtonElement {
    const made = h('button', { type: 'button', class: key === 'save' ? 'btn btn-primary' : 'btn', 'data-focus': key }, icon(this.context.icons, drawing), this.words.say(key));
    made.addEventListener('click', run);
    return made;
  }

  private problems(): HTMLElement[] {
    const all = this.editor.problems;
    if (all.length === 0) return [];
    return [h('div', { class: 'alert alert-warning builder-problems', role: 'note' }, h('div', { class: 'w-100 text-body' }, h('p', { class: 'mb-1 fw-bold' }, this.words.say('problems-found', { n: all.length })), h('ul', { class: 'mb-0' }, ...all.map((it) => this.problem(it)))))];
  }

  private problem({ step, text }: Problem): HTMLElement {
    if (step === null) return h('li', {}, text);
    const link = h('a', { class: 'alert-link', href: `#step-${step}` }, text);
    link.addEventListener('click', (event) => {
      event.preventDefault();
      this.list.show(step);
    });
    return h('li', {}, link);
  }

  /** True if the server has it. */
  private async save(): Promise<boolean> {
    // A field that is being typed in tells its value when it is left.
    (document.activeElement as HTMLElement | null)?.blur();
    const { definition } = this.editor;
    const missing = unfinished(this.words, definition);
    if (missing.length > 0) {
      this.editor.problems = missing;
      this.render();
      this.say(this.words.say('not-saved-yet'));
      this.parts.problems.scrollIntoView({ block: 'center' });
      return false;
    }
    if (!this.context.save || this.isSaving) return false;
    this.isSaving = true;
    const result = await save(this.context.save, definition, this.editor.seen);
    this.isSaving = false;
    if (result.is === 'saved') {
      this.editor.wasSaved(definition, result.seen, result.problems);
      this.say(this.words.say('saved'));
      return true;
    }
    this.refresh();
    this.say(this.words.say(result.is, { reason: result.is === 'refused' ? result.reason : '' }), true);
    return false;
  }

  /** A link to what comes next takes what is on the page with it. */
  private saveFirst(event: MouseEvent, link: HTMLAnchorElement): void {
    (document.activeElement as HTMLElement | null)?.blur();
    if (!this.editor.isDirty) return;
    event.preventDefault();
    void this.save().then((isSaved) => {
      if (isSaved) location.assign(link.href);
    });
  }

  private onKey(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === 's') {
      event.preventDefault();
      void this.save();
    }
    // Within a field, undo is the field's own.
    if (key !== 'z' || (event.target as Element).matches('input, textarea, select')) return;
    event.preventDefault();
    if (event.shiftKey) this.editor.redo();
    else this.editor.undo();
  }

  private say(text: string, isTrouble = false): void {
    this.status.classList.toggle('text-danger', isTrouble);
    this.status.textContent = text;
  }
}
