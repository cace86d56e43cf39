// Protects sessions against cross-site request forgery: a request that changes state must come from a page of this
// listener. SameSite=Strict alone is not enough, because it treats other ports of this machine as the same site.
import type { FastifyRequest } from 'fastify';
import { CertdeskError } from '../engine/core/errors.ts';

/** Safe methods (RFC 9110 section 9.2.1). */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Checks a request with the secrets of a session. The caller has already checked the Host header.
 * @param secure Whether the cookie was set over https. @throws ORIGIN_NOT_ALLOWED
 */
export function checkSessionOrigin(request: FastifyRequest, secure: boolean): void {
  const site = request.headers['sec-fetch-site'];
  const safe = SAFE_METHODS.has(request.method);
  // Old browsers do not send the header, and neither do browsers that use plain http to another machine.
  if (site !== undefined && site !== 'same-origin')
    throw refused(`the browser says that it comes from another page (Sec-Fetch-Site: ${quote(site)})`);
  if (!safe && readOwnOrigin(request).protocol !== (secure ? 'https:' : 'http:'))
    throw refused('its scheme, http or https, differs from that of the sign-in');
}

/**
 * @returns the Origin of a request from a page of this listener. Behind a proxy, only Origin shows whether the browser
 * uses https. @throws ORIGIN_NOT_ALLOWED
 */
export function readOwnOrigin(request: FastifyRequest): URL {
  const { origin, host = '' } = request.headers;
  if (origin === undefined) throw refused('it has no Origin header');
  const url = URL.parse(origin);
  // URL drops the scheme's default port, which Host and Origin may or may not contain.
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
