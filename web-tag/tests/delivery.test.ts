import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SITE_KEY, SchoolSite, pause } from './school-site';
import { siteTag } from '../../web/build.mjs';
import { gzipSync } from 'node:zlib';

const GONE_MS = 2500;

let site: SchoolSite;
beforeAll(async () => {
  site = await SchoolSite.open();
});
afterAll(() => site.close());
beforeEach(() => site.newVisitor());

test('the tag is smaller than a kilobyte on the wire', async () => {
  expect(gzipSync(await siteTag(), { level: 9 }).length).toBeLessThan(1024);
});

// A35: the browser asks nobody for leave, and no cookie of the product goes along.
test('a page view crosses origins without a preflight and without credentials', async () => {
  await site.context.addCookies([{ name: 'session', value: 'secret', url: site.product }]);
  await site.visit('/');
  await site.views(1);
  expect(site.methods).toEqual(['POST']);
  expect(site.received[0]?.headers['content-type']).toMatch(/^text\/plain/);
  expect(site.received[0]?.headers.cookie).toBeUndefined();
  expect(site.received[0]?.headers.origin).toBe(site.origin);
});

test.each([500, 503, 429, 'hang up'] as const)('is sent once more after %s, with the same eid', async (failure) => {
  site.answers = [failure];
  await site.visit('/');
  const views = await site.views(2);
  expect(views).toHaveLength(2);
  expect(views[1]).toEqual(views[0]);
  const [first, second] = site.received;
  expect(second!.at - first!.at).toBeGreaterThan(1300);
  expect(second!.at - first!.at).toBeLessThan(3000);
});

test('is not sent a third time', async () => {
  const errors: unknown[] = [];
  site.page.on('pageerror', (error) => errors.push(error));
  site.answers = [503, 503, 503];
  await site.visit('/');
  await site.views(2);
  await pause(GONE_MS);
  expect(site.received).toHaveLength(2);
  expect(errors).toEqual([]);
});

test.each([200, 400, 403])('is sent only once after %i', async (answer) => {
  site.answers = [answer];
  await site.visit('/');
  await pause(GONE_MS);
  expect(site.received).toHaveLength(1);
});

test('is sent again at once, and only once, when the page is left during the wait', async () => {
  site.answers = [503];
  await site.visit('/');
  await site.views(1);
  await site.page.goto('about:blank');
  const views = await site.views(2);
  expect(views).toHaveLength(2);
  expect(views[1]?.eid).toBe(views[0]?.eid);
  expect(site.received[1]!.at - site.received[0]!.at).toBeLessThan(1300);
});

// A70: what docs/WEB-TAG.md tells users of Google Tag Manager to paste.
test('the site key may be in the address of the script', async () => {
  await site.newVisitor(`<script async src="${site.product}/tag.js?sid=${SITE_KEY}"></script>`);
  await site.visit('/');
  expect((await site.views(1))[0]?.sid).toBe(SITE_KEY);
});

test('a tag manager that leaves no currentScript and no attributes is served too', async () => {
  const managed = `<script src="data:text/javascript,0"></script>
    <script type="managed" src="${site.product}/tag.js?sid=${SITE_KEY}&v=2"></script>
    <script>
      fetch("${site.origin}/tag-code").then((answer) => answer.text()).then((code) => setTimeout(code));
    </script>`;
  await site.newVisitor(managed);
  const code = new TextDecoder().decode(await siteTag());
  await site.context.route('**/tag-code', (route) => route.fulfill({ body: code }));
  await site.visit('/');
  expect((await site.views(1))[0]).toMatchObject({ sid: SITE_KEY, url: `${site.origin}/` });
});

test('an element made by a script, as tag managers do, works with data attributes', async () => {
  await site.newVisitor(`<script>
    var tag = document.createElement('script');
    tag.async = true;
    tag.src = '${site.product}/tag.js?sid=${SITE_KEY}';
    tag.setAttribute('data-cookie-domain', 'localhost');
    document.head.appendChild(tag);
  </script>`);
  await site.visit('/');
  expect((await site.views(1))[0]?.sid).toBe(SITE_KEY);
});
