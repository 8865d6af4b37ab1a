import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../src/builder/context';
import type { Definition } from '../src/builder/definition';
import { builderTexts } from './builder-texts';
import { InterfaceHost } from './interface-host';

const SHOTS = process.env['ONDO_SHOTS'];
const MAILS = ['お礼', '詳しいレポート', '導入事例', '個別相談のご案内', '期間限定のご案内'];

let host: InterfaceHost;
let page: Page;
let saved: { definition: Definition; seen: string }[];
let answer: { status: number; json: unknown };

beforeAll(async () => {
  host = await InterfaceHost.open();
  if (SHOTS) mkdirSync(SHOTS, { recursive: true });
});
afterAll(() => host.close());
beforeEach(() => {
  saved = [];
  answer = { status: 200, json: { seen: '2026-11-22T09:00:01Z', problems: [] } };
});

function context(change: Partial<Definition> = {}): Context {
  const choice = (label: string, index: number) => ({ value: `01993000-0000-7000-8000-00000000000${index + 1}`, label });
  return {
    definition: { name: '診断フォロー', description: '', trigger: { type: 'custom', event: 'assessment_completed', properties: {} }, entry: [], exits: [], re_entry: 'never', tracking: true, steps: [], ...change },
    seen: '2026-11-22T09:00:00Z',
    problems: [],
    texts: builderTexts('ja'),
    icons: host.asset('icons.svg'),
    save: '/ui/campaigns/1/definition',
    templates: MAILS.map(choice),
    campaigns: [{ value: '01993000-0000-7000-8000-000000000099', label: '資料請求フォロー' }],
    people: [{ value: '01993000-0000-7000-8000-000000000088', label: '青木 一' }],
    fields: [
      { value: 'industry', label: '業種', kind: 'text', writable: true },
      { value: 'grade', label: '学年', kind: 'text', writable: true },
      { value: 'score', label: 'スコア', kind: 'number', writable: false },
      { value: 'score_band', label: '温度', kind: 'band', writable: false },
      { value: 'attributes.exam', label: '試験日', kind: 'date', writable: true },
    ],
    segments: [],
    events: ['assessment_completed', 'download'],
    figures: {},
  };
}

async function open(width = 1280, given = context(), colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
  const data = JSON.stringify(given).replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const body = `<div class="page"><main class="container-xl py-3"><div data-campaign="${data}"></div></main></div><script type="module" src="${host.asset('campaign-builder.js')}"></script>`;
  page = await host.show(body, { viewport: { width, height: 900 }, colorScheme });
  await page.route('**/definition', async (route) => {
    saved.push(route.request().postDataJSON());
    await route.fulfill(answer);
  });
  await page.waitForSelector('.builder-bar');
}

const last = () => saved.at(-1)!.definition;
const titles = () => page.locator('.step-title').allTextContents();
const steps = () => page.locator('.builder-list .step');

/** Drags a kind out of the palette to the end of the list, as a hand does. */
async function dragIn(kind: string): Promise<void> {
  const count = await steps().count();
  const chip = page.locator(`.palette-chip[data-kind=${kind}]`);
  const list = page.locator('.flow-steps').first();
  const box = (await list.boundingBox())!;
  await chip.dragTo(list, { targetPosition: { x: box.width / 2, y: box.height - 3 } });
  await expect.poll(() => steps().count()).toBe(count + 1);
}

async function addByButton(kind: string, within = '.flow-list'): Promise<void> {
  const menu = page.locator(`${within} > .add-step`).last();
  await menu.locator('summary').click();
  await menu.locator(`[data-kind=${kind}]`).click();
}

async function shoot(name: string): Promise<void> {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
}

