// The one Chromium of the stand-in, and each window's page in it with its own CDP session.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, type CDPSession, chromium, type Page } from 'playwright';

export interface OpenPage {
  readonly page: Page;
  readonly cdp: CDPSession;
}

export interface Chromium {
  readonly context: BrowserContext;
  /** The endpoint through which a test connects to the same pages. */
  readonly cdpUrl: string;
  open(): Promise<OpenPage>;
  isOurs(page: Page): boolean;
  close(): Promise<void>;
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-port=0',
];

/** Room for a page of 1200 pixels, and no warning about the missing sandbox. */
const HEADED_FLAGS = ['--window-size=1260,890', '--test-type'];

/** @param folder For its profile. */
export async function startChromium(folder: string): Promise<Chromium> {
  const headed = process.env.STANDIN_HEADED === '1';
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: process.env.STANDIN_CHROMIUM,
    headless: !headed,
    viewport: null,
    args: [...FLAGS, ...(headed ? HEADED_FLAGS : [])],
  });
  const own = new WeakSet<Page>();
  let first = context.pages()[0];
  let opening = 0;
  // A page that opens another one creates no window: the application's handler was asked first (web-contents.ts).
  context.on('page', (page) => {
    if (opening === 0 && !own.has(page)) void page.close().catch(() => undefined);
  });
  const portFile = join(folder, 'DevToolsActivePort');
  while (!existsSync(portFile)) await new Promise((resolve) => setTimeout(resolve, 10));
  const [port, path] = readFileSync(portFile, 'utf8').trim().split('\n');
  return {
    context,
    cdpUrl: `ws://127.0.0.1:${port}${path}`,
    async open() {
      opening += 1;
      const page = first ?? (await context.newPage());
      first = undefined;
      own.add(page);
      opening -= 1;
      return { page, cdp: await context.newCDPSession(page) };
    },
    isOurs: (page) => own.has(page),
    close: () => context.close(),
  };
}
