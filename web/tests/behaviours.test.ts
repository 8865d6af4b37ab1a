import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { InterfaceHost } from './interface-host';

let host: InterfaceHost;
beforeAll(async () => {
  host = await InterfaceHost.open();
});
afterAll(() => host.close());
// Every behaviour has to work under a policy that allows no inline code or style.
afterEach(() => expect(host.problems).toEqual([]));

describe('requests', () => {
  test('carry the CSRF token from wherever they start', async () => {
    const page = await host.show('<main><button hx-post="/x" hx-swap="none">送る</button></main>');
    await page.click('button');
    await expect.poll(() => host.requests.length).toBe(1);
    expect(host.requests[0]).toMatchObject({ method: 'POST', headers: { 'x-csrf-token': 'token-1' } });
  });

  test('that only read carry none', async () => {
    const page = await host.show('<button hx-get="/x" hx-swap="none">読む</button>');
    await page.click('button');
    await expect.poll(() => host.requests.length).toBe(1);
    expect(host.requests[0]?.headers['x-csrf-token']).toBeUndefined();
  });
});

describe('data-confirm', () => {
  const form = '<form method="post" action="/delete" data-confirm="3件を削除します"><button class="btn btn-danger">削除</button></form>';

  test('on a form sends nothing until the answer is yes', async () => {
    const page = await host.show(form);
    await page.click('text=削除');
    await page.waitForSelector('dialog[open] >> text=3件を削除します');
    expect(await page.locator('dialog .btn-danger').textContent()).toBe('実行する');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    expect(host.requests).toEqual([]);
    await page.click('text=削除');
    await page.click('dialog >> text=やめる');
    await page.waitForSelector('dialog', { state: 'detached' });
    expect(host.requests).toEqual([]);
    await page.click('text=削除');
    await page.click('dialog >> text=実行する');
    await expect.poll(() => host.requests.map(({ method, url }) => method + url.pathname)).toEqual(['POST/delete']);
  });

  test('on a submit button keeps which button it was', async () => {
    const page = await host.show(
      '<form method="post" action="/act"><button name="do" value="stop" data-confirm="止めますか" data-confirm-ok="止める">止める…</button></form>',
    );
    await page.click('text=止める…');
    await page.click('dialog >> text="止める"');
    await expect.poll(() => host.requests[0]?.body).toBe('do=stop');
  });

  test('comes before htmx, as does hx-confirm', async () => {
    const page = await host.show(
      `<button id="a" hx-post="/a" hx-swap="none" data-confirm="A?">A</button>
       <button id="b" hx-post="/b" hx-swap="none" hx-confirm="B?">B</button>`,
    );
    for (const [id, question] of [['a', 'A?'], ['b', 'B?']]) {
      await page.click(`#${id}`);
      await page.waitForSelector(`dialog >> text=${question}`);
      expect(host.requests.filter(({ url }) => url.pathname === `/${id}`)).toEqual([]);
      await page.click('dialog >> text=実行する');
      await expect.poll(() => host.requests.filter(({ url }) => url.pathname === `/${id}`).length).toBe(1);
    }
  });

  test('asks again the next time', async () => {
    const page = await host.show('<button hx-post="/a" hx-swap="none" data-confirm="A?">A</button>');
    for (const times of [1, 2]) {
      await page.click('text=A');
      await page.click('dialog >> text=実行する');
      await expect.poll(() => host.requests.length).toBe(times);
    }
  });
});

