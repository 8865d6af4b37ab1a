import type { Page } from 'playwright-core';
import { cp932 } from './cp932';
import type { Demo } from './demo';

/** A screen: its name, and its address or the way there. */
export type Screen = readonly [name: string, way: string | ((page: Page, demo: Demo) => Promise<unknown>)];

/** Follows the first link of a list whose address has this form. */
const first = (list: string, form: string) => async (page: Page, demo: Demo) => {
  await page.goto(demo.card.url + list);
  const link = page.locator(`main a[href^="${form}"]:not([href$="/new"], [href$="/import"], [href$=".csv"], [href*="?"])`).first();
  await page.goto(demo.card.url + (await link.getAttribute('href')));
};

/** A page below that of the first of a list. */
const below = (list: string, page: string) => async (screen: Page, demo: Demo) => {
  await first(list, `${list}/`)(screen, demo);
  await screen.goto(`${screen.url()}/${page}`);
};

const ROWS = [
  '氏名,フリガナ,メールアドレス,学校名,卒業年度,備考',
  '髙橋 花子,タカハシ ハナコ,hanako@example.jp,①見本高等学校,2027,個別相談を希望',
  '佐藤 太郎,サトウ タロウ,taro.example.jp,見本西高等学校,2027,',
  '鈴木 葵,スズキ アオイ,aoi@example.jp,見本東高等学校,2028,看護に関心',
];

async function upload(page: Page, demo: Demo): Promise<void> {
  await page.goto(`${demo.card.url}/ui/leads/import`);
  const buffer = cp932(ROWS.join('\r\n'));
  await page.setInputFiles('input[name=file]', { name: '資料請求.csv', mimeType: 'text/csv', buffer });
  await page.click('#upload button');
  await page.waitForSelector('#preview');
}

async function imported(page: Page, demo: Demo): Promise<void> {
  await upload(page, demo);
  await page.click('text=取り込みを始める');
  await page.waitForSelector('#refused');
}

/** Those that a visitor sees. */
export const OPEN_SCREENS: readonly Screen[] = [
  ['login', '/login'],
  ['mailbox', '/dev/mailbox'],
  ['site-home', (page, demo) => page.goto(demo.card.site_url)],
  ['site-apply', (page, demo) => page.goto(`${demo.card.site_url}/apply`)],
];

/** Those behind sign-in. */
export const SCREENS: readonly Screen[] = [
  ['dashboard', '/ui/dashboard?days=30'],
  ['hot-leads', '/ui/leads/hot'],
  ['leads', '/ui/leads'],
  ['lead', first('/ui/leads/hot', '/ui/leads/')],
  ['lead-edit', async (page, demo) => {
    await first('/ui/leads/hot', '/ui/leads/')(page, demo);
    await page.goto(`${page.url()}/edit`);
  }],
  ['tasks', '/ui/tasks'],
  ['task-new', '/ui/tasks/new'],
  ['notifications', '/ui/notifications'],
  ['import', '/ui/leads/import'],
  ['import-review', upload],
  ['import-done', imported],
  ['templates', '/ui/templates'],
  ['template', first('/ui/templates', '/ui/templates/')],
  ['template-new', '/ui/templates/new'],
  ['template-editor', '/ui/templates/new?mode=visual'],
  ['campaigns', '/ui/campaigns'],
  ['campaign', first('/ui/campaigns', '/ui/campaigns/')],
  ['campaign-people', below('/ui/campaigns', 'people')],
  ['campaign-figures', below('/ui/campaigns', 'figures')],
  ['broadcasts', '/ui/broadcasts'],
  ['broadcast', first('/ui/broadcasts', '/ui/broadcasts/')],
  ['broadcast-sends', below('/ui/broadcasts', 'sends')],
  ['broadcast-figures', below('/ui/broadcasts', 'figures')],
  ['broadcast-new', '/ui/broadcasts/new'],
  ['settings', '/ui/settings'],
  ['settings-sites', '/ui/settings/sites'],
  ['settings-important-pages', '/ui/settings/important-pages'],
  ['settings-sender', '/ui/settings/sender'],
  ['settings-mail', '/ui/settings/mail'],
  ['settings-sending', '/ui/settings/sending'],
  ['settings-webhooks', '/ui/settings/webhooks'],
  ['settings-deliverability', '/ui/settings/deliverability'],
  ['settings-topics', '/ui/settings/topics'],
  ['settings-users', '/ui/settings/users'],
  ['settings-api-tokens', '/ui/settings/api-tokens'],
  ['settings-audit', '/ui/settings/audit'],
  ['settings-organisation', '/ui/settings/organisation'],
  ['account', '/ui/settings/account'],
];

/** Goes to a screen, and waits until it is there with everything that belongs to it. */
export async function goTo(page: Page, demo: Demo, [, way]: Screen): Promise<void> {
  if (typeof way === 'string') await page.goto(demo.card.url + way);
  else await way(page, demo);
  await page.waitForLoadState('load');
}
