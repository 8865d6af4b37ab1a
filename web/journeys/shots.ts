// Pictures of every screen, wide and narrow, into docs/images; arguments name some of them.

import { mkdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../tests/browser';
import { Demo } from './demo';
import { withEmptyInstallation } from './empty';
import { goTo, OPEN_SCREENS, SCREENS, type Screen } from './screens';
import { signIn } from './staff';
import { Watched } from './watched';

const FOLDER = process.env['ONDO_SHOTS'] ?? fileURLToPath(new URL('../../docs/images', import.meta.url));
/** Pictures are for looking at, not for reading to the end. */
const TALLEST = Number(process.env['ONDO_SHOTS_TALLEST'] ?? 1300);
const SIZES = [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
];
const LEADS = 1500;

const wanted = process.argv.slice(2);
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);

async function shoot(page: Page, name: string): Promise<void> {
  const path = `${FOLDER}/${name}-${page.viewportSize()!.width}.png`;
  // Charts grow in, toasts fade.
  await page.waitForTimeout(1200);
  const size = page.viewportSize()!;
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  // A window as high as the page, so that what sticks to its edges does not stand in the middle.
  await page.setViewportSize({ ...size, height: Math.max(size.height, Math.min(height, TALLEST)) });
  await page.screenshot({ path, animations: 'disabled' });
  await page.setViewportSize(size);
  console.log(path, Math.ceil((await stat(path)).size / 1024), 'KB');
}

async function all(page: Page, demo: Demo, screens: readonly Screen[]): Promise<void> {
  for (const screen of screens.filter(([name]) => isWanted(name))) {
    await goTo(page, demo, screen);
    await shoot(page, screen[0]);
  }
}

async function ofDemo(browser: Browser, demo: Demo): Promise<void> {
  for (const viewport of SIZES) {
    const { page, context, problems } = await Watched.open(browser, { viewport });
    await all(page, demo, OPEN_SCREENS);
    await signIn(page, demo);
    await all(page, demo, SCREENS);
    for (const problem of problems) console.warn(problem);
    await context.close();
  }
  if (!isWanted('dashboard')) return;
  const { page, context } = await Watched.open(browser, { viewport: SIZES[0]!, colorScheme: 'dark' });
  await signIn(page, demo);
  await goTo(page, demo, SCREENS[0]!);
  await shoot(page, 'dashboard-dark');
  await context.close();
}

async function ofFirstRun(browser: Browser, url: string): Promise<void> {
  for (const viewport of SIZES) {
    const { page, context } = await Watched.open(browser, { viewport });
    await page.goto(`${url}/setup`);
    await shoot(page, 'setup');
    await context.close();
  }
}

await mkdir(FOLDER, { recursive: true });
const browser = await launchBrowser();
try {
  if (isWanted('setup')) await withEmptyInstallation((url) => ofFirstRun(browser, url));
  const demo = await Demo.start(LEADS);
  try {
    await ofDemo(browser, demo);
  } finally {
    await demo.stop();
  }
} finally {
  await browser.close();
}