describe('data-copy', () => {
  test('copies the text of the element it names and says so', async () => {
    const page = await host.show('<pre id="snippet"> &lt;script&gt; </pre><button data-copy="#snippet">コピー</button>', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.click('button');
    await page.waitForSelector('#toasts >> text=コピーしました');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('<script>');
  });

  test('works without the clipboard API, as on a plain http intranet', async () => {
    const page = await host.show(
      '<input id="key" value="abc"><button data-copy="#key">コピー</button><textarea id="into"></textarea>',
      { language: 'en' },
    );
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await page.click('button');
    await page.waitForSelector('#toasts >> text=Copied');
    await page.focus('#into');
    await page.keyboard.press('Control+V');
    expect(await page.inputValue('#into')).toBe('abc');
  });
});

describe('data-autosubmit', () => {
  const filter = `<form method="get" action="/ui/leads" data-autosubmit="#results">
      <input name="q"><select name="band"><option value=""></option><option value="hot">高温</option></select></form>
    <div id="results">前</div>`;

  test('applies the filter, replaces the results and leaves a shareable address', async () => {
    const page = await host.show(filter);
    host.answer = ({ url }) => `<p>外</p><div id="results">結果 ${url.searchParams.get('q')}</div>`;
    await page.locator('[name=q]').pressSequentially('田中');
    await page.waitForSelector('text=結果 田中');
    expect(host.requests.map(({ url }) => decodeURIComponent(url.pathname + url.search))).toEqual(['/ui/leads?q=田中']);
    expect(decodeURIComponent(page.url())).toMatch(/\/ui\/leads\?q=田中$/);
    expect(await page.locator('text=外').count()).toBe(0);
    await page.selectOption('[name=band]', 'hot');
    await expect.poll(() => decodeURIComponent(page.url())).toMatch(/\/ui\/leads\?q=田中&band=hot$/);
  });

  test('applies in a form that arrived later', async () => {
    const page = await host.show('<button hx-get="/form" hx-swap="outerHTML">絞り込む</button>');
    host.answer = ({ url }) => (url.pathname === '/form' ? filter : '<div id="results">後</div>');
    await page.click('text=絞り込む');
    await page.fill('[name=q]', 'x');
    await page.waitForSelector('text=後');
  });
});

describe('smaller things', () => {
  test('data-insert-tag puts the merge tag where the cursor stood', async () => {
    const page = await host.show('<textarea>様こんにちは</textarea><button type="button" data-insert-tag="{{ name }}">氏名</button>');
    await page.click('button');
    await page.waitForSelector('#toasts >> text=差し込む欄');
    await page.focus('textarea');
    await page.keyboard.press('Home');
    await page.click('button');
    await page.keyboard.type('!');
    expect(await page.inputValue('textarea')).toBe('{{ name }}!様こんにちは');
  });

  test('data-check-all checks every row, counts them and opens the buttons', async () => {
    const page = await host.show(`<form><table><tr><td><input type="checkbox" data-check-all="lead"></td></tr>
      <tr><td><input type="checkbox" name="lead" value="1"></td></tr><tr><td><input type="checkbox" name="lead" value="2"></td></tr></table>
      <span data-check-count></span><button disabled data-check-needed>送る</button></form>`);
    await page.check('[data-check-all]');
    expect(await page.locator('[name=lead]:checked').count()).toBe(2);
    expect(await page.textContent('[data-check-count]')).toBe('2 件を選択中');
    expect(await page.isEnabled('button')).toBe(true);
    await page.uncheck('[value="1"]');
    expect(await page.locator('[data-check-all]').evaluate((box: HTMLInputElement) => box.indeterminate)).toBe(true);
    await page.uncheck('[value="2"]');
    expect(await page.isEnabled('button')).toBe(false);
  });

  test('data-drop takes a dropped file as if it had been chosen', async () => {
    const page = await host.show(
      '<label class="drop-zone" data-drop>CSV<input type="file" name="csv"><span data-drop-name></span></label>',
    );
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['a,b'], '名簿.csv'));
      document.querySelector('.drop-zone')!.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    });
    expect(await page.textContent('[data-drop-name]')).toBe('名簿.csv');
    expect(await page.locator('input').evaluate((input: HTMLInputElement) => input.files?.[0]?.name)).toBe('名簿.csv');
  });

  test('the theme follows the system, then the choice, and the choice is remembered', async () => {
    const page = await host.show('<button data-theme-toggle>明暗</button>', { colorScheme: 'dark' });
    const theme = () => page.evaluate(() => document.documentElement.dataset['bsTheme']);
    expect(await theme()).toBe('dark');
    expect(await page.getAttribute('button', 'aria-pressed')).toBe('true');
    await page.click('button');
    expect(await theme()).toBe('light');
    await page.reload();
    expect(await theme()).toBe('light');
  });

  test('the server can show a toast, in a region that screen readers know', async () => {
    const page = await host.show('<button hx-post="/x" hx-swap="none">保存</button>');
    expect(await page.getAttribute('#toasts', 'aria-live')).toBe('polite');
    host.answer = (_, response) => {
      response.setHeader('HX-Trigger', '{"toast": {"text": "\\u4fdd\\u5b58 <b>", "kind": "success"}}');
      return '';
    };
    await page.click('button');
    await page.waitForSelector('#toasts .alert-success >> text=保存 <b>');
    await page.click('#toasts .btn-close');
    expect(await page.locator('#toasts .alert').count()).toBe(0);
  });
});

describe('charts', () => {
  const data = { labels: ['11/20', '11/21'], series: [{ name: 'クリック', values: [3, 5] }], kind: 'bar' };

  test('are drawn as SVG, named for screen readers, and follow the theme', async () => {
    const page = await host.show(`<button data-theme-toggle>明暗</button><div class="chart" data-chart='${JSON.stringify(data)}'></div>`);
    await page.waitForSelector('[data-chart] svg >> text=クリック');
    expect(await page.getAttribute('[data-chart]', 'aria-label')).toContain('クリック');
    const colour = () => page.locator('[data-chart] svg text').first().evaluate((text) => getComputedStyle(text).fill);
    const light = await colour();
    await page.click('button');
    await expect.poll(colour).not.toBe(light);
  });

  test('leave the place to the table when their data cannot be read', async () => {
    const page = await host.show('<div class="chart" data-chart="{oops"></div><table><tr><td>5</td></tr></table>');
    await page.waitForSelector('[data-chart]', { state: 'hidden' });
    expect(await page.isVisible('table')).toBe(true);
  });

  test('cost nothing on a page without one', async () => {
    const page = await host.show('<p>なし</p>');
    const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    expect(loaded.filter((name) => name.includes('/dashboard-'))).toEqual([]);
    expect(loaded.filter((name) => name.includes('/app-'))).not.toEqual([]);
  });
});
