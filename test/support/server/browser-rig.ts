// Certdesk with a clock that a test sets, and a browser for its GUI.
import type { App } from '../../../src/main/app.ts';
import { startApp, type TestApp } from './app.ts';
import { type Browser, createBrowser } from './browser.ts';

export interface BrowserRig {
  readonly app: TestApp;
  readonly browser: Browser;
  /** Advances the clock, in ms. */
  later(ms: number): void;
  /** A new sign-in link. */
  link(): Promise<URL>;
  /** Signs the browser in. */
  signIn(): Promise<void>;
  isSignedIn(who?: Browser): Promise<boolean>;
}

export async function startBrowserRig(): Promise<BrowserRig> {
  let now = new Date('2026-03-01T12:00:00Z');
  const app = await startApp({ platform: { clock: { now: () => now } } });
  const browser = createBrowser(app.app.address);
  return {
    app,
    browser,
    later(ms) {
      now = new Date(now.getTime() + ms);
    },
    link: () => newLink(app.app),
    async signIn() {
      const { status, text } = await browser.signIn(secretOf(await newLink(app.app)));
      if (status !== 200) throw new Error(`The sign-in was answered by ${status}: ${text}`);
    },
    isSignedIn: async (who = browser) => (await who.get('/api/v1/projects')).status === 200,
  };
}

const newLink = async (app: App): Promise<URL> => new URL(await app.signInLink());

/** The secret that the page at /login reads from its address. */
export function secretOf(link: URL): string {
  return link.hash.slice(1);
}
