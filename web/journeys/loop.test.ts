// A63–A67, A68, A69, A70, A72, A73: the whole loop, as a newcomer plays it, on two origins.

import { randomUUID } from 'node:crypto';
import type { Browser, Page, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../tests/browser';
import { cp932 } from './cp932';
import { Demo } from './demo';
import { inOrder } from './in_order';
import { figures, mailbox, pressAndConfirm, signIn, type Mail } from './staff';
import { Watched } from './watched';

const ADDRESS = `hanako.${randomUUID().slice(0, 8)}@example.jp`;
const NAME = '髙橋 花子';
const SCHOOL = '①見本高等学校';
const FILE = cp932(
  ['氏名,フリガナ,メールアドレス,学校名,住まい', `${NAME},タカハシ ハナコ,${ADDRESS},${SCHOOL},東京都`, `佐藤 太郎,サトウ タロウ,taro.example.jp,${SCHOOL},千葉県`, ''].join('\r\n'),
);

describe.sequential('the whole loop', () => {
  let demo: Demo;
  let browser: Browser;
  let staff: Watched;
  let student: Watched;
  let page: Page;
  let lead: string;
  let template: string;
  let mail: Mail;
  let before: Map<string, number>;

  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launchBrowser()]);
    staff = await Watched.open(browser);
    student = await Watched.open(browser);
    page = staff.page;
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });
  // The steps build on each other.
  inOrder(() => demo, () => [staff, student]);

  // A69
  test('one command starts it, and staff sign in through the form', async () => {
    await page.goto(demo.card.url);
    expect(new URL(page.url()).pathname).toBe('/login');
    await signIn(page, demo);
    expect(await page.textContent('h1')).toBe('ダッシュボード');
    before = await figures(page);
  });

  test('a CP932 file is previewed, mapped and imported, and a bad row is named with its reason', async () => {
    await page.click('nav a[href="/ui/leads/import"]');
    await page.setInputFiles('input[name=file]', { name: '資料請求.csv', mimeType: 'text/csv', buffer: FILE });
    await page.click('#upload button');
    const preview = page.locator('#preview');
    await preview.waitFor();
    expect(await page.inputValue('#encoding')).toBe('cp932');
    await preview.getByText(NAME).waitFor();
    await preview.getByText(SCHOOL).first().waitFor();
    await preview.getByText('取り込めません').waitFor();
    expect(await page.locator('select[name=target]').evaluateAll(chosen)).toEqual([
      'field.name', 'field.kana', 'field.email', 'field.company', 'ignore',
    ]);
    await page.getByLabel('住まい').selectOption('field.region');
    // Which column is left out is told by its colour.
    await expect.poll(() => preview.locator('td.text-secondary').count()).toBe(0);
    await page.click('text=取り込みを始める');
    await page.waitForSelector('h2:has-text("取り込みが終わりました")');
    const refused = page.locator('section[aria-labelledby=refused] tbody tr');
    expect(await refused.locator('td').allInnerTexts()).toEqual([
      '3', 'メールアドレス', 'メールアドレスの「@」が正しくありません。', 'taro.example.jp',
    ]);
    const found = await demo.api<{ leads: { id: string; name: string; company: string; region: string; score: number }[] }>(
      `/api/v1/leads?email=${encodeURIComponent(ADDRESS)}`,
    );
    expect(found.leads).toMatchObject([{ name: NAME, company: SCHOOL, region: '東京都', score: 0 }]);
    lead = found.leads[0]!.id;
  });

  test('a template takes a merge tag and is previewed before it is saved', async () => {
    const site = demo.card.site_url;
    await page.click('nav a[href="/ui/templates"]');
    await page.click('a[href="/ui/templates/new"]');
    await page.click('a[href="/ui/templates/new?mode=code"]');
    await page.fill('#name', `体験入学 ${ADDRESS}`);
    await page.fill('#subject', '様へ、体験入学のご案内');
    await page.focus('#subject');
    await page.keyboard.press('Home');
    await page.click('button:has-text("氏名")');
    expect(await page.inputValue('#subject')).toMatch(/^\{\{ name .*\}\}様へ/);
    await page.locator('.cm-content').fill(
      `<p>{{ name }} さん</p><p><a href="${site}/open-campus">日程を見る</a> <a href="${site}/apply">出願する</a></p>`,
    );
    await page.click('text=プレビューを更新する');
    await page.frameLocator('iframe[name=preview]').getByText('見本 花子 さん').waitFor();
    await page.click('button:has-text("保存する")');
    await page.waitForURL(/\/ui\/templates\/[0-9a-f-]{36}/);
    template = new URL(page.url()).pathname.split('/').at(-1)!;
    await page.frameLocator('iframe').first().getByText('日程を見る').waitFor();
  });

  test('a broadcast goes to exactly the lead that was searched for', async () => {
    await page.goto(`${demo.card.url}/ui/broadcasts/new?template=${template}`);
    await page.fill('#broadcast [name=name]', '体験入学のご案内');
    expect(await page.inputValue('#template')).toBe(template);
    await page.fill('[name=q]', ADDRESS);
    await page.waitForSelector('#audience >> text="1 人に送ります"');
    await page.click('text=保存して確認へ進む');
    await page.waitForURL('**/confirm');
    await page.waitForSelector('text="1 人に送ります"');
    await pressAndConfirm(page, '配信を始める');
    await page.waitForSelector('#progress >> text="完了"', { timeout: 60_000 });
    expect((await figures(page)).get('配信数')).toBe(1);
  });

  test('the mail is personal, and can be refused with one click', async () => {
    const [own, ...more] = (await mailbox(demo)).filter(({ to }) => to.includes(ADDRESS));
    expect(more).toEqual([]);
    mail = own!;
    expect(mail.subject).toBe(`${NAME}様へ、体験入学のご案内`);
    expect(mail.html).toContain(`${NAME} さん`);
    expect(mail.headers['List-Unsubscribe']).toMatch(/^<http:\/\/localhost:\d+\/u\/[\w.-]+>/);
    expect(mail.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
  });

  // A73: mail identification (tid) -> cookie -> page views
  test('a click in the mail brings the student to the site, known by a cookie and not by the address', async () => {
    const inbox = student.page;
    await inbox.goto(`${demo.card.mailbox_url}?mail=${mail.id}`);
    const [site, click] = await Promise.all([
      student.context.waitForEvent('page'),
      student.context.waitForEvent('response', (response) => response.url().includes('/t/c/')),
      inbox.frameLocator('iframe').getByText('日程を見る').click(),
    ]);
    expect(click.status()).toBe(302);
    const target = new URL((await click.headerValue('location'))!);
    const tid = target.searchParams.get('tid');
    expect(tid).toMatch(/^[0-9a-f-]{36}$/);
    expect(target.origin + target.pathname).toBe(`${demo.card.site_url}/open-campus`);
    await expect.poll(() => site.url()).toBe(`${demo.card.site_url}/open-campus`);
    const cookies = await student.context.cookies(demo.card.site_url);
    expect(cookies.find(({ name }) => name === 'ma_tid')).toMatchObject({ value: tid, sameSite: 'Lax' });
    await visit(site, tid!, demo);
  });

  // A63, A64, A65
  test('the lead is hot', async () => {
    await page.goto(`${demo.card.url}/ui/leads/hot`);
    const row = page.locator(`tr:has(a[href="/ui/leads/${lead}"])`);
    await row.getByText('高温').waitFor();
    expect(await row.innerText()).toContain('/open-campus');
    for (const [band, count] of [['hot', 1], ['warm', 0], ['cold', 0]] as const) {
      await page.goto(`${demo.card.url}/ui/leads?q=${encodeURIComponent(ADDRESS)}&band=${band}`);
      expect(await page.locator(`a[href="/ui/leads/${lead}"]`).count(), band).toBe(count);
    }
  });

  // A66
  test('the lead tells what happened, with points that add up to its score', async () => {
    await page.goto(`${demo.card.url}/ui/leads/${lead}`);
    const events = await page.locator('.timeline-item').evaluateAll((items) =>
      items.map((item) => ['.timeline-what strong', '.points-up'].map((part) => item.querySelector(part)?.textContent ?? '').join(' ')),
    );
    expect(events.filter((event) => event.startsWith('クリック'))).toEqual(['クリック +3']);
    expect(events.filter((event) => event.startsWith('ページ閲覧'))).toEqual(['ページ閲覧 +3', 'ページ閲覧 +1', 'ページ閲覧 +1']);
    const points = await page.locator('section[aria-labelledby=why] tbody tr td:nth-child(3)').allInnerTexts();
    const score = Number.parseInt(await page.innerText('section[aria-labelledby=warmth] .h1'), 10);
    expect(points.map(Number).reduce((sum, one) => sum + one, 0)).toBe(score);
    expect(score).toBeGreaterThanOrEqual(8);
  });

  // A67
  test('the dashboard counts it, and says what an open is worth', async () => {
    const counted = async () => {
      await page.goto(`${demo.card.url}/ui/dashboard`);
      const now = await figures(page);
      return ['高温度リード', '配信数', 'クリック', 'ページ閲覧'].map((name) => now.get(name)! - before.get(name)!);
    };
    await expect.poll(counted, { timeout: 60_000, interval: 1000 }).toEqual([1, 1, 1, 3]);
    expect(await page.innerText('.lead-note[role=note]')).toContain('開封数と開封率は参考値です');
  });

  // A70
  test('the tag stands in the settings, with where to paste it', async () => {
    await page.goto(`${demo.card.url}/ui/settings/sites`);
    await page.getByText('</head> の直前に貼り付けて').first().waitFor();
    expect(await page.innerText('.snippet')).toContain(`<script async src="${demo.card.url}/tag.js"`);
    await page.getByText('タグを受信しています').waitFor();
  });

  test('looking at the unsubscribe page changes nothing, its button stops the mail', async () => {
    const [, refusal] = /<(http[^>]+)>/.exec(mail.headers['List-Unsubscribe']!)!;
    const reach = async () => {
      await page.goto(`${demo.card.url}/ui/broadcasts/new?filtered=1&q=${encodeURIComponent(ADDRESS)}`);
      return page.innerText('#audience .h3');
    };
    await student.page.goto(refusal!);
    await student.page.reload();
    expect(await reach()).toBe('1 人に送ります');
    await student.page.getByRole('button', { name: 'すべて停止する' }).click();
    await student.page.getByText('配信停止を受け付けました').waitFor();
    expect(await reach()).toBe('0 人に送ります');
    await page.goto(`${demo.card.url}/ui/leads/${lead}`);
    await page.getByText('本人の希望により配信を停止しています').waitFor();
  });
});

const chosen = (selects: Element[]) => selects.map((select) => (select as HTMLSelectElement).value);

/** Looks at two more pages of the site; every view is reported under the same `tid` and stored. */
async function visit(site: Page, tid: string, demo: Demo): Promise<void> {
  const isReport = (response: Response) => response.url() === `${demo.card.url}/t/pv`;
  for (const path of ['/departments', '/apply']) {
    const [report] = await Promise.all([
      site.waitForResponse((response) => isReport(response) && response.request().postData()!.includes(path)),
      site.click(`nav a[href="${path}"]`),
    ]);
    expect(report.status()).toBe(200);
    expect(JSON.parse(report.request().postData()!)).toMatchObject({ tid, url: demo.card.site_url + path });
  }
}
