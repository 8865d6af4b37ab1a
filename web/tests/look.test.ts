import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InterfaceHost } from './interface-host';

const AA = 4.5;

describe('colours', async () => {
  const css = await readFile(new URL('../src/css/tokens.css', import.meta.url), 'utf8');
  const token = (name: string, theme: 'light' | 'dark') => {
    const value = new RegExp(`--ondo-${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css);
    if (!value) throw new Error(`tokens.css has no --ondo-${name}`);
    return value[theme === 'light' ? 1 : 2]!;
  };

  test.each([
    ['cold-ink', 'cold-paper'],
    ['warm-ink', 'warm-paper'],
    ['hot-ink', 'hot-paper'],
    ['cold-ink', 'surface'],
    ['warm-ink', 'surface'],
    ['hot-ink', 'surface'],
    ['on-accent', 'accent'],
    ['on-accent', 'accent-hover'],
    ['accent', 'surface'],
    ['text', 'surface'],
    ['quiet', 'surface'],
  ])('%s can be read on %s, in light and in dark', (ink, paper) => {
    for (const theme of ['light', 'dark'] as const) {
      expect(contrast(token(ink, theme), token(paper, theme)), theme).toBeGreaterThanOrEqual(AA);
    }
  });
});

describe('pages', () => {
  let host: InterfaceHost;
  beforeAll(async () => {
    host = await InterfaceHost.open();
  });
  afterAll(() => host.close());

  const list = `<a class="skip-link" href="#main">本文へ</a><main id="main" class="container-xl">
    <dl class="kpis"><div class="kpi"><dt>送信数</dt><dd class="kpi-value">1,234</dd></div><div class="kpi"><dt>開封率(参考値)</dt><dd class="kpi-value">12.3%</dd></div></dl>
    <table class="table table-dense table-cards"><thead><tr><th>氏名</th><th>メールアドレス</th><th>温度</th><th class="num">スコア</th><th>最終行動</th></tr></thead>
    <tbody><tr><td>山田 太郎</td><td data-label="メールアドレス">t***@very-long-domain.example.co.jp</td>
    <td data-label="温度"><span class="band band-hot">高温</span></td><td class="num" data-label="スコア">12</td><td data-label="最終行動">2026/11/21(土) 09:30</td></tr></tbody></table>
    </main><nav class="bottom-nav"><a href="/" aria-current="page">ホーム</a><a href="/l">リード</a><a href="/t">タスク</a></nav>`;

  test('fit a phone of 360 pixels, where rows become cards', async () => {
    const page = await host.show(list, { viewport: { width: 360, height: 740 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    const label = await page
      .locator('td[data-label=スコア]')
      .evaluate((cell) => getComputedStyle(cell, '::before').content);
    expect(label).toBe('"スコア"');
    expect(await page.isVisible('.bottom-nav')).toBe(true);
  });

  test('show a table and no bottom bar on a desk', async () => {
    const page = await host.show(list, { viewport: { width: 1280, height: 800 } });
    expect(await page.locator('tbody tr').evaluate((row) => getComputedStyle(row).display)).toBe('table-row');
    expect(await page.isVisible('.bottom-nav')).toBe(false);
  });

  test('can be walked by keyboard, with the focus in sight', async () => {
    const page = await host.show(list);
    const top = () => page.locator('.skip-link').evaluate((link) => link.getBoundingClientRect().bottom);
    expect(await top()).toBeLessThanOrEqual(0);
    await page.keyboard.press('Tab');
    await expect.poll(top).toBeGreaterThan(0);
    expect(await page.locator(':focus').evaluate((link) => getComputedStyle(link).outlineStyle)).toBe('solid');
  });

  test('hold still for readers who ask for it', async () => {
    const page = await host.show('<a class="btn btn-primary" href="/">始める</a>', { reducedMotion: 'reduce' });
    const durations = await page.locator('.btn').evaluate((button) => getComputedStyle(button).transitionDuration);
    for (const duration of durations.split(', ')) expect(Number.parseFloat(duration)).toBeLessThan(0.001);
  });

  test('have an icon for every name in icons.json', async () => {
    const names = JSON.parse(await readFile(new URL('../src/icons.json', import.meta.url), 'utf8')) as string[];
    const page = await host.show(
      names.map((name) => `<svg class="icon"><use href="${host.asset('icons.svg')}#${name}"/></svg>`).join(''),
    );
    await expect
      .poll(() =>
        page.evaluate(() =>
          [...document.querySelectorAll('use')].filter((use) => use.getBBox().width === 0).map((use) => use.href.baseVal),
        ),
      )
      .toEqual([]);
  });
});

/** WCAG 2.2, contrast ratio of two colours such as `#1a5490`. */
function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
