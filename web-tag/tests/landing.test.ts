import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SITE_KEY, SchoolSite, UUID } from './school-site';

const LEAD = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const OTHER_LEAD = 'ffffffff-4e5f-4a6b-8c7d-9e0f1a2b3c4d';

let site: SchoolSite;
beforeAll(async () => {
  site = await SchoolSite.open();
});
afterAll(() => site.close());
beforeEach(() => site.newVisitor());

describe('a visitor without tid', () => {
  // D15
  test('gets a random id of its own, and keeps it', async () => {
    await site.visit('/');
    const [first] = await site.views(1);
    expect(first?.tid).toMatch(UUID);
    expect(await site.cookie('ma_tid')).toBe(first?.tid);
    await site.visit('/about');
    const [, second] = await site.views(2);
    expect(second?.tid).toBe(first?.tid);
  });

  // A32
  test('has the id in a first-party cookie for a year', async () => {
    await site.visit('/');
    const [cookie] = await site.context.cookies(site.origin);
    expect(cookie).toMatchObject({ name: 'ma_tid', path: '/', sameSite: 'Lax', secure: false, domain: 'localhost' });
    const days = ((cookie?.expires ?? 0) - Date.now() / 1000) / 86400;
    expect(days).toBeGreaterThan(364);
    expect(days).toBeLessThan(366);
  });
});

describe('a landing from a mail', () => {
  // A33
  test('keeps the tid as the cookie and removes it from the address', async () => {
    await site.visit(`/exam?a=1&tid=${LEAD}&b=%83%65#form`);
    await site.views(1);
    expect(await site.cookie('ma_tid')).toBe(LEAD);
    expect(site.page.url()).toBe(`${site.origin}/exam?a=1&b=%83%65#form`);
  });

  test.each([
    ['?tid=TID', ''],
    ['?tid=TID#top', '#top'],
    ['?tid=TID&b=2', '?b=2'],
    ['?a=1&tid=TID', '?a=1'],
    ['?xtid=TID', '?xtid=TID'],
    ['#/list?tid=TID', '#/list?tid=TID'],
  ])('leaves of %s in the address: %s', async (before, after) => {
    await site.visit('/p' + before.replace('TID', LEAD));
    expect(site.page.url()).toBe(`${site.origin}/p${after.replace('TID', LEAD)}`);
  });

  test('survives a path that looks like another host', async () => {
    await site.visit(`//other.example/?tid=${LEAD}`);
    expect(site.page.url()).toBe(`${site.origin}//other.example/`);
    expect(await site.views(1)).toHaveLength(1);
  });

  // A29, A34, A37: these keys and no others.
  test('sends exactly what is documented', async () => {
    const before = Date.now();
    await site.visit(`/exam?tid=${LEAD}`);
    const [view] = await site.views(1);
    expect(Object.keys(view ?? {}).sort()).toEqual(['eid', 'referrer', 'sid', 'tid', 'title', 'ts', 'url']);
    expect(view).toMatchObject({
      tid: LEAD,
      url: `${site.origin}/exam?tid=${LEAD}`,
      referrer: '',
      sid: SITE_KEY,
      title: '学校案内',
    });
    expect(view?.eid).toMatch(UUID);
    expect(view?.ts).toBeGreaterThanOrEqual(before);
    expect(view?.ts).toBeLessThanOrEqual(Date.now());
  });

  // D15
  test('names the earlier anonymous id, so that the histories can be joined', async () => {
    await site.visit('/');
    const [anonymous] = await site.views(1);
    await site.visit(`/exam?tid=${LEAD}`);
    const [, landing] = await site.views(2);
    expect(landing?.tid).toBe(anonymous?.tid);
    expect(landing?.url).toContain(`tid=${LEAD}`);
    await site.visit('/next');
    const [, , later] = await site.views(3);
    expect(later).toMatchObject({ tid: LEAD, url: `${site.origin}/next` });
  });

  test('replaces the lead of a browser that a forwarded mail reaches', async () => {
    await site.visit(`/?tid=${LEAD}`);
    await site.visit(`/?tid=${OTHER_LEAD}`);
    const views = await site.views(2);
    expect(views.map((view) => view.tid)).toEqual([LEAD, LEAD]);
    expect(await site.cookie('ma_tid')).toBe(OTHER_LEAD);
  });

  test('reads a tid in capitals as the same id', async () => {
    await site.visit(`/?tid=${LEAD.toUpperCase()}`);
    expect((await site.views(1))[0]?.tid).toBe(LEAD);
    expect(await site.cookie('ma_tid')).toBe(LEAD);
  });

  test.each(['123', `${LEAD}0`, LEAD.replaceAll('-', ''), `x${LEAD}`])(
    'takes tid=%s for a parameter of the site',
    async (tid) => {
      await site.visit(`/?tid=${tid}`);
      expect(site.page.url()).toBe(`${site.origin}/?tid=${tid}`);
      expect(await site.cookie('ma_tid')).toMatch(UUID);
      expect(await site.cookie('ma_tid')).not.toBe(tid);
    },
  );
});

