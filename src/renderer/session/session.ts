// Who sits before the page: signed in until an answer says otherwise. A one-time link's secret is exchanged for the
// session's cookie, which no script can read, and the page secret.
import type { ErrorBody, ErrorCode } from '../../shared/errors.ts';
import { createStore, type Store } from '../store.ts';
import type { PageSecret } from './page-secret.ts';

/** `link`: the one-time link does not work. `left`: signed out on purpose. `out`: the session has ended. */
export type SessionState =
  | 'exchanging'
  | 'in'
  | 'out'
  | 'left'
  | 'link'
  | 'tooMany'
  | 'unreachable'
  | SignInRefusal;

/** Any other answer to the exchange, which leaves the link as good as it was. */
export interface SignInRefusal {
  /** HTTP status. */
  readonly status: number;
  /** The server's own sentence; null where something before it answered. */
  readonly reason: string | null;
}

export interface Session {
  readonly state: Store<SessionState>;
  /** Resolves when the exchange of a one-time link has ended, either way; at once where there is none. */
  readonly settled: Promise<void>;
  /** What only a browser has; null in the window of the desktop application, which needs no sign-in. */
  readonly browser: BrowserSession | null;
  /** Told by any answer that says so. */
  ended(): void;
}

export interface BrowserSession {
  /** For each call to the server. */
  headers(): Readonly<Record<string, string>>;
  /**
   * Uses another link to prove who sits here. @returns 'in' if it worked, else why not; the session is as it was then.
   */
  prove(linkSecret: string): Promise<SessionState>;
  /** Tells the server that its person did something, so that the session does not end as idle. */
  noteActivity(): Promise<void>;
  /** @returns whether this browser is signed out now: without the server's word its session stays as it was. */
  signOut(): Promise<boolean>;
  /** This browser's session was ended in the list of sessions. */
  left(): void;
}

export interface SessionDeps {
  readonly location: Location;
  readonly history: History;
  readonly fetch: typeof fetch;
  readonly pageSecret: PageSecret;
}

const LOGIN_PATH = /\/login$/;

/** Begins with the exchange where the page was opened by a sign-in link. */
export function createSession(deps: SessionDeps): Session {
  const { pageSecret } = deps;
  const byLink = LOGIN_PATH.test(deps.location.pathname);
  const secret = byLink ? deps.location.hash.slice(1) : '';
  const state = createStore<SessionState>(
    secret !== '' ? 'exchanging' : pageSecret.get() === null ? 'out' : 'in',
  );
  let settled = Promise.resolve();
  // The secret leaves the address at once: it must not stay in the history. Where it was lost on its way, the address
  // leaves too: the whole link, opened over it, would be a place in this page.
  if (byLink) deps.history.replaceState(null, '', deps.location.pathname.replace(LOGIN_PATH, '/'));
  if (secret !== '') settled = exchange(deps, secret).then(state.set);
  // Signing in or out in one tab counts for all of them.
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

/** The window of the desktop application needs no sign-in: whoever sits before it has started Certdesk. */
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

/** Null where the answer is not in Certdesk's form: a page of a proxy's. */
async function readRefusal(answer: Response): Promise<Pick<ErrorBody, 'code' | 'error'> | null> {
  const { code, error } = Object(await answer.json().catch(() => null));
  return typeof code === 'string' && typeof error === 'string' ? { code: code as ErrorCode, error } : null;
}
