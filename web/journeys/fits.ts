import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const SHOTS = process.env['ONDO_SHOTS'];

/** What reaches beyond the window's edge and so would make the page scroll sideways. */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const beyond = [...document.querySelectorAll('body *')].filter((it) => it.getBoundingClientRect().right > clientWidth + 1);
    return [`${scrollWidth} px`, ...beyond.map((it) => `${it.tagName}.${it.className}`).slice(0, 5)];
  });
}

/** Looks whether the page fits a desk and a phone; pictures of it go where ONDO_SHOTS says. */
export async function fitsDeskAndPhone(page: Page, name: string): Promise<void> {
  for (const width of [1280, 375]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await tooWide(page), `${name} at ${width}`).toEqual([]);
    if (!SHOTS) continue;
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: `${SHOTS}/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}
