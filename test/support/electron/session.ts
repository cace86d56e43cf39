// Electron's `protocol` and `session.defaultSession`: every request of every page comes through here to the
// application's own handlers.
import type { BrowserContext, Route } from 'playwright';
import { fromChromium, schemeOf } from './addresses.ts';

type Handler = (request: Request) => Response | Promise<Response>;
type BeforeRequest = (details: { url: string }, decide: (answer: { cancel?: boolean }) => void) => void;

export class Session {
  readonly #handlers = new Map<string, Handler>();
  #beforeRequest: BeforeRequest | null = null;
  /** For tests of the stand-in itself. */
  readonly permissions: Record<string, unknown> = {};

  readonly protocol = {
    handle: (scheme: string, handler: Handler): void => {
      if (!registered.has(scheme)) throw new Error(`stand-in: ${scheme} was not registered as a scheme`);
      this.#handlers.set(scheme, handler);
    },
  };

  readonly webRequest = {
    onBeforeRequest: (listener: BeforeRequest): void => {
      this.#beforeRequest = listener;
    },
  };

  setPermissionRequestHandler(handler: unknown): void {
    this.permissions.request = handler;
  }
  setPermissionCheckHandler(handler: unknown): void {
    this.permissions.check = handler;
  }
  setDevicePermissionHandler(handler: unknown): void {
    this.permissions.device = handler;
  }

  /** @param mayNavigate Called for navigations of pages. */
  async attach(context: BrowserContext, mayNavigate: (route: Route) => boolean): Promise<void> {
    await context.route('**/*', (route) => this.#answer(route, mayNavigate).catch(() => undefined));
  }

  async #answer(route: Route, mayNavigate: (route: Route) => boolean): Promise<void> {
    const request = route.request();
    // `aborted` leaves the page as it is; other reasons would show an error page instead.
    if (request.isNavigationRequest() && !mayNavigate(route)) return route.abort('aborted');
    const url = fromChromium(request.url());
    if (this.#isCancelled(url)) return route.abort('blockedbyclient');
    const scheme = schemeOf(request.url());
    const handler = scheme === null ? undefined : this.#handlers.get(scheme);
    if (handler === undefined) return route.continue();
    const answer = await handler(new Request(url, { method: request.method() }));
    await route.fulfill({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    });
  }

  #isCancelled(url: string): boolean {
    let cancelled = false;
    this.#beforeRequest?.({ url }, ({ cancel }) => {
      cancelled = cancel === true;
    });
    return cancelled;
  }
}

const registered = new Set<string>();

export const protocol = {
  registerSchemesAsPrivileged(schemes: readonly { scheme: string; privileges?: object }[]): void {
    for (const { scheme } of schemes) registered.add(scheme);
  },
};
