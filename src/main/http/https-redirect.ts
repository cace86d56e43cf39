// Redirects requests by plain HTTP to the same address by HTTPS.
import type { HttpsService } from '../engine/https/https.ts';
import type { Redirect } from './acme-challenge.ts';
import { hostNameOf, type IsOwnName } from './own-names.ts';

export interface RedirectDeps {
  readonly https: Pick<HttpsService, 'redirects'>;
  readonly isOwnName: IsOwnName;
  /** The port of HTTPS; null before it listens. */
  port(): number | null;
}

/** Redirects only to names of this server, so that nobody can use it to lead people elsewhere. */
export function createRedirect({ https, isOwnName, port }: RedirectDeps): Redirect {
  return (host, url) => {
    const at = port();
    if (at === null || !https.redirects() || !url.startsWith('/') || !isOwnName(host)) return null;
    return `https://${hostNameOf(host)}${at === 443 ? '' : `:${at}`}${url}`;
  };
}
