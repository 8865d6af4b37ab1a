import { on } from '../delegate';
import { texts } from '../texts';
import { toast } from './toast';

type TextField = HTMLInputElement | HTMLTextAreaElement;

let lastField: TextField | undefined;

/**
 * `<button type="button" data-insert-tag="{{ name }}">`: puts a merge tag where
 * the cursor last stood in a `textarea` or `[data-merge-tags]` field.
 */
export function installMergeTags(): void {
  on('focusin', 'textarea, input[data-merge-tags]', (field) => {
    lastField = field as TextField;
  });
  on('click', '[data-insert-tag]', (button) => {
    if (lastField?.isConnected) insert(lastField, button.dataset['insertTag'] ?? '');
    else toast(texts.noTextField, 'warning');
  });
}

function insert(field: TextField, tag: string): void {
  const end = field.value.length;
  field.setRangeText(tag, field.selectionStart ?? end, field.selectionEnd ?? end, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus();
}
