import { on } from '../delegate';
import { texts } from '../texts';

/**
 * `<input type="checkbox" data-check-all="lead">` in a form or table: checks all
 * boxes of that name. `[data-check-count]` tells how many are checked, and
 * `[data-check-needed]` buttons wait until at least one is.
 */
export function installCheckAll(): void {
  on('change', 'input[type=checkbox]', (changed) => {
    const scope = changed.closest('form') ?? changed.closest('table');
    const all = scope?.querySelector<HTMLInputElement>('[data-check-all]');
    if (!scope || !all) return;
    const boxes = [...scope.querySelectorAll<HTMLInputElement>(`input[name="${all.dataset['checkAll']}"]`)];
    if (changed === all) for (const box of boxes) box.checked = all.checked;
    show(scope, all, boxes);
  });
}

function show(scope: Element, all: HTMLInputElement, boxes: HTMLInputElement[]): void {
  const count = boxes.filter((box) => box.checked).length;
  all.checked = count > 0 && count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
  for (const label of scope.querySelectorAll('[data-check-count]')) {
    label.textContent = count > 0 ? texts.selected(count) : '';
  }
  for (const button of scope.querySelectorAll<HTMLButtonElement>('[data-check-needed]')) button.disabled = count === 0;
}
