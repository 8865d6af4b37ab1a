import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SchoolSite } from './school-site';

let site: SchoolSite;
beforeAll(async () => {
  site = await SchoolSite.open();
});
afterAll(() => site.close());
beforeEach(async () => {
  await site.newVisitor();
  await site.visit('/start');
  await site.views(1);
});

test('a new address in a single-page application is one page view', async () => {
  await site.page.evaluate(() => {
    history.pushState(null, '', '/courses?page=2');
    document.title = 'コース';
  });
  const [first, second] = await site.views(2);
  expect(site.received).toHaveLength(2);
  expect(second).toMatchObject({
    url: `${site.origin}/courses?page=2`,
    referrer: `${site.origin}/start`,
    title: 'コース',
    tid: first?.tid,
  });
  expect(second?.eid).not.toBe(first?.eid);
});

test('a replaced address counts, and so does going back', async () => {
  await site.page.evaluate(() => history.replaceState(null, '', '/a'));
  await site.views(2);
  await site.page.evaluate(() => history.pushState(null, '', '/b'));
  await site.views(3);
  await site.page.goBack();
  const views = await site.views(4);
  expect(views.map((view) => new URL(view.url).pathname)).toEqual(['/start', '/a', '/b', '/a']);
});

test('a change of the hash alone sends nothing', async () => {
  await site.page.evaluate(() => {
    location.hash = 'top';
    history.pushState(null, '', '#form');
  });
  expect(await site.views(1)).toHaveLength(1);
});

test('the same address twice in a row sends nothing', async () => {
  await site.page.evaluate(() => {
    history.pushState({ a: 1 }, '', '/start');
    history.replaceState({ a: 2 }, '', '/start');
  });
  expect(await site.views(1)).toHaveLength(1);
});

test('a redirect inside the application counts the place it ends at', async () => {
  await site.page.evaluate(() => {
    history.pushState(null, '', '/old');
    history.replaceState(null, '', '/new');
  });
  const views = await site.views(2);
  expect(views.slice(1).map((view) => view.url)).toEqual([`${site.origin}/new`]);
});

test('the history of the application works as before', async () => {
  const [state, message] = await site.page.evaluate(() => {
    history.pushState({ step: 2 }, '', '/two');
    try {
      history.pushState(null, '', 'https://elsewhere.example/');
      return [history.state, 'no error'];
    } catch (error) {
      return [history.state, (error as Error).name];
    }
  });
  expect(state).toEqual({ step: 2 });
  expect(message).toBe('SecurityError');
});

test('page() counts on demand, for routers that live in the hash', async () => {
  await site.page.evaluate(() => {
    location.hash = '#/guide';
    window.ondo!.page();
  });
  const [, second] = await site.views(2);
  expect(second?.url).toBe(`${site.origin}/start#/guide`);
});
