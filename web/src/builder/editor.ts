import type { Context, Problem } from './context';
import type { Definition, Step } from './definition';
import { History } from './history';
import { find, insert, move, remove, target, update, type Place, type Way } from './tree';

/** What has changed: a value that stands where it stood, or the build of the page. */
export type Change = 'value' | 'build';

/** The definition while it is edited: every change goes through here, and can be taken back. */
export class Editor {
  private readonly history: History<Definition>;
  private saved: Definition;
  private listeners: ((change: Change) => void)[] = [];
  /** Problems that the server found in what was saved last. */
  problems: Problem[];
  seen: string;

  constructor(readonly context: Context) {
    this.history = new History(context.definition);
    this.saved = context.definition;
    this.problems = context.problems;
    this.seen = context.seen;
  }

  get definition(): Definition {
    return this.history.current;
  }

  get steps(): Step[] {
    return this.definition.steps;
  }

  get isDirty(): boolean {
    return this.definition !== this.saved;
  }

  get canUndo(): boolean {
    return this.history.canUndo;
  }

  get canRedo(): boolean {
    return this.history.canRedo;
  }

  onChange(listener: (change: Change) => void): void {
    this.listeners.push(listener);
  }

  set(change: Partial<Definition>, kind: Change = 'value'): void {
    this.history.push({ ...this.definition, ...change });
    this.tell(kind);
  }

  setStep(id: string, change: (step: Step) => Step, kind: Change = 'value'): void {
    this.set({ steps: update(this.steps, id, change) }, kind);
  }

  add(place: Place, step: Step): void {
    this.set({ steps: insert(this.steps, place, step) }, 'build');
  }

  remove(id: string): void {
    this.set({ steps: remove(this.steps, id) }, 'build');
  }

  move(id: string, to: Place): void {
    this.set({ steps: move(this.steps, id, to) }, 'build');
  }

  canGo(id: string, way: Way): boolean {
    return target(this.steps, id, way) !== undefined;
  }

  go(id: string, way: Way): void {
    const to = target(this.steps, id, way);
    if (to) this.move(id, to);
  }

  undo(): void {
    this.history.undo();
    this.tell('build');
  }

  redo(): void {
    this.history.redo();
    this.tell('build');
  }

  /** The server has this definition now. */
  wasSaved(definition: Definition, seen: string, problems: Problem[]): void {
    this.saved = definition;
    this.seen = seen;
    this.problems = problems.filter(({ step }) => step === null || find(this.steps, step));
    this.tell('build');
  }

  private tell(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }
}
