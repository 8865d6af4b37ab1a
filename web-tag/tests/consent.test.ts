import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SchoolSite, UUID } from './school-site';

const LEAD = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';

const SIGNALS = {
  'Global Privacy Control': () => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }),
  'Do Not Track': () => Object.defineProperty(navigator, 'doNotTrack', { value: '1' }),
  'an opt-out in storage': () => localStorage.setItem('ma_optout', '1'),
  'an opt-out cookie': () => void (document.cookie = 'ma_optout=1;path=/'),
};

let site: SchoolSite;
beforeAll(async () => {
  site = await SchoolSite.open();
});
afterAll(() => site.close());
beforeEach(() => site.newVisitor());

test.each(Object.entries(SIGNALS))('%s stops page views and ids', async (_, signal) => {
  await site.context.addInitScript(signal);
  await site.visit('/');
  await site.page.evaluate(() => history.pushState(null, '', '/next'));
  expect(await site.views(0)).toEqual([]);
  expect(await site.cookie('ma_tid')).toBeUndefined();
});

// user-demands, complaint 7: the click itself was counted by the redirect already.
test.each(Object.entries(SIGNALS))('%s still cleans the address after a mail click', async (_, signal) => {
  await site.context.addInitScript(signal);
  await site.visit(`/exam?tid=${LEAD}&a=1`);
  expect(site.page.url()).toBe(`${site.origin}/exam?a=1`);
  expect(await site.views(0)).toEqual([]);
  expect(await site.cookie('ma_tid')).toBeUndefined();
});

test('a browser that asks for tracking, or for nothing, is counted', async () => {
  await site.context.addInitScript(() => Object.defineProperty(navigator, 'doNotTrack', { value: '0' }));
  await site.visit('/');
  expect(await site.views(1)).toHaveLength(1);
});

test('optOut forgets the visitor and holds on later pages', async () => {
  await site.visit('/');
  await site.views(1);
  await site.page.evaluate(() => window.ondo!.optOut());
  expect(await site.cookie('ma_tid')).toBeUndefined();
  await site.visit('/next');
  expect(await site.views(1)).toHaveLength(1);
});

test('optIn counts the page that is shown, under a new id', async () => {
  await site.visit('/');
  const [before] = await site.views(1);
  await site.page.evaluate(() => {
    localStorage.setItem('ma_optout', '1');
    window.ondo!.optOut();
    window.ondo!.optIn();
  });
  const [, after] = await site.views(2);
  expect(after?.tid).toMatch(UUID);
  expect(after?.tid).not.toBe(before?.tid);
  expect(await site.cookie('ma_optout')).toBeUndefined();
});
