import type { Page } from 'playwright-core';
import type { Demo } from './demo';

/** Signs in through the form, as the demo's administrator. */
export async function signIn(page: Page, demo: Demo): Promise<void> {
  await page.goto(`${demo.card.url}/login`);
  await page.fill('#email', demo.card.email);
  await page.fill('#password', demo.card.password);
  await page.click('main button:has-text("ログイン"), form[action="/login"] button');
  await page.waitForURL('**/ui/dashboard');
}

/** Presses a button that asks first, and says yes. */
export async function pressAndConfirm(page: Page, label: string): Promise<void> {
  await page.getByRole('button', { name: label }).click();
  await page.getByRole('dialog').getByRole('button', { name: label }).click();
}

/** What a mail program of the demo's readers has got. */
export interface Mail {
  id: string;
  to: string;
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
}

/** All mails of the demo's mailbox, newest first. */
export async function mailbox(demo: Demo): Promise<Mail[]> {
  return (await (await fetch(`${demo.card.mailbox_url}.json`)).json()) as Mail[];
}

/** The large numbers of the dashboard and of a lead, by what stands above them. */
export async function figures(page: Page): Promise<Map<string, number>> {
  const pairs = await page.locator('.kpi').evaluateAll((kpis) =>
    kpis.map((kpi): [string, number] => {
      const [name, value] = ['dt', '.kpi-value'].map((part) => kpi.querySelector(part)?.firstChild?.parentElement?.innerText ?? '');
      return [name!.replace(/参考値/, '').trim(), Number(value!.replace(/[^\d.].*$/s, '').replaceAll(',', ''))];
    }),
  );
  return new Map(pairs);
}
