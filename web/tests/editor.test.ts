import { readFile, readdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { InterfaceHost } from './interface-host';

/** The policy of the page with an editor: as closed to scripts as every other. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; object-src 'none'; base-uri 'none'";
const STARTERS = new URL('../../crates/adapters-http/src/content/starter/', import.meta.url);
const TAGS = `<button type="button" data-insert-tag='{{ name or "お客" }}'>氏名</button><button type="button" data-insert-tag="{{ company }}">会社名</button>`;

let host: InterfaceHost;
beforeAll(async () => {
  host = await InterfaceHost.open();
});
afterAll(() => host.close());
afterEach(() => expect(host.problems).toEqual([]));

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function form(kind: 'visual' | 'code', body: string): string {
  return `<form method="post" action="/save">${TAGS}<input name="subject" data-merge-tags>
    <div id="problems"></div>
    <div data-${kind}-editor data-images="/pictures"><label for="body">本文</label><textarea id="body" name="body" required>${escaped(body)}</textarea></div>
    <button class="btn">保存する</button></form>
    <link rel="stylesheet" href="${host.asset('editor-visual.css')}">
    <script type="module" src="${host.asset(`editor-${kind}.js`)}"></script>`;
}

const saved = async () => {
  await expect.poll(() => host.requests.some(({ url }) => url.pathname === '/save')).toBe(true);
  const request = host.requests.find(({ url }) => url.pathname === '/save');
  return new URLSearchParams(request?.body).get('body') ?? '';
};

const mail = (inner: string) =>
  `<mjml><mj-body><mj-section><mj-column><mj-text>${inner}</mj-text><mj-spacer height="8px" /><mj-text>後</mj-text></mj-column></mj-section></mj-body></mjml>`;

describe('the visual editor', { timeout: 60_000 }, () => {
  const wide = { policy: POLICY, viewport: { width: 1440, height: 1000 } };

  test('opens a document, speaks Japanese, and sends it back whole', async () => {
    const page = await host.show(form('visual', mail('春の案内')), wide);
    const canvas = page.frameLocator('iframe.gjs-frame');
    await canvas.getByText('春の案内').waitFor();
    for (const words of ['部品', '見出し', '元に戻す', 'スマートフォン']) {
      await page.locator('.visual-editor').getByText(words, { exact: true }).first().waitFor();
    }
    await page.click('text=保存する');
    const sent = await saved();
    expect(sent).toContain('春の案内');
    expect(sent).toMatch(/<mj-spacer height="8px"[^>]*(\/>|><\/mj-spacer>)/);
  });

  test('puts a merge tag and a condition into a part', async () => {
    const page = await host.show(form('visual', mail('春の案内')), wide);
    const canvas = page.frameLocator('iframe.gjs-frame');
    await canvas.getByText('春の案内').click();
    await page.click('text=会社名');
    const condition = page.locator('.gjs-trt-trait', { hasText: '表示条件' }).locator('input');
    await condition.fill("industry == '教育'");
    await condition.blur();
    await page.click('text=保存する');
    const sent = await saved();
    expect(sent).toContain('{{ company }}');
    expect(sent).toContain(`data-show-if="industry == '教育'"`);
  });

  test('shows the width of a phone, and of a desktop again', async () => {
    const page = await host.show(form('visual', mail('春の案内')), wide);
    const canvas = page.frameLocator('iframe.gjs-frame');
    await canvas.getByText('春の案内').waitFor();
    await page.click('.visual-editor-bar >> text=スマートフォン');
    await expect.poll(() => page.locator('.gjs-frame-wrapper').evaluate((frame) => frame.clientWidth)).toBe(375);
    await page.click('.visual-editor-bar >> text=パソコン');
    await expect.poll(() => page.locator('.gjs-frame-wrapper').evaluate((frame) => frame.clientWidth)).toBeGreaterThan(600);
  });

  test('takes back what was done, and does it again', async () => {
    const page = await host.show(form('visual', mail('春の案内')), wide);
    const canvas = page.frameLocator('iframe.gjs-frame');
    await canvas.getByText('春の案内').click();
    await page.click('text=会社名');
    await canvas.getByText('{{ company }}').waitFor();
    await page.click('.visual-editor-bar >> text=元に戻す');
    await canvas.getByText('{{ company }}').waitFor({ state: 'detached' });
    await page.click('.visual-editor-bar >> text=やり直す');
    await canvas.getByText('{{ company }}').waitFor();
  });

  test('keeps every starter as it is', async () => {
    for (const name of (await readdir(STARTERS)).filter((file) => file.endsWith('.mjml'))) {
      const body = await readFile(new URL(name, STARTERS), 'utf8');
      const page = await host.show(form('visual', body), wide);
      await page.frameLocator('iframe.gjs-frame').getByText('{{ name or "お客" }}様').waitFor();
      await page.click('text=保存する');
      const sent = await saved();
      const shape = (text: string) => [...text.matchAll(/<(mj-[a-z-]+|td|meta)\b/g)].map(([, tag]) => tag).join(' ');
      expect(shape(sent), name).toBe(shape(body));
      for (const kept of ['prefers-color-scheme: dark', '{{ sender_name }}', 'font-family=']) {
        if (body.includes(kept)) expect(sent, `${name} lost ${kept}`).toContain(kept);
      }
    }
  }, 90_000);
});

describe('the code editor', () => {
  test('takes the place of the textarea, offers merge tags and marks problems', async () => {
    const page = await host.show(form('code', '<p>一行目</p>\n<p>{{ env }}</p>'), { policy: POLICY });
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('{{');
    await page.locator('.cm-tooltip-autocomplete >> text=会社名').click();
    await page.evaluate(() => {
      document.querySelector('#problems')!.innerHTML = '<li data-part="html" data-line="2" data-column="7">「env」という項目はありません。</li>';
    });
    await page.locator('.cm-lint-marker-error').waitFor();
    await page.click('text=保存する');
    expect(await saved()).toContain('{{ company }}');
  });

  test('a button puts its tag where the cursor stood', async () => {
    const page = await host.show(form('code', '<p></p>'), { policy: POLICY });
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+Home');
    await page.click('text=会社名');
    await page.click('text=保存する');
    expect(await saved()).toBe('{{ company }}<p></p>');
  });
});
