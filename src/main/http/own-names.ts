// Decides whether a Host header names this server. Protects against DNS rebinding: a page of another site whose name
// resolves to 127.0.0.1 sends that name as Host.
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { HttpsService } from '../engine/https/https.ts';

/** @param host The header Host, or a host name. */
export type IsOwnName = (host: string | undefined) => boolean;

/**
 * The attack needs a name, so all IP addresses are accepted, but only this machine's names, the allowed ones, and those of
 * the certificate that HTTPS serves.
 * @param https Null for plain HTTP.
 */
export function createOwnNames(
  allowed: readonly string[],
  https: Pick<HttpsService, 'current'> | null,
): IsOwnName {
  const names = new Set(['localhost', hostname(), ...allowed].map((name) => name.toLowerCase()));
  return (host) => {
    const name = hostNameOf(host);
    if (names.has(name) || isIP(name.replace(/^\[|\]$/g, '')) !== 0) return true;
    return https?.current()?.covers(name) === true;
  };
}

/** @returns the host name or address of a Host header, in lower case and without the port */
export function hostNameOf(host: string | undefined): string {
  return (host ?? '').replace(/:\d+$/, '').toLowerCase();
}
