import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { siteTag } from '../../web/build.mjs';
import { launchBrowser, listen } from '../../web/tests/browser';

export const SITE_KEY = 'site-key-1';
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** What the tag sends, as `docs/WEB-TAG.md` promises it. */
export interface PageView {
  tid: string;
  url: string;
  referrer: string;
  ts: number;
  sid: string;
  eid: string;
  title: string;
}

export interface Received {
  view: PageView;
  headers: IncomingMessage['headers'];
  at: number;
}

/**
 * The product on 127.0.0.1 and a school's site on localhost, which browsers hold to
 * be two different sites, and a browser that visits.
 */
export class SchoolSite {
  readonly received: Received[] = [];
  readonly methods: string[] = [];
  /** What the product answers to the coming page views; 200 when used up. */
  answers: (number | 'hang up')[] = [];
  /** Goes into the head of each page, instead of the usual snippet. */
  head = '';
  context!: BrowserContext;
  page!: Page;

  private constructor(
    private readonly browser: Browser,
    private readonly servers: { close(): Promise<void> }[],
    private readonly productPort: number,
    private readonly sitePort: number,
  ) {}

  static async open(): Promise<SchoolSite> {
    const tag = await siteTag();
    let self!: SchoolSite;
    const product = await listen((request, response) => self.answerAsProduct(request, response, tag));
    const site = await listen((_, response) => {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(`<!doctype html><html lang="ja"><head><title>学校案内</title>${self.head}</head><body></body></html>`);
    });
    const browser = await launchBrowser();
    self = new SchoolSite(browser, [product, site], product.port, site.port);
    return self;
  }

  /** A fresh visitor, without cookies, on a page that carries the snippet. */
  async newVisitor(head = this.snippet()): Promise<void> {
    await this.context?.close();
    this.received.length = 0;
    this.methods.length = 0;
    this.answers = [];
    this.head = head;
    this.context = await this.browser.newContext();
    this.page = await this.context.newPage();
  }

  async close(): Promise<void> {
    await this.browser.close();
    for (const server of this.servers) await server.close();
  }

  get product(): string {
    return `http://127.0.0.1:${this.productPort}`;
  }

  get origin(): string {
    return `http://localhost:${this.sitePort}`;
  }

  snippet(attributes = `data-site-key="${SITE_KEY}"`): string {
    return `<script async src="${this.product}/tag.js" ${attributes}></script>`;
  }

  async visit(path: string): Promise<void> {
    await this.page.goto(this.origin + path);
    await this.page.waitForFunction(() => window.ondo);
  }

  /** Waits until that many page views have arrived, and yields them. */
  async views(count: number): Promise<PageView[]> {
    const deadline = Date.now() + 5000;
    while (this.received.length < count && Date.now() < deadline) await pause(20);
    // And a little longer, so that one too many would be seen.
    await pause(300);
    return this.received.map(({ view }) => view);
  }

  async cookie(name: string): Promise<string | undefined> {
    const cookies = await this.context.cookies(this.origin);
    return cookies.find((cookie) => cookie.name === name)?.value;
  }

  private answerAsProduct(request: IncomingMessage, response: ServerResponse, tag: Uint8Array): void {
    if (request.url?.startsWith('/tag.js')) {
      response.setHeader('Content-Type', 'text/javascript');
      response.end(tag);
      return;
    }
    if (request.url !== '/t/pv') {
      response.writeHead(404).end();
      return;
    }
    this.methods.push(request.method ?? '');
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      this.received.push({ view: JSON.parse(body) as PageView, headers: request.headers, at: Date.now() });
      const answer = this.answers.shift() ?? 200;
      if (answer === 'hang up') request.socket.destroy();
      else response.writeHead(answer, { 'Access-Control-Allow-Origin': this.origin }).end('{}');
    });
  }
}

export const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
