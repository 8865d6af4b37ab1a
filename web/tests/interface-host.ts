import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { build } from '../build.mjs';
import { launchBrowser, listen } from './browser';

/** As strict as the product's own (docs: the interface needs no inline code at all). */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'";

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

export interface Request {
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Serves a page with the built interface, and opens it in a browser. */
export class InterfaceHost {
  readonly requests: Request[] = [];
  readonly problems: string[] = [];
  page!: Page;
  /** Answers what is not an asset; yields the inside of `<body>`. */
  answer: (request: Request, response: ServerResponse) => string = () => '';
  private language = 'ja';
  private policy = CSP;

  private constructor(
    private readonly browser: Browser,
    private readonly folder: string,
    private readonly manifest: Record<string, string>,
    private readonly server: { port: number; close(): Promise<void> },
  ) {}

  static async open(): Promise<InterfaceHost> {
    const folder = await mkdtemp(join(tmpdir(), 'ondo-web-'));
    const manifest = await build(folder);
    let self!: InterfaceHost;
    const server = await listen((request, response) => self.serve(request, response));
    self = new InterfaceHost(await launchBrowser(), folder, manifest, server);
    return self;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.close();
    await rm(this.folder, { recursive: true });
  }

  asset(name: string): string {
    return `/assets/${this.manifest[name]}`;
  }

  /** Shows a page with that body; each call is a new browser profile. */
  async show(body: string, options: BrowserContextOptions & { language?: string; policy?: string } = {}): Promise<Page> {
    const { language = 'ja', policy = CSP, ...context } = options;
    await this.page?.context().close();
    this.language = language;
    this.policy = policy;
    this.requests.length = 0;
    this.problems.length = 0;
    this.answer = () => body;
    this.page = await (await this.browser.newContext(context)).newPage();
    this.page.on('pageerror', (error) => this.problems.push(String(error)));
    this.page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.problems.push(message.text());
    });
    await this.page.goto(`http://127.0.0.1:${this.server.port}/`);
    this.requests.length = 0;
    return this.page;
  }

  private serve(message: IncomingMessage, response: ServerResponse): void {
    const url = new URL(message.url ?? '', 'http://127.0.0.1');
    response.setHeader('Content-Security-Policy', this.policy);
    if (url.pathname.startsWith('/assets/')) {
      response.setHeader('Content-Type', TYPES[extname(url.pathname)] ?? 'font/woff2');
      createReadStream(join(this.folder, url.pathname.slice('/assets/'.length))).pipe(response);
      return;
    }
    let body = '';
    message.on('data', (chunk) => (body += chunk));
    message.on('end', () => {
      const request = { method: message.method ?? '', url, headers: message.headers, body };
      this.requests.push(request);
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      const inside = this.answer(request, response);
      response.end(this.document(inside));
    });
  }

  private document(body: string): string {
    return `<!doctype html><html lang="${this.language}"><head><title>Ondo</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="csrf-token" content="token-1"><link rel="icon" href="${this.asset('favicon.svg')}">
      <link rel="stylesheet" href="${this.asset('app.css')}"><script src="${this.asset('theme.js')}"></script>
      <script type="module" src="${this.asset('app.js')}"></script></head><body>${body}</body></html>`;
  }
}
