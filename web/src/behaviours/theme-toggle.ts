import { on } from '../delegate';
import { chosenTheme, rememberTheme, showTheme } from '../theme-choice';

/** `<button data-theme-toggle aria-pressed>`: switches between light and dark. */
export function installThemeToggle(): void {
  on('click', '[data-theme-toggle]', () => {
    const next = chosenTheme() === 'dark' ? 'light' : 'dark';
    rememberTheme(next);
    showTheme(next);
    markToggles();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => showTheme(chosenTheme()));
  markToggles();
}

function markToggles(): void {
  const pressed = String(document.documentElement.dataset['bsTheme'] === 'dark');
  for (const toggle of document.querySelectorAll('[data-theme-toggle]')) toggle.setAttribute('aria-pressed', pressed);
}
