import { on } from '../delegate';

/**
 * `<label data-drop><input type="file">…<span data-drop-name></span></label>`:
 * takes a dropped file as if it had been chosen, and shows its name.
 */
export function installDropZone(): void {
  for (const type of ['dragenter', 'dragover'] as const) {
    on(type, '[data-drop]', (zone, event) => {
      event.preventDefault();
      zone.classList.add('is-over');
    });
  }
  on('dragleave', '[data-drop]', (zone, event) => {
    if (!zone.contains(event.relatedTarget as Node | null)) zone.classList.remove('is-over');
  });
  on('drop', '[data-drop]', (zone, event) => {
    event.preventDefault();
    zone.classList.remove('is-over');
    const input = zone.querySelector<HTMLInputElement>('input[type=file]');
    if (!input || !event.dataTransfer?.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
  on('change', '[data-drop] input[type=file]', (input) => {
    const name = input.closest('[data-drop]')?.querySelector('[data-drop-name]');
    if (name) name.textContent = [...((input as HTMLInputElement).files ?? [])].map((file) => file.name).join(', ');
  });
}