const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe('the builder', () => {
  // B10, B67
  test('builds the five steps of the specification by drag and drop', async () => {
    await open();
    for (const [index, days] of [0, 1, 2, 4, 7].entries()) {
      await dragIn('send');
      const card = steps().nth(index);
      await card.locator('[data-focus$=-template]').selectOption({ label: MAILS[index]! });
      await card.locator('[data-focus$=-delay-value]').fill(String(days));
      await card.locator('[data-focus$=-delay-unit]').selectOption({ label: '日' });
      await card.locator('.step-toggle').click();
    }
    await shoot('builder-1280');
    expect(await overflow()).toBe(0);
    await page.getByRole('button', { name: '保存する' }).click();
    await page.getByText('保存しました。').waitFor();
    expect(last().steps.map(({ delay }) => delay)).toEqual([0, 1, 2, 4, 7].map((value) => ({ value, unit: 'days' })));
    const templates = last().steps.map(({ action }) => action.type === 'send' && action.template.at(-1));
    expect(templates).toEqual(['1', '2', '3', '4', '5']);
    expect(host.problems).toEqual([]);
  });

  test('moves a step by drag and drop into a branch and out again', async () => {
    await open();
    await dragIn('condition');
    await page.locator('.step-toggle').first().click();
    await dragIn('add_tag');
    await page.locator('.step-toggle').last().click();
    const handle = page.locator('.builder-list > div > .flow-list > .flow-steps > .step').nth(1).locator('.step-handle');
    await handle.dragTo(page.locator('.flow-branch-no .flow-steps'));
    await expect.poll(() => page.locator('.flow-branch-no .step').count()).toBe(1);
    await page.getByRole('button', { name: '元に戻す' }).click();
    await expect.poll(() => page.locator('.flow-branch-no .step').count()).toBe(0);
    expect(host.problems).toEqual([]);
  });

  test('does everything by keyboard alone', async () => {
    await open();
    for (const kind of ['add_tag', 'condition', 'notify']) {
      await page.locator('.flow-list > .add-step > summary').last().focus();
      await page.keyboard.press('Enter');
      await page.locator('.flow-list > .add-step').last().locator(`[data-kind=${kind}]`).focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe('step-toggle');
      await page.keyboard.press('Enter');
    }
    await page.getByRole('button', { name: '「担当者に知らせる」を上の分岐の中へ' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.flow-branch-yes .step').count()).toBe(1);
    await page.getByRole('button', { name: '「担当者に知らせる」を下へ' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.flow-branch-no .step').count()).toBe(1);
    await page.getByRole('button', { name: '「タグを付ける」を下へ' }).press('Enter');
    expect((await titles()).filter((it) => /^\d/.test(it))).toEqual(['1. 条件で分ける', '2. 担当者に知らせる', '3. タグを付ける']);
    await page.getByRole('button', { name: '「条件で分ける」を削除' }).press('Enter');
    expect(await steps().count()).toBe(1);
    // The focus stands on the button that brings it back.
    await page.keyboard.press('Enter');
    expect(await steps().count()).toBe(3);
  });

  test('keeps each of several values of one card', async () => {
    await open();
    await addByButton('create_task');
    await page.getByLabel('タスクの内容').fill('電話する');
    await page.getByLabel('期限（時間後）').fill('48');
    await page.getByLabel('担当者', { exact: true }).selectOption({ label: '青木 一' });
    await page.getByText('条件・期限・名前').click();
    await page.locator('.step .step-more-body').getByRole('button', { name: '条件を追加' }).click();
    await page.locator('.step-more-body [data-focus$="-0-value"]').fill('教育');
    await page.getByRole('button', { name: '保存する' }).click();
    await expect.poll(() => saved.length).toBe(1);
    expect(last().steps[0]).toMatchObject({
      only_if: [{ field: 'industry', operator: 'equals', value: '教育' }],
      action: { title: '電話する', due_in_hours: 48, assignee: '01993000-0000-7000-8000-000000000088' },
    });
  });

  test('does not send what is unfinished, and shows the problem at its card', async () => {
    await open();
    await addByButton('condition');
    await page.getByLabel('何で分けるか').selectOption({ label: 'リードの情報' });
    await page.getByRole('button', { name: '保存する' }).click();
    await page.locator('.step-problems', { hasText: '条件の値を入力してください' }).waitFor();
    expect(saved).toEqual([]);
  });

  test('says when somebody else was first, and when the server finds problems', async () => {
    await open();
    await addByButton('send');
    answer = { status: 409, json: { title: 'Conflict' } };
    await page.getByRole('button', { name: '保存する' }).click();
    await page.getByText('ほかの人が先に保存しました').waitFor();
    const id = saved[0]!.definition.steps[0]!.id;
    answer = { status: 200, json: { seen: '2026-11-22T09:00:02Z', problems: [{ step: id, text: '1. メールを送る – 送るテンプレートを選んでください。' }] } };
    await page.getByRole('button', { name: '保存する' }).click();
    await page.getByText('直すところが 1 件あります').waitFor();
    expect(await page.locator('.step-problems').count()).toBe(1);
    expect(saved.map(({ seen }) => seen)).toEqual(['2026-11-22T09:00:00Z', '2026-11-22T09:00:00Z']);
  });

  // V-04
  test('shows names of others as text', async () => {
    const evil = '<img src=x onerror="alert(1)"></script>';
    const given = context({ name: evil, description: evil });
    given.templates[0]!.label = evil;
    await open(1280, given);
    await addByButton('send');
    await page.locator('[data-focus$=-template]').selectOption({ label: evil });
    expect(await page.locator('img[src=x]').count()).toBe(0);
    expect(await page.locator('.flow-graph').textContent()).toContain('<img');
    expect(host.problems).toEqual([]);
  });

  test.each([[375, 'light'], [375, 'dark'], [1280, 'dark']] as const)('fits a screen of %i px in %s', async (width, scheme) => {
    const mail = (index: number, days: number) => ({ id: `01993000-0000-7000-8000-0000000001${index}0`, name: '', delay: { value: days, unit: 'days' as const }, only_if: [], not_later_than: null, action: { type: 'send' as const, template: context().templates[index]!.value, click_hastens: false } });
    const branch = { id: '01993000-0000-7000-8000-000000000200', name: 'レポートのリンクをクリックしたかどうか', delay: { value: 3, unit: 'days' as const }, only_if: [], not_later_than: null, action: { type: 'condition' as const, test: { type: 'clicked' as const, step: null, url_contains: null }, yes: [mail(2, 0)], no: [mail(3, 1)] } };
    const given = context({ steps: [mail(0, 0), mail(1, 1), branch, mail(4, 7)] });
    given.problems = [{ step: branch.id, text: '3. レポートのリンクをクリックしたかどうか – 分ける条件を最後まで入力してください。' }];
    await open(width, given, scheme);
    await page.locator('.step-toggle').nth(2).click();
    await shoot(`builder-${width}-${scheme}`);
    expect(await overflow()).toBe(0);
    expect(host.problems).toEqual([]);
  });
});
