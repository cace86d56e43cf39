// Who sits before the page: signed in until an answer says otherwise. A one-time link's secret is exchanged for the
// session's cookie, which no script can read.
import type { ErrorBody, ErrorCode } from '../../shared/errors.ts';
import { createStore, type Store } from '../store.ts';

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
  /**
   * Resolves with whether this browser is signed out now: without the server's word its session and cookie are as
   * they were. Null where there is no signing out: in the window of the desktop application.
   */
  readonly signOut: (() => Promise<boolean>) | null;
  /** Told by any answer that says so. */
  ended(): void;
}

export interface SessionDeps {
  readonly location: Location;
  readonly history: History;
  readonly fetch: typeof fetch;
}

const LOGIN_PATH = /\/login$/;

/** Begins with the exchange where the page was opened by a sign-in link. */
export function createSession(deps: SessionDeps): Session {
  const byLink = LOGIN_PATH.test(deps.location.pathname);
  const secret = byLink ? deps.location.hash.slice(1) : '';
  const state = createStore<SessionState>(secret === '' ? 'in' : 'exchanging');
  let settled = Promise.resolve();
  // The secret leaves the address at once: it must not stay in the history. Where it was lost on its way, the address
  // leaves too: the whole link, opened over it, would be a place in this page.
  if (byLink) deps.history.replaceState(null, '', deps.location.pathname.replace(LOGIN_PATH, '/'));
  if (secret !== '') settled = exchange(deps, secret).then(state.set);
  return {
    state,
    settled,
    ended() {
      if (state.get() === 'in') state.set('out');
    },
    async signOut() {
      const request = { method: 'POST', headers: JSON_HEADERS, body: '{}' };
      const answer = await deps.fetch('logout', request).catch(() => null);
      if (answer?.ok !== true) return false;
      state.set('left');
      return true;
    },
  };
}

/** The window of the desktop application needs no sign-in: whoever sits before it has started Certdesk. */
export function createWindowSession(): Session {
  return { state: createStore<SessionState>('in'), settled: Promise.resolve(), signOut: null, ended() {} };
}

const JSON_HEADERS = { 'Content-Type': 'application/json' };

async function exchange({ fetch }: SessionDeps, secret: string): Promise<SessionState> {
  try {
    const body = JSON.stringify({ secret });
    const answer = await fetch('login', { method: 'POST', headers: JSON_HEADERS, body });
    if (answer.ok) return 'in';
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
