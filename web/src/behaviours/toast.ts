import { texts } from '../texts';

type Kind = 'success' | 'info' | 'warning' | 'danger';

const SHOWN_MS = 6000;

/**
 * Tells the reader something in the corner of the page, and to screen readers.
 * The server does the same with `HX-Trigger: {"toast": {"text": …, "kind": …}}`.
 */
export function toast(text: string, kind: Kind = 'info'): void {
  const box = document.createElement('div');
  box.className = `toast-message alert alert-${kind}`;
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'btn-close';
  close.ariaLabel = texts.close;
  close.addEventListener('click', () => box.remove());
  box.append(text, close);
  region().append(box);
  // A failure stays until it is read; the rest goes by itself.
  if (kind !== 'danger') setTimeout(() => box.remove(), SHOWN_MS);
}

export function installToasts(): void {
  region();
  document.addEventListener('toast', (event) => {
    const { text, kind } = (event as CustomEvent<{ text?: string; kind?: Kind }>).detail;
    if (text) toast(text, kind);
  });
  document.addEventListener('htmx:error', () => toast(texts.networkFailed, 'danger'));
}

/** Made early: screen readers announce changes only in regions they know. */
function region(): HTMLElement {
  const found = document.getElementById('toasts');
  if (found) return found;
  const made = document.createElement('div');
  made.id = 'toasts';
  made.className = 'toast-region';
  made.setAttribute('role', 'status');
  made.ariaLive = 'polite';
  document.body.append(made);
  return made;
}
