// B9–B14, B17, B67: a campaign as marketing staff build it, and the fourteen days of two people in it.

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../tests/browser';
import { Demo } from './demo';
import { fitsDeskAndPhone } from './fits';
import { inOrder } from './in_order';
import { mailbox, pressAndConfirm, signIn, type Mail } from './staff';
import { PERSON, Watched } from './watched';

/** The mails that everybody gets, each with the days after the step before. */
const COMMON = [
  ['資料請求のお礼', 0],
  ['入試と学費のまとめ', 1],
  ['オープンキャンパスのご案内', 4],
  ['個別相談会のご案内', 7],
] as const;
/** The mail of the third day, for whoever clicked in the second mail and for whoever did not. */
const BRANCHES = [
  ['yes', '出願受付のお知らせ'],
  ['no', '学科紹介'],
] as const;
/** What the subjects of the five mails say. */
const FOR_THE_CURIOUS = ['資料のご請求', '入試と学費', '出願受付', 'オープンキャンパス', '個別にご相談'];
const FOR_THE_QUIET = FOR_THE_CURIOUS.with(2, '卒業生のいま');

describe.sequential('a campaign', () => {
  let demo: Demo;
  let browser: Browser;
  let staff: Watched;
  let page: Page;
  let home: string;
  const curious = { name: '好奇 心', address: `curious.${randomUUID().slice(0, 8)}@example.jp` };
  const quiet = { name: '物静 香', address: `quiet.${randomUUID().slice(0, 8)}@example.jp` };

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

  /** Drags a kind of step out of the palette to that point of a list. */
  async function dropped(kind: string, list: Locator, targetPosition: { x: number; y: number }): Promise<Locator> {
    const known = await page.locator('.builder-list .step').evaluateAll((steps) => steps.map(({ id }) => id));
    await page.locator(`.palette-chip[data-kind=${kind}]`).dragTo(list, { targetPosition });
    await expect.poll(() => page.locator('.builder-list .step').count()).toBe(known.length + 1);
    const ids = await page.locator('.builder-list .step').evaluateAll((steps) => steps.map(({ id }) => id));
    return page.locator(`#${ids.find((id) => !known.includes(id))}`);
  }

  /** Says what a mail is and when it goes out, and closes its card. */
  async function fill(card: Locator, template: string, days: number): Promise<void> {
    await card.locator('[data-focus$=-template]').selectOption({ label: template });
    await card.locator('[data-focus$=-delay-value]').fill(String(days));
    await card.locator('[data-focus$=-delay-unit]').selectOption({ label: '日' });
    await card.locator('.step-toggle').click();
  }

  async function post(path: string, body: unknown): Promise<void> {
    const headers = { authorization: `Bearer ${demo.card.api_token}`, 'content-type': 'application/json' };
    const answer = await fetch(demo.card.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.ok, `${path}: ${answer.status}`).toBe(true);
  }

  /** Somebody's mails, oldest first. */
  async function mailsTo({ address }: { address: string }): Promise<Mail[]> {
    return (await mailbox(demo)).filter(({ to }) => to.includes(address)).reverse();
  }

  /** Waits until both have got so many mails. */
  async function haveGot(count: number): Promise<void> {
    await demo.until(60_000, `${count} mails each`, async () => {
      const mails = await Promise.all([curious, quiet].map(mailsTo));
      return mails.every((own) => own.length >= count);
    });
  }

  // B10, B67
  test('is built by drag and drop: five mails over fourteen days', async () => {
    await page.click('nav a[href="/ui/campaigns"]');
    await fitsDeskAndPhone(page, 'campaigns');
    await page.getByRole('button', { name: 'シナリオを作る' }).click();
    await page.waitForURL('**/edit');
    home = page.url().replace(/\/edit$/, '');
    await page.getByLabel('シナリオ名').fill('診断フォロー');
    await page.getByLabel('何が起きたら始めますか').selectOption({ label: '診断完了時' });
    const list = page.locator('.flow-steps').first();
    for (const [template, days] of COMMON) {
      const { width, height } = (await list.boundingBox())!;
      await fill(await dropped('send', list, { x: width / 2, y: height - 3 }), template, days);
    }
    // Above the third mail, and a mail into each of its branches.
    const third = (await page.locator('.builder-list .step').nth(2).boundingBox())!;
    const { y, width } = (await list.boundingBox())!;
    const condition = await dropped('condition', list, { x: width / 2, y: third.y - y + 4 });
    await condition.locator('[data-focus$=-test-mail]').first().selectOption({ index: 2 });
    await condition.locator('[data-focus$=-delay-value]').first().fill('2');
    await condition.locator('[data-focus$=-delay-unit]').first().selectOption({ label: '日' });
    await condition.locator('.step-toggle').first().click();
    for (const [branch, template] of BRANCHES) {
      await fill(await dropped('send', condition.locator(`.flow-branch-${branch} .flow-steps`), { x: 20, y: 20 }), template, 0);
    }
    await page.getByRole('button', { name: '保存する' }).click();
    await page.getByText('保存しました。').waitFor();
    await fitsDeskAndPhone(page, 'campaign-builder');
  });

  // B13
  test('is activated after a last look', async () => {
    await page.getByRole('link', { name: '有効化する' }).click();
    await page.getByText('有効化すると、きっかけに当てはまった人が自動で入り').waitFor();
    await fitsDeskAndPhone(page, 'campaign-activate');
    await page.getByRole('button', { name: '有効化する' }).click();
    await page.getByText('シナリオを有効化しました。').waitFor();
    expect(await page.locator('.flow-graph .flow-send').count()).toBe(6);
  });

  // B14, B17
  test('sends its first mail at once to whoever completes the assessment', async () => {
    for (const { name, address } of [curious, quiet]) {
      await post('/api/v1/leads', { email: address, name });
      await post('/api/v1/engagements', { event: 'assessment_completed', email: address });
    }
    await haveGot(1);
    await page.goto(home);
    await fitsDeskAndPhone(page, 'campaign');
    await page.goto(`${home}/people`);
    await page.getByText('に「2. メールを送る」').first().waitFor();
    await fitsDeskAndPhone(page, 'campaign-people');
    await page.getByRole('link', { name: curious.name }).first().click();
    await page.getByText('メールを送信待ちに入れました').waitFor();
    await fitsDeskAndPhone(page, 'campaign-person');
  });

  // complaint 11
  test('is paused and resumed', async () => {
    await page.goto(home);
    await pressAndConfirm(page, '一時停止する');
    await page.getByText('再開するまで誰も進みません').waitFor();
    await pressAndConfirm(page, '再開する');
    await page.getByText('止めていた時間だけ予定をずらしました').waitFor();
  });

  // B10, B12, B16, B18: days pass in seconds
  test('leads two people through fourteen days, and each by another way', async () => {
    // Nobody looks on: their session ends on the way, also for what an open page still asks for.
    await page.goto('about:blank');
    await demo.advance('PT23H');
    // The workers have looked several times, and found nothing to do.
    await pause(3000);
    expect(await Promise.all([curious, quiet].map(async (it) => (await mailsTo(it)).length))).toEqual([1, 1]);
    await demo.advance('PT1H');
    await haveGot(2);
    const [, second] = await mailsTo(curious);
    const [link] = /http:\/\/localhost:\d+\/t\/c\/[\w.-]+/.exec(second!.html)!;
    const answer = await fetch(link!, { redirect: 'manual', headers: { 'user-agent': PERSON } });
    expect(answer.status).toBe(302);
    for (const [count, jump] of [[3, 'P2D'], [4, 'P4D'], [5, 'P7D']] as const) {
      await demo.advance(jump);
      await haveGot(count);
    }
    for (const [somebody, words] of [[curious, FOR_THE_CURIOUS], [quiet, FOR_THE_QUIET]] as const) {
      const subjects = (await mailsTo(somebody)).map(({ subject }) => subject);
      expect(subjects).toEqual(words.map((word) => expect.stringContaining(word) as unknown));
    }
  });

  // B14, B59
  test('tells which way each of them went, and that they are through', async () => {
    // Nobody was there for two weeks.
    await page.goto(home);
    expect(new URL(page.url()).pathname).toBe('/login');
    await signIn(page, demo);
    for (const [{ name }, way] of [[curious, '「はい」へ進みました'], [quiet, '「いいえ」へ進みました']] as const) {
      await page.goto(`${home}/people?status=completed`);
      await page.getByRole('link', { name }).click();
      await page.getByText(way).waitFor();
      await page.getByText('完了', { exact: true }).first().waitFor();
    }
    await fitsDeskAndPhone(page, 'campaign-person-through');
    await page.goto(home);
    await fitsDeskAndPhone(page, 'campaign-through');
  });
});
