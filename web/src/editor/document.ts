/**
 * Browsers read MJML as HTML, where an element that ends in its own tag swallows
 * what follows it; so it gets an end of its own.
 */
export function readable(mjml: string): string {
  return mjml.replace(/<(mj-[a-z-]+)((?:\s+[^\s=<>/]+(?:="[^"]*"|='[^']*')?)*)\s*\/>/g, '<$1$2></$1>').trim();
}
