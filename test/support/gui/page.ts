// A page of the built GUI in Debian's Chromium, signed in, that records console errors, requests to other hosts, and
// answers, which must hold no secret.
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright';
import { ensureBuilt } from '../../../scripts/lib/build.ts';
import { toolPath } from '../tools/tools.ts';
import { showIn } from './color-scheme.ts';

export const GUI_FOLDER = resolve(import.meta.dirname, '../../../out/renderer');
/** `CERTDESK_SCREENSHOTS`: `docs` takes pictures for docs/screenshots, any other value for .tools/screenshots; default: none. */
const wanted = process.env.CERTDESK_SCREENSHOTS ?? '';
const PICTURES = resolve(
  import.meta.dirname,
  '../../..',
  wanted === 'docs' ? 'docs/screenshots' : '.tools/screenshots',
);
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface GuiPage {
  readonly page: Page;
  /** Console errors, page errors, and requests to other hosts. */
  readonly problems: readonly string[];
  /** @param hash `/projects` */
  open(hash: string): Promise<void>;
  /** Takes screenshots, light and dark, if `CERTDESK_SCREENSHOTS` is set. */
  takeScreenshots(name: string): Promise<void>;
  /** `failed-light.png` and `failed-dark.png` */
  takeFailure(): Promise<void>;
  /**
   * The places that contain a text which must be nowhere: the DOM with its fields, the page's storage, the server's
   * answers.
   */
  findSecret(secret: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * Milliseconds that a page waits for an element: longer than a busy machine needs, and shorter than the time-out of a test, so
 * that the error names the missing element.
 */
export const PAGE_TIMEOUT_MS = 150_000;

/** @param more Further flags of Chromium. */
export function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: toolPath('CERTDESK_TEST_CHROMIUM'),
    args: [...FLAGS, ...more],
  });
}

/** A context whose pages wait as long as a busy machine needs, and show the final state without transitions. */
export async function newContext(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(PAGE_TIMEOUT_MS);
  return context;
}

/**
 * Needs a built GUI.
 * @param app Its address and a sign-in link.
 */
export async function openGui(app: {
  readonly address: string;
  signInLink(): Promise<string>;
}): Promise<GuiPage> {
  const browser = await launchChromium();
  const context = await newContext(browser, {
    viewport: { width: 1280, height: 900 },
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const problems: string[] = [];
  const answers: string[] = [];
  page.on('console', (message) => {
    // Chromium logs a refused call; the page explains it.
    const refusal = /^Failed to load resource: .* status of 4\d\d/.test(message.text());
    if (message.type() === 'error' && !refusal) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(app.address)) {
      problems.push(`a request to ${request.url()}`);
    }
  });
  page.on('response', (response) => {
    const isStream = response.headers()['content-type']?.startsWith('text/event-stream') === true;
    if (!response.url().includes('/trpc') || isStream) return;
    response.text().then(
      (text) => answers.push(text),
      () => undefined, // its page was closed
    );
  });
  await page.goto(await app.signInLink());
  await page.getByRole('navigation').first().waitFor();
  return {
    page,
    problems,
    open: async (hash) => void (await page.goto(`${app.address}/#${hash}`)),
    async takeScreenshots(name) {
      if (wanted !== '') await takePictures(page, name);
    },
    takeFailure: () => takePictures(page, 'failed'),
    async findSecret(secret) {
      const kept = await page.evaluate(() => ({
        dom: document.documentElement.outerHTML,
        fields: [...document.querySelectorAll('input, textarea')]
          .map((field) => Reflect.get(field, 'value'))
          .join('\n'),
        storage: JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }),
        address: location.href,
      }));
      const places = { ...kept, answers: answers.join('\n') };
      return Object.entries(places).flatMap(([place, text]) => (text.includes(secret) ? [place] : []));
    },
    close: () => browser.close(),
  };
}

async function takePictures(page: Page, name: string): Promise<void> {
  await mkdir(PICTURES, { recursive: true });
  const before = page.viewportSize() ?? { width: 1280, height: 900 };
  for (const colorScheme of ['dark', 'light'] as const) {
    await showIn(page, colorScheme);
    // A window as high as the content, so that elements fixed to the window (the side bar) are in place.
    const height = Math.max(before.height, await page.evaluate(heightOfContent));
    await page.setViewportSize({ width: before.width, height });
    await page.screenshot({ path: `${PICTURES}/${name}-${colorScheme}.png` });
  }
  await page.setViewportSize(before);
}

/** For beforeAll. @throws with the output of a failed build. */
export async function buildGui(): Promise<void> {
  const failure = await ensureBuilt();
  if (failure !== null) throw new Error(failure);
}

/** In the page: the height of the dialog with some room around it, otherwise of the page; 0 for a long list. */
function heightOfContent(): number {
  const dialog = document.querySelector('[role="dialog"]');
  if (dialog !== null) return dialog.scrollHeight + 160;
  return document.querySelector('[aria-rowcount]') === null ? document.documentElement.scrollHeight : 0;
}
