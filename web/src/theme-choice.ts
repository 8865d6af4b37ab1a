const KEY = 'ondo-theme';

export type Theme = 'light' | 'dark';

/** The theme that the reader chose, or else what the system asks for. */
export function chosenTheme(): Theme {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(KEY);
  } catch {
    // Storage may be blocked: then the system decides.
  }
  if (stored === 'light' || stored === 'dark') return stored;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Shows the theme. Charts listen, since they bake colours into what they draw. */
export function showTheme(theme: Theme): void {
  document.documentElement.dataset['bsTheme'] = theme;
  document.dispatchEvent(new CustomEvent('ondo:theme', { detail: theme }));
}

export function rememberTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // The choice then lasts until the page is left.
  }
}
