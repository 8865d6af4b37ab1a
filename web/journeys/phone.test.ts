// Sales staff on a phone: every screen fits, and every place can be reached with a thumb.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../tests/browser';
import { Demo } from './demo';
import { tooWide } from './fits';
import { goTo, OPEN_SCREENS, SCREENS } from './screens';
import { signIn } from './staff';
import { Watched } from './watched';

let demo: Demo;
let browser: Browser;
beforeAll(async () => {
  [demo, browser] = await Promise.all([Demo.start(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

describe.each([390, 360])('at %i px', (width) => {
  let watched: Watched;
  let page: Page;
  beforeAll(async () => {
    watched = await Watched.open(browser, { viewport: { width, height: 780 }, hasTouch: true, isMobile: true });
    page = watched.page;
    await signIn(page, demo);
  });
  afterAll(async () => {
    await watched.context.close();
  });

  // Visitors' screens last: the sign-in page leads on whoever is signed in.
  test.each([...SCREENS, ...OPEN_SCREENS])('%s fits', async (...screen) => {
    await goTo(page, demo, screen);
    expect(await tooWide(page)).toEqual([]);
  });

  test('no screen did what it should not', () => {
    expect(watched.problems).toEqual([]);
  });

  test('the most used places are at the thumb, and the others behind the menu', async () => {
    await page.goto(`${demo.card.url}/ui/dashboard`);
    await page.tap('.bottom-nav a[href="/ui/leads/hot"]');
    await page.waitForURL('**/ui/leads/hot');
    expect(await page.getAttribute('.bottom-nav a[href="/ui/leads/hot"]', 'aria-current')).toBe('page');
    expect(await page.isVisible('#menu')).toBe(false);
    await page.tap('.navbar-toggler');
    // The links move while the menu unfolds, and a tap would meet another one.
    await page.waitForSelector('#menu.show');
    await page.tap('#menu a[href="/ui/templates"]');
    await page.waitForURL('**/ui/templates');
  });

  test('the bar at the thumb covers nothing at the end of a page', async () => {
    await page.goto(`${demo.card.url}/ui/settings/account`);
    await page.evaluate(() => scrollTo({ top: document.body.scrollHeight, behavior: 'instant' }));
    const [last, bar] = await Promise.all([page.locator('main button').last().boundingBox(), page.locator('.bottom-nav').boundingBox()]);
    expect(last!.y + last!.height).toBeLessThan(bar!.y);
  });

  test('a hot lead is a card with its reasons', async () => {
    await page.goto(`${demo.card.url}/ui/leads/hot`);
    const cells = page.locator('tbody tr').first().locator('td');
    const boxes = await cells.evaluateAll((all) => all.map((cell) => cell.getBoundingClientRect().toJSON() as DOMRect));
    expect(boxes.length).toBeGreaterThan(5);
    boxes.reduce((above, below) => {
      expect(below.top).toBeGreaterThanOrEqual(above.bottom - 1);
      return below;
    });
    expect(await cells.getByText('高温', { exact: true }).isVisible()).toBe(true);
    const labels = await cells.evaluateAll((all) => all.map((cell) => getComputedStyle(cell, '::before').content));
    expect(labels).toContain('"スコア"');
  });
});
