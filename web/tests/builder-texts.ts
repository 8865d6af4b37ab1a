import { readFileSync } from 'node:fs';

/** The builder's texts as the server sends them: `{ $name }` stays for the scripts to fill in. */
export function builderTexts(language: 'ja' | 'en'): Record<string, string> {
  const file = readFileSync(new URL(`../../locales/${language}/campaigns.ftl`, import.meta.url), 'utf8');
  const found = file.matchAll(/^campaigns-auto-b-([\w-]+) = (.*)$/gm);
  return Object.fromEntries([...found].map(([, key, text]) => [key, text!.replace(/\{ \$(\w+) \}/g, '{$1}').replace(/\{" "\}/g, ' ')]));
}
