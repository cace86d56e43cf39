// Reads what `certdesk check` shall check: HOST, HOST:PORT, [IPV6]:PORT.
import { isIP } from 'node:net';
import { DEFAULT_PORTS, type Protocol, usualProtocol } from '../../shared/endpoint.ts';
import { explainName, toDnsName } from '../../shared/names.ts';
import { CertdeskError } from '../engine/core/errors.ts';

export interface CheckTarget {
  /** A-labels, or an IP address. */
  readonly host: string;
  readonly port: number;
  readonly protocol: Protocol;
}

/**
 * @param protocol Of --starttls; null: the usual one of the port, and `tls` for any other port.
 * @throws INVALID_REQUEST
 */
export function toCheckTarget(text: string, protocol: Protocol | null): CheckTarget {
  refuseAmbiguous(text);
  const { host, port } = split(text);
  const chosen = protocol ?? usualProtocol(port ?? undefined);
  return { host: toHost(host), port: port ?? DEFAULT_PORTS[chosen], protocol: chosen };
}

/** @throws INVALID_REQUEST */
export function toHost(text: string): string {
  if (isIP(text) !== 0) return text;
  const name = toDnsName(text);
  if (/^[\d.]+$/.test(text))
    throw new CertdeskError('INVALID_REQUEST', `${text} is no IP address: enter four numbers from 0 to 255`);
  if (name === null) throw new CertdeskError('INVALID_REQUEST', `The name ${text} ${explainName(text)}`);
  if (name.startsWith('*.'))
    throw new CertdeskError('INVALID_REQUEST', `The name ${text} is a wildcard. Enter a host that it covers`);
  return name;
}

function split(text: string): { readonly host: string; readonly port: number | null } {
  if (isIP(text) !== 0) return { host: text, port: null };
  const [, bracketed, plain = '', digits] = /^(?:\[([^\]]*)\]|([^:/]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? null : Number(digits);
  const isBad = host === '' || (bracketed !== undefined && isIP(bracketed) !== 6);
  if (isBad || (port !== null && (port < 1 || port > 65_535))) {
    const meant = suggest(text);
    const message = `${text === '' ? 'An empty argument' : text} is not HOST, HOST:PORT or [IPV6]:PORT with a port from 1 to 65535`;
    throw new CertdeskError(
      'INVALID_REQUEST',
      meant === null ? message : `${message}. Did you mean ${meant}?`,
    );
  }
  return { host, port };
}

const IPV6_AND_PORT = /^(.+):(\d{2,5})$/;

/** `::1:443` is an address, but hardly ever meant as one. */
function refuseAmbiguous(text: string): void {
  const [, address = '', port] = IPV6_AND_PORT.exec(text) ?? [];
  if (isIP(text) !== 6 || isIP(address) !== 6) return;
  const message = `${text} is an address, or an address and a port. Enter [${text}] or [${address}]:${port}`;
  throw new CertdeskError('INVALID_REQUEST', message);
}

/** What a pasted URL, an IPv6 address without brackets, or another address with brackets was meant to be. */
function suggest(text: string): string | null {
  const [, address = '', digits] = IPV6_AND_PORT.exec(text) ?? [];
  if (isIP(address) === 6 && Number(digits) <= 65_535) return `[${address}]:${digits}`;
  const [, inner = '', port = ''] = /^\[([^\]:]+)\](:\d+)?$/.exec(text) ?? [];
  if (inner !== '') return inner + port;
  const url = text.includes('://') ? URL.parse(`https${text.slice(text.indexOf('://'))}`) : null;
  return url === null || url.host === '' ? null : url.host;
}
