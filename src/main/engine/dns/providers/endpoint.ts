// Builds the base URL of a provider's API: its own, or that of `--dns-endpoint PROVIDER=URL`.
import { trimEndOf } from '../../core/outside-text.ts';

/**
 * @param own The provider's own base URL, without a trailing slash.
 * @param endpoint Replaces it: a whole base URL (`http://host:1/client/v4`), or only scheme and host, to which the
 *   provider's own path is added.
 */
export function baseUrl(own: string, endpoint: string | null): string {
  if (endpoint === null) return own;
  const url = new URL(endpoint);
  const path = trimEndOf(url.pathname, '/');
  return trimEndOf(`${url.origin}${path === '' ? new URL(own).pathname : path}`, '/');
}
