// The address of a provider's API: its own, or the one of `--dns-endpoint PROVIDER=URL`.
import { trimEndOf } from '../../core/outside-text.ts';

/**
 * @param own The provider's own base address, without a trailing slash.
 * @param endpoint In place of it: a whole base address (`http://host:1/client/v4`), or scheme and host only, which
 *   keep the provider's own path.
 */
export function baseUrl(own: string, endpoint: string | null): string {
  if (endpoint === null) return own;
  const url = new URL(endpoint);
  const path = trimEndOf(url.pathname, '/');
  return trimEndOf(`${url.origin}${path === '' ? new URL(own).pathname : path}`, '/');
}
