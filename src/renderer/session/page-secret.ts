// The page secret, which complements the cookie. It is in storage of the page's origin, which includes the port:
// another server on the same host receives the cookie, but cannot read this. Tabs of one browser share it.
import { PAGE_SECRET_HEADER } from '../../shared/page-secret-header.ts';

export interface PageSecret {
  get(): string | null;
  set(secret: string | null): void;
  /** Headers for each call to the server; empty if there is no secret. */
  headers(): Readonly<Record<string, string>>;
  /** Called when another tab has stored or removed the secret. */
  onChange(listener: (secret: string | null) => void): void;
}

const PAGE_SECRET_KEY = 'certdesk-page-secret';

/** @param scope The window. If its storage is blocked, the secret lasts until the page is closed. */
export function createPageSecret(scope: Window): PageSecret {
  let held: string | null = null;
  const get = (): string | null => {
    try {
      return scope.localStorage.getItem(PAGE_SECRET_KEY) ?? held;
    } catch {
      return held;
    }
  };
  return {
    get,
    set(secret) {
      held = secret;
      try {
        if (secret === null) scope.localStorage.removeItem(PAGE_SECRET_KEY);
        else scope.localStorage.setItem(PAGE_SECRET_KEY, secret);
      } catch {
        // Storage is blocked; `held` still has the secret.
      }
    },
    headers(): Readonly<Record<string, string>> {
      const secret = get();
      return secret === null ? {} : { [PAGE_SECRET_HEADER]: secret };
    },
    onChange(listener) {
      // `key` is null if the whole storage was cleared.
      scope.addEventListener('storage', ({ key }) => {
        if (key !== PAGE_SECRET_KEY && key !== null) return;
        held = null;
        listener(get());
      });
    },
  };
}
