import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

/** Headless Chromium says so in its name, and the product rightly takes it for a machine. */
export const PERSON =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

/** A browser profile that notes everything that a page should not do. */
export class Watched {
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly problems: readonly string[],
  ) {}

  static async open(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
    const context = await browser.newContext({
      locale: 'ja-JP',
      timezoneId: 'Asia/Tokyo',
      userAgent: PERSON,
      viewport: { width: 1280, height: 900 },
      ...options,
    });
    context.setDefaultTimeout(15_000);
    const problems: string[] = [];
    // Violations of the content security policy are console errors.
    context.on('console', (message) => {
      if (message.type() === 'error') problems.push(`${message.page()?.url()}: ${message.text()}`);
    });
    context.on('weberror', (error) => problems.push(`${error.page()?.url()}: ${error.error()}`));
    context.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? '';
      // A page that is left takes its requests with it.
      if (reason !== 'net::ERR_ABORTED') problems.push(`${request.method()} ${request.url()}: ${reason}`);
    });
    context.on('response', (response) => {
      if (response.status() >= 400) problems.push(`${response.status()} ${response.request().method()} ${response.url()}`);
    });
    return new Watched(context, await context.newPage(), problems);
  }
}
