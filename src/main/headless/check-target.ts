// Reads what `certdesk check` shall check: HOST, HOST:PORT, [IPV6]:PORT.
import { isIP } from 'node:net';
import { DEFAULT_PORTS, PROTOCOLS, type Protocol } from '../../shared/endpoint.ts';
import { explainName, toDnsName } from '../../shared/names.ts';
import { CertdeskError } from '../engine/core/errors.ts';

export interface CheckTarget {
  /** A-labels, or an IP address. */
  readonly host: string;
  readonly port: number;
  readonly protocol: Protocol;
}

/** Ports whose servers begin in plaintext, besides those of DEFAULT_PORTS: submission of mail. */
const PLAINTEXT_PORTS: ReadonlyMap<number, Protocol> = new Map([
  ...PROTOCOLS.map((protocol) => [DEFAULT_PORTS[protocol], protocol] as const),
  [587, 'smtp'],
]);

/**
 * @param protocol Of --starttls; null: the usual one of the port, and `tls` for any other port.
 * @throws INVALID_REQUEST
 */
export function toCheckTarget(text: string, protocol: Protocol | null): CheckTarget {
  const { host, port } = split(text);
  const usual = port === null ? 'tls' : (PLAINTEXT_PORTS.get(port) ?? 'tls');
  const chosen = protocol ?? usual;
  return { host: toHost(host), port: port ?? DEFAULT_PORTS[chosen], protocol: chosen };
}

/** @throws INVALID_REQUEST */
export function toHost(text: string): string {
  if (isIP(text) !== 0) return text;
  const name = toDnsName(text);
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
  if (isBad || (port !== null && (port < 1 || port > 65_535)))
    throw new CertdeskError(
      'INVALID_REQUEST',
      `${text} is not HOST, HOST:PORT or [IPV6]:PORT with a port from 1 to 65535`,
    );
  return { host, port };
}
