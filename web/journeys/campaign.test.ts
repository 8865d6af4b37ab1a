// B9–B14, B17, B67: a campaign as marketing staff build it, from an empty list to its first mail.

import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser } from '../tests/browser';
import { Demo } from './demo';
import { mailbox, pressAndConfirm, signIn } from './staff';
import { Watched } from './watched';

const SHOTS = process.env['ONDO_SHOTS'];
const DAYS = [0, 1, 2, 4, 7];

describe.sequential('a campaign', () => {
  let demo: Demo;
  let browser: Browser;
  let staff: Watched;
  let page: Page;
  let home: string;
  let person: { name: string; address: string };

  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(50), launchBrowser()]);
    staff = await Watched.open(browser);
    page = staff.page;
    if (SHOTS) mkdirSync(SHOTS, { recursive: true });
    await signIn(page, demo);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });
  // The steps build on each other.
  let isBroken = false;
  beforeEach(({ skip }) => {
    skip(isBroken, 'an earlier step failed');
    isBroken = true;
  });
  afterEach(({ task }) => {
    isBroken = task.result?.state === 'fail' || staff.problems.length > 0;
    if (isBroken) console.error(demo.said());
    expect(staff.problems).toEqual([]);
  });

  async function shoot(name: string): Promise<void> {
    for (const width of [1280, 375]) {
      await page.setViewportSize({ width, height: 900 });
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(wider, `${name} overflows at ${width}`).toBeLessThanOrEqual(0);
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}-${width}.png`, fullPage: true });
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  }

  // B10, B67
  test('is built by drag and drop: five mails over fourteen days', async () => {
    await page.click('nav a[href="/ui/campaigns"]');
    await shoot('campaigns');
    await page.getByRole('button', { name: 'シナリオを作る' }).click();
    await page.waitForURL('**/edit');
    home = page.url().replace(/\/edit$/, '');
    await page.getByLabel('シナリオ名').fill('診断フォロー');
    await page.getByLabel('何が起きたら始めますか').selectOption({ label: '診断完了時' });
    for (const [index, days] of DAYS.entries()) {
      const list = page.locator('.flow-steps').first();
      const box = (await list.boundingBox())!;
      await page.locator('.palette-chip[data-kind=send]').dragTo(list, { targetPosition: { x: box.width / 2, y: box.height - 3 } });
      const card = page.locator('.builder-list .step').nth(index);
      await card.locator('[data-focus$=-template]').selectOption({ index: 1 });
      await card.locator('[data-focus$=-delay-value]').fill(String(days));
      await card.locator('[data-focus$=-delay-unit]').selectOption({ label: '日' });
      await card.locator('.step-toggle').click();
    }
    await page.getByRole('button', { name: '保存する' }).click();
    await page.getByText('保存しました。').waitFor();
    await shoot('campaign-builder');
  });

  // B13
  test('is activated after a last look', async () => {
    await page.getByRole('link', { name: '有効化する' }).click();
    await page.getByText('有効化すると、きっかけに当てはまった人が自動で入り').waitFor();
    await shoot('campaign-activate');
    await page.getByRole('button', { name: '有効化する' }).click();
    await page.getByText('シナリオを有効化しました。').waitFor();
    expect(await page.locator('.flow-graph .flow-send').count()).toBe(5);
  });

  // B14, B17
  test('sends its first mail at once to whoever completes the assessment', async () => {
    const [lead] = (await demo.api<{ leads: { email: string; name: string }[] }>('/api/v1/leads?limit=1')).leads;
    person = { name: lead!.name, address: lead!.email };
    const before = (await mailbox(demo)).filter(({ to }) => to.includes(person.address)).length;
    const answer = await fetch(`${demo.card.url}/api/v1/engagements`, {
      method: 'POST',
      headers: { authorization: `Bearer ${demo.card.api_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ event: 'assessment_completed', email: person.address }),
    });
    expect(answer.ok).toBe(true);
    await demo.until(60_000, 'the first mail arrives', async () => (await mailbox(demo)).filter(({ to }) => to.includes(person.address)).length > before);
    await page.goto(home);
    await shoot('campaign');
    await page.goto(`${home}/people`);
    await page.getByText('に「2. メールを送る」').waitFor();
    await shoot('campaign-people');
    await page.getByRole('link', { name: person.name }).first().click();
    await page.getByText('メールを送信待ちに入れました').waitFor();
    await shoot('campaign-person');
  });

  // complaint 11
  test('is paused and resumed', async () => {
    await page.goto(home);
    await pressAndConfirm(page, '一時停止する');
    await page.getByText('再開するまで誰も進みません').waitFor();
    await pressAndConfirm(page, '再開する');
    await page.getByText('止めていた時間だけ予定をずらしました').waitFor();
  });
});