describe('the page', () => {
  test('gains one global name, and no visible change', async () => {
    const names = () => site.page.evaluate(() => Object.getOwnPropertyNames(window));
    site.head = '';
    await site.page.goto(site.origin);
    const without = await names();
    site.head = site.snippet();
    await site.visit('/');
    await site.views(1);
    expect((await names()).filter((name) => !without.includes(name))).toEqual(['ondo']);
    expect(await site.page.evaluate(() => Object.keys(window.ondo!).sort())).toEqual(['optIn', 'optOut', 'page']);
    expect(await site.page.evaluate(() => document.body.childElementCount)).toBe(0);
  });

  test('is counted once though the snippet was pasted twice', async () => {
    await site.newVisitor(site.snippet() + site.snippet());
    await site.visit('/');
    expect(await site.views(1)).toHaveLength(1);
  });

  test('may have an element that is called ondo', async () => {
    await site.newVisitor(site.snippet() + '<meta id="ondo">');
    await site.visit('/');
    expect(await site.views(1)).toHaveLength(1);
  });

  test('never sees an error of ours, not even where storage is forbidden', async () => {
    const errors: unknown[] = [];
    site.page.on('pageerror', (error) => errors.push(error));
    site.page.on('crash', () => errors.push('crash'));
    const frame = `<iframe sandbox="allow-scripts" srcdoc='${site.snippet().replaceAll("'", '')}'></iframe>`;
    site.head = frame;
    await site.page.goto(site.origin);
    expect(await site.views(0)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('sends at most 200 characters of a title, and never half a character', async () => {
    await site.newVisitor(`<script>document.title = '𠮷'.repeat(300)</script>${site.snippet()}`);
    await site.visit('/');
    expect((await site.views(1))[0]?.title).toBe('𠮷'.repeat(200));
  });
});

describe('the tag in other places', () => {
  test('works on a plain http site, where randomUUID is missing', async () => {
    const [body, cookies] = await visitElsewhere('http://school.example/');
    expect(body.tid).toMatch(UUID);
    expect(cookies[0]).toMatchObject({ value: body.tid, secure: false });
  });

  test('keeps its cookie to https where the site has it', async () => {
    const [, cookies] = await visitElsewhere('https://school.example/');
    expect(cookies[0]).toMatchObject({ name: 'ma_tid', secure: true, sameSite: 'Lax', domain: 'school.example' });
  });

  test('shares its cookie between hosts where the site asks for it', async () => {
    const attributes = `data-site-key="${SITE_KEY}" data-cookie-domain="school.example"`;
    const [, cookies] = await visitElsewhere('https://www.school.example/', attributes);
    expect(cookies[0]).toMatchObject({ name: 'ma_tid', domain: '.school.example' });
  });

  /** A host that does not exist, answered by the test in the place of the network. */
  async function visitElsewhere(address: string, attributes?: string) {
    const product = 'https://product.example';
    const head = site.snippet(attributes).replace(site.product, product);
    const tag = await (await fetch(`${site.product}/tag.js`)).text();
    const bodies: string[] = [];
    await site.context.route('**/*', (route) => {
      const url = route.request().url();
      if (url === `${product}/tag.js`) return route.fulfill({ contentType: 'text/javascript', body: tag });
      if (url === `${product}/t/pv`) bodies.push(route.request().postData() ?? '');
      return route.fulfill({ contentType: 'text/html', body: `<title>x</title>${head}` });
    });
    await site.page.goto(address);
    await expect.poll(() => bodies.length).toBe(1);
    return [JSON.parse(bodies[0]!) as { tid: string }, await site.context.cookies(address)] as const;
  }
});
