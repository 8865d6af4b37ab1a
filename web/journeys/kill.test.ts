// Killing the application or its PostgreSQL loses nothing that was answered, and needs no hand.

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Demo } from './demo';
import { mailbox } from './staff';

const PERSON = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
/** A browser may report 120 views in a minute; a test stays below it. */
const READERS = 4;

let demo: Demo;
beforeAll(async () => {
  demo = await Demo.start();
});
afterAll(async () => {
  await demo?.stop();
});

/** A lead whose browser is known, because it came from a mail. */
interface Reader {
  lead: string;
  tid: string;
}

/** Makes readers of the people whose mails are in the mailbox, from the `skip`th on. */
async function readers(skip: number): Promise<Reader[]> {
  const until = skip + READERS;
  await demo.until(60_000, 'the first broadcast is sent', async () => (await mailbox(demo)).length >= until);
  // Oldest first: more may still come.
  const mails = (await mailbox(demo)).reverse().slice(skip, until);
  return Promise.all(
    mails.map(async ({ html, to }) => {
      const [link] = /http:\/\/localhost:\d+\/t\/c\/[\w.-]+/.exec(html)!;
      const tid = await follow(link!);
      const [address] = /[^\s<>]+@[^\s<>]+/.exec(to)!;
      const { leads } = await demo.api<{ leads: { id: string }[] }>(`/api/v1/leads?email=${encodeURIComponent(address!)}`);
      return { lead: leads[0]!.id, tid };
    }),
  );
}

/** The id under which the site knows whoever follows the link. A click that had to go to the spool brings none. */
async function follow(link: string): Promise<string> {
  let tid: string | null = null;
  await demo.until(60_000, 'a click brings an id', async () => {
    const answer = await fetch(link, { redirect: 'manual', headers: { 'user-agent': PERSON } });
    tid = new URL(answer.headers.get('location')!).searchParams.get('tid');
    return tid !== null;
  });
  return tid!;
}

/** Views of pages, as the site's tag reports them: each by its title, with what was sent. */
class Views {
  readonly answered = new Map<string, string>();
  readonly unanswered = new Map<string, string>();
  private reading = true;
  private readonly done: Promise<unknown>;

  constructor(private readonly readers: readonly Reader[]) {
    this.done = Promise.all(readers.map((reader) => this.readOn(reader)));
  }

  /** Until so many are answered. */
  async reach(count: number): Promise<void> {
    await demo.until(30_000, `${count} views answered`, async () => this.answered.size >= count);
  }

  async end(): Promise<void> {
    this.reading = false;
    await this.done;
  }

  /** Reports again what was not answered, under the same name, as the tag does. */
  async repeat(): Promise<void> {
    for (const [title, body] of [...this.unanswered, ...[...this.answered].slice(-5)]) {
      await demo.until(30_000, `${title} is answered`, () => report(body)).catch((error: unknown) => {
        throw new Error(`${String(error)}\n--- the last answer: ${lastAnswer}`);
      });
      this.unanswered.delete(title);
      this.answered.set(title, body);
    }
  }

  /** The views that are on the leads' timelines, sorted; repeated ones appear repeatedly. */
  async stored(): Promise<string[]> {
    await demo.until(60_000, 'nothing waits in the spool', spoolIsEmpty);
    const titles = await Promise.all(
      this.readers.map(async ({ lead }) => {
        const path = `/api/v1/leads/${lead}/engagements?type=page_view&limit=200`;
        const { engagements } = await demo.api<{ engagements: { title: string | null }[] }>(path);
        return engagements.map(({ title }) => title ?? '');
      }),
    );
    return titles.flat().filter((title) => this.answered.has(title) || this.unanswered.has(title)).sort();
  }

  private async readOn({ tid }: Reader): Promise<void> {
    for (let left = 80; this.reading && left > 0; left--) {
      const eid = randomUUID();
      const url = `${demo.card.site_url}/departments`;
      const body = JSON.stringify({ tid, eid, title: eid, url, ts: Date.now(), referrer: '' });
      this.unanswered.set(eid, body);
      if (await report(body)) {
        this.unanswered.delete(eid);
        this.answered.set(eid, body);
      }
      await pause(20);
    }
  }
}

/** Whether all that was answered is in the database. */
async function spoolIsEmpty(): Promise<boolean> {
  const state = await fetch(`${demo.card.url}/readyz`);
  const { database, queued, spool } = (await state.json()) as { database: string; queued: number; spool: { engagements: number } };
  return database === 'answers' && queued === 0 && spool.engagements === 0;
}

/** What the last report was told, for whoever has to find out why it was not taken. */
let lastAnswer = 'none';

/** Whether the report was taken. */
async function report(body: string): Promise<boolean> {
  const headers = { origin: demo.card.site_url, 'content-type': 'text/plain', 'user-agent': PERSON };
  try {
    const answer = await fetch(`${demo.card.url}/t/pv`, { method: 'POST', headers, body, signal: AbortSignal.timeout(5000) });
    lastAnswer = `${answer.status} ${await answer.text()}`;
    return answer.status === 200;
  } catch (error) {
    lastAnswer = `none: ${String(error)}`;
    return false;
  }
}

test('the application is killed and started again: every answered view is there, once', async () => {
  const views = new Views(await readers(0));
  await views.reach(40);
  await demo.kill();
  await views.end();
  expect(views.unanswered.size).toBeGreaterThan(0);
  await demo.run();
  expect(await views.stored()).toEqual(expect.arrayContaining([...views.answered.keys()]));
  await views.repeat();
  expect(await views.stored()).toEqual([...views.answered.keys()].sort());
});

test('PostgreSQL is killed under the running application: it comes back by itself, with every answered view', async () => {
  const views = new Views(await readers(READERS));
  await views.reach(40);
  const killed = await demo.killPostgres();
  await demo.until(60_000, 'another PostgreSQL runs', async () => (await demo.postmaster().catch(() => killed)) !== killed);
  await demo.until(60_000, 'views are answered again', () => demo.answers('/login'));
  await views.end();
  await views.repeat();
  expect(await views.stored()).toEqual([...views.answered.keys()].sort());
});
