const KEPT = 100;

/** The states that one can go back to. A state is never changed, only followed by another one. */
export class History<T> {
  private before: T[] = [];
  private after: T[] = [];

  constructor(private now: T) {}

  get current(): T {
    return this.now;
  }

  get canUndo(): boolean {
    return this.before.length > 0;
  }

  get canRedo(): boolean {
    return this.after.length > 0;
  }

  /** A new state; what was undone before cannot be done again. */
  push(next: T): void {
    if (next === this.now) return;
    this.before = [...this.before, this.now].slice(-KEPT);
    this.after = [];
    this.now = next;
  }

  undo(): void {
    const last = this.before.pop();
    if (last === undefined) return;
    this.after.push(this.now);
    this.now = last;
  }

  redo(): void {
    const next = this.after.pop();
    if (next === undefined) return;
    this.before.push(this.now);
    this.now = next;
  }
}
