// Takes pictures of mails: `node starter-shots.mjs PAGES OUT`, where PAGES holds one HTML page a
// mail. Each is shown at 600 and 375 px, light and dark.
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchBrowser } from '../tests/browser';

const [, , pages, out] = process.argv;
if (!pages || !out) throw new Error('usage: node starter-shots.mjs PAGES OUT');

const browser = await launchBrowser();
for (const file of (await readdir(pages)).filter((name) => name.endsWith('.html'))) {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [600, 375]) {
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 400 } });
      await page.goto(pathToFileURL(resolve(pages, file)).href);
      const name = `${basename(file, '.html')}-${width}-${colorScheme}.png`;
      await page.screenshot({ path: join(out, name), fullPage: true });
      await page.close();
    }
  }
}
await browser.close();
