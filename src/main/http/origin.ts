// Guards a browser's session against pages of others (cross-site request forgery): what changes something must come
// from a page that this very listener served. SameSite=Strict alone takes other ports of this machine for its own.
import type { FastifyRequest } from 'fastify';
import { CertdeskError } from '../engine/core/errors.ts';

/** Methods that change nothing (RFC 9110 section 9.2.1). */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Checks a request that carries the secrets of a session. The Host header has been checked before.
 * @param secure Whether the cookie belongs to https. @throws ORIGIN_NOT_ALLOWED
 */
export function checkSessionOrigin(request: FastifyRequest, secure: boolean): void {
  const site = request.headers['sec-fetch-site'];
  const safe = SAFE_METHODS.has(request.method);
  // Old browsers, and browsers that call another machine by plain http, do not send it.
  if (site !== undefined && site !== 'same-origin')
    throw refused(`the browser says that it comes from another page (Sec-Fetch-Site: ${quote(site)})`);
  if (!safe && readOwnOrigin(request).protocol !== (secure ? 'https:' : 'http:'))
    throw refused('its scheme, http or https, differs from that of the sign-in');
}

/**
 * The Origin of a request that comes from a page of this listener. Behind a proxy the browser's own word tells whether
 * it speaks https. @throws ORIGIN_NOT_ALLOWED
 */
export function readOwnOrigin(request: FastifyRequest): URL {
  const { origin, host = '' } = request.headers;
  if (origin === undefined) throw refused('it has no Origin header');
  const url = URL.parse(origin);
  // Host and Origin both leave out the scheme's own port; URL does, whatever the client sends.
  const own = url === null ? null : URL.parse(`${url.protocol}//${host}`);
  if (url !== null && own !== null && url.host !== '' && url.host === own.host && isWeb(url)) return url;
  throw refused(
    `its Origin ${quote(origin)} is not this server (Host: ${quote(host)}). A reverse proxy must pass on the Host header as it is`,
  );
}

const isWeb = ({ protocol }: URL): boolean => protocol === 'http:' || protocol === 'https:';

function refused(reason: string): CertdeskError {
  return new CertdeskError('ORIGIN_NOT_ALLOWED', `Request refused: ${reason}`);
}

const quote = (header: string | readonly string[]): string => JSON.stringify(String(header).slice(0, 100));
