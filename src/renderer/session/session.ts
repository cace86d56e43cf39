// The state of the session: signed in until an answer says otherwise. The secret of a one-time link is exchanged for
// the session cookie, which scripts cannot read, and the page secret.
import type { ErrorBody, ErrorCode } from '../../shared/errors.ts';
import { createStore, type Store } from '../store.ts';
import type { PageSecret } from './page-secret.ts';

/** `link`: the one-time link is not valid. `left`: the user signed out. `out`: the session has ended. */
export type SessionState =
  | 'exchanging'
  | 'in'
  | 'out'
  | 'left'
  | 'link'
  | 'tooMany'
  | 'unreachable'
  | SignInRefusal;

/** Any other response to the exchange; the link remains valid. */
export interface SignInRefusal {
  /** HTTP status. */
  readonly status: number;
  /** The server's error; null if a proxy answered. */
  readonly reason: string | null;
}

export interface Session {
  readonly state: Store<SessionState>;
  /** Resolves when the exchange of the one-time link has ended, successfully or not; at once if there is no link. */
  readonly settled: Promise<void>;
  /** Only in browsers; null in the desktop app's window, which needs no sign-in. */
  readonly browser: BrowserSession | null;
  /** Called for each answer that says the session has ended. */
  ended(): void;
}

export interface BrowserSession {
  /** Headers for each call to the server. */
  headers(): Readonly<Record<string, string>>;
  /**
   * Exchanges another link as a proof of identity. @returns 'in' if it worked, otherwise the reason; the session is
   * unchanged then
   */
  prove(linkSecret: string): Promise<SessionState>;
  /** Reports user activity to the server, so that the session does not end as idle. */
  noteActivity(): Promise<void>;
  /** @returns whether this browser is signed out now: without the server's confirmation the session remains */
  signOut(): Promise<boolean>;
  /** Called when this browser's session was ended in the list of sessions. */
  left(): void;
}

export interface SessionDeps {
  readonly location: Location;
  readonly history: History;
  readonly fetch: typeof fetch;
  readonly pageSecret: PageSecret;
}

const LOGIN_PATH = /\/login$/;

/** Creates the session; exchanges the link's secret if a sign-in link opened the page. */
export function createSession(deps: SessionDeps): Session {
  const { pageSecret } = deps;
  const byLink = LOGIN_PATH.test(deps.location.pathname);
  const secret = byLink ? deps.location.hash.slice(1) : '';
  const state = createStore<SessionState>(
    secret !== '' ? 'exchanging' : pageSecret.get() === null ? 'out' : 'in',
  );
  let settled = Promise.resolve();
  // The secret is removed from the URL at once, so that it does not stay in the history. The URL also changes if the
  // exchange was lost: otherwise opening the whole link again would only be a navigation within this page.
  if (byLink) deps.history.replaceState(null, '', deps.location.pathname.replace(LOGIN_PATH, '/'));
  if (secret !== '') settled = exchange(deps, secret).then(state.set);
  // Signing in or out in one tab applies to all tabs.
  pageSecret.onChange((known) => {
    if (known !== null) state.set('in');
    else if (state.get() === 'in') state.set('left');
  });
  const left = (): void => {
    pageSecret.set(null);
    state.set('left');
  };
  const ended = (): void => {
    if (state.get() === 'in') state.set('out');
  };
  return {
    state,
    settled,
    ended,
    browser: {
      headers: pageSecret.headers,
      prove: (linkSecret) => exchange(deps, linkSecret),
      left,
      async noteActivity() {
        const answer = await post(deps, 'activity', {}).catch(() => null);
        if (answer?.status === 401) ended();
      },
      async signOut() {
        const answer = await post(deps, 'logout', {}).catch(() => null);
        if (answer?.ok !== true) return false;
        left();
        return true;
      },
    },
  };
}

/**
 * Creates the session of the desktop app's window: whoever can use the window has started Certdesk and needs no
 * sign-in.
 */
export function createWindowSession(): Session {
  return { state: createStore<SessionState>('in'), settled: Promise.resolve(), browser: null, ended() {} };
}

function post({ fetch, pageSecret }: SessionDeps, path: string, body: object): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', ...pageSecret.headers() };
  return fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function exchange(deps: SessionDeps, secret: string): Promise<SessionState> {
  try {
    const answer = await post(deps, 'login', { secret });
    if (answer.ok) {
      const { pageSecret } = Object(await answer.json());
      if (typeof pageSecret === 'string') deps.pageSecret.set(pageSecret);
      return 'in';
    }
    if (answer.status >= 500) return 'unreachable';
    if (answer.status === 429) return 'tooMany';
    const refusal = await readRefusal(answer);
    if (answer.status === 401 && refusal?.code === 'SIGN_IN_LINK_INVALID') return 'link';
    return { status: answer.status, reason: refusal?.error ?? null };
  } catch {
    return 'unreachable';
  }
}

/** Returns null if the answer is not Certdesk's, such as a proxy's error page. */
async function readRefusal(answer: Response): Promise<Pick<ErrorBody, 'code' | 'error'> | null> {
  const { code, error } = Object(await answer.json().catch(() => null));
  return typeof code === 'string' && typeof error === 'string' ? { code: code as ErrorCode, error } : null;
}
