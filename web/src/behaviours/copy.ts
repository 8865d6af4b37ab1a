import { on } from '../delegate';
import { texts } from '../texts';
import { toast } from './toast';

/** `<button data-copy="#snippet">`: copies the value or the text of that element. */
export function installCopy(): void {
  on('click', '[data-copy]', async (button) => {
    const source = document.querySelector<HTMLElement>(button.dataset['copy'] ?? '');
    if (!source) return;
    const text = isField(source) ? source.value : (source.textContent ?? '');
    const copied = await copyText(text.trim());
    toast(copied ? texts.copied : texts.copyFailed, copied ? 'success' : 'danger');
  });
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // A plain http page, as on an intranet, has no clipboard.
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'visually-hidden';
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  return copied;
}

function isField(element: Element): element is HTMLInputElement | HTMLTextAreaElement {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
}
