// B7: two subjects are tested on a list of people, and the better one goes to everyone else; and a broadcast that
// waits for its time.

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../tests/browser';
import { Demo } from './demo';
import { fitsDeskAndPhone } from './fits';
import { inOrder } from './in_order';
import { mailbox, pressAndConfirm, signIn, type Mail } from './staff';
import { PERSON, Watched } from './watched';

const PEOPLE = 40;
const SUBJECT_B = '締切まで、あと3日です';

interface Broadcast {
  status: string;
  recipients: number;
  ab_outcome: { winner: string; by: string; a: { sent: number }; b: { sent: number; clicked: number } } | null;
  counts: { sent: number; sends: Record<string, number> };
}

describe.sequential('a broadcast', () => {
  let demo: Demo;
  let browser: Browser;
  let staff: Watched;
  let page: Page;
  let home: string;
  const domain = `${randomUUID().slice(0, 8)}.example.jp`;
  const addresses = Array.from({ length: PEOPLE }, (_, number) => `person${number}@${domain}`);

  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(50), launchBrowser()]);
    staff = await Watched.open(browser);
    page = staff.page;
    await signIn(page, demo);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });
  // The steps build on each other.
  inOrder(() => demo, () => [staff]);

  /** The broadcast whose page is open. */
  async function broadcast(): Promise<Broadcast> {
    return demo.api<Broadcast>(`/api/v1/broadcasts/${home.split('/').at(-1)}`);
  }

  /** What the people of the list have got. */
  async function mails(): Promise<Mail[]> {
    return (await mailbox(demo)).filter(({ to }) => to.includes(domain));
  }

  async function isIn(status: string): Promise<void> {
    await demo.until(60_000, `the broadcast is ${status}`, async () => (await broadcast()).status === status);
  }


  test('is prepared with two subjects, for the people of a pasted list', async () => {
    const headers = { authorization: `Bearer ${demo.card.api_token}`, 'content-type': 'application/json' };
    for (const email of addresses) {
      const answer = await fetch(`${demo.card.url}/api/v1/leads`, { method: 'POST', headers, body: JSON.stringify({ email }) });
      expect(answer.ok).toBe(true);
    }
    await page.goto(`${demo.card.url}/ui/broadcasts/new`);
    await page.getByLabel('配信名').fill('出願のご案内');
    await page.locator('#template').selectOption({ label: '出願受付のお知らせ' });
    expect(await page.locator('#ab_subject').isVisible()).toBe(false);
    await page.locator('#ab_by').selectOption('subject');
    expect(await page.locator('#ab_template').isVisible()).toBe(false);
    await page.getByLabel('パターンBの件名').fill(SUBJECT_B);
    await page.getByLabel('テストする割合（%）').fill('50');
    await page.getByLabel('比べるもの').selectOption('clicks');
    await page.getByLabel('結果を待つ時間（時間）').fill('24');
    await fitsDeskAndPhone(page, 'broadcast-draft');
    await page.getByRole('button', { name: '送り先をリストで指定する' }).click();
    await page.waitForURL('**/recipients');
    await page.getByLabel('メールアドレスを貼り付ける').fill([...addresses, `nobody@${domain}`].join('\n'));
    await page.getByRole('button', { name: 'このアドレスをリストにする' }).click();
    await page.getByText(`${PEOPLE} 人をリストにしました`).waitFor();
    expect(await page.inputValue('#unknown')).toBe(`nobody@${domain}`);
    await fitsDeskAndPhone(page, 'broadcast-list');
    await page.getByRole('link', { name: '確認へ進む' }).click();
    await page.waitForURL('**/confirm');
    home = page.url().replace(/\/confirm$/, '');
    await page.getByText(`${PEOPLE} 人に送ります`).first().waitFor();
    await page.getByText(SUBJECT_B).waitFor();
    await page.getByText('送り先の 50% を2つに分けて送り、24 時間待ちます。').waitFor();
    await page.getByText('各パターン約 10 人、残り約 20 人です。').waitFor();
    await fitsDeskAndPhone(page, 'broadcast-confirm');
  });

  test('tests both subjects on its group, while the others wait', async () => {
    await pressAndConfirm(page, '配信を始める');
    await page.locator('#progress').getByText('テスト配信中', { exact: true }).waitFor({ timeout: 60_000 });
    let sent = -1;
    await demo.until(60_000, 'the test group has its mails', async () => {
      const before = sent;
      await pause(2000);
      sent = (await broadcast()).counts.sent;
      return sent > 0 && sent === before;
    });
    const got = await mails();
    const withB = got.filter(({ subject }) => subject === SUBJECT_B);
    expect(got.length).toBe(sent);
    expect(withB.length).toBeGreaterThan(0);
    expect(withB.length).toBeLessThan(sent);
    expect(sent).toBeLessThan(PEOPLE);
    for (const { html } of withB) {
      const [link] = /http:\/\/localhost:\d+\/t\/c\/[\w.-]+/.exec(html)!;
      const answer = await fetch(link!, { redirect: 'manual', headers: { 'user-agent': PERSON } });
      expect(answer.status).toBe(302);
    }
    const row = page.locator('section[aria-labelledby=ab-test] tbody tr').nth(1);
    await row.getByText(`${withB.length} (100.00%)`).waitFor({ timeout: 30_000 });
    await fitsDeskAndPhone(page, 'broadcast-testing');
  });

  test('sends the subject that was clicked to everyone else, a day later', async () => {
    const tested = await mails();
    const withA = tested.filter(({ subject }) => subject !== SUBJECT_B).length;
    // The page asks for itself every two seconds, and its session ends on the way.
    await page.goto('about:blank');
    await demo.advance('PT25H');
    await isIn('completed');
    const { ab_outcome: outcome, counts } = await broadcast();
    expect(outcome).toMatchObject({ winner: 'b', by: 'figures', a: { sent: withA }, b: { clicked: tested.length - withA } });
    expect(counts.sent).toBe(PEOPLE);
    const all = await mails();
    expect(all.length).toBe(PEOPLE);
    expect(all.filter(({ subject }) => subject === SUBJECT_B).length).toBe(PEOPLE - withA);
    // Nobody was there for a day.
    await signIn(page, demo);
    await page.goto(home);
    await page.getByText('パターンBの勝ちです').waitFor();
    await page.getByText('有意差があります').waitFor();
    await fitsDeskAndPhone(page, 'broadcast-winner');
    await page.locator('#progress').getByText('完了', { exact: true }).waitFor();
  });

  test('waits for its time when it is scheduled', async () => {
    await page.goto(`${demo.card.url}/ui/broadcasts/new`);
    await page.getByLabel('配信名').fill('明日のご案内');
    await page.locator('#template').selectOption({ label: '出願受付のお知らせ' });
    await page.locator('[name=q]').fill('person1@');
    await page.locator('#audience').getByText('1 人に送ります').waitFor();
    await page.getByRole('button', { name: '保存して確認へ進む' }).click();
    await page.waitForURL('**/confirm');
    home = page.url().replace(/\/confirm$/, '');
    // The clock of the demo is a day ahead.
    const at = new Date(Date.now() + 3 * 24 * 60 * 60 * 1000).toLocaleString('sv', { timeZone: 'Asia/Tokyo' });
    await page.getByLabel('配信を始める日時').fill(at.slice(0, 16).replace(' ', 'T'));
    await page.getByRole('button', { name: 'この日時に予約する' }).click();
    await page.locator('#progress').getByText('予約済み', { exact: true }).waitFor();
    await fitsDeskAndPhone(page, 'broadcast-scheduled');
    await page.goto('about:blank');
    await demo.advance('P1D');
    await pause(3000);
    expect((await broadcast()).status).toBe('scheduled');
    await demo.advance('P1D');
    await isIn('completed');
    expect((await broadcast()).counts.sent).toBe(1);
  });
});
