// Chooses the address of sign-in links: one that a browser can open without a certificate error, if there is one.
import { hostname } from 'node:os';
import type { ServedCertificate } from '../engine/https/served-certificate.ts';

export interface ReachableAt {
  /** The address that the server listens on. */
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
}

const EVERY_ADDRESS = ['0.0.0.0', '::'];

/** Names and addresses of this machine, the most useful in a browser first. */
export function ownNames({ host, allowedHosts }: Omit<ReachableAt, 'port'>): readonly string[] {
  const bound = EVERY_ADDRESS.includes(host) ? [] : [host];
  return [...new Set([...allowedHosts, ...bound, hostname(), 'localhost', '127.0.0.1', '::1'])];
}

/** @returns `https://certs.example.com:7878`, or without the port if it is 443 */
export function httpsAddress(at: ReachableAt, certificate: ServedCertificate): string {
  const port = at.port === 443 ? '' : `:${at.port}`;
  const name = chooseName(ownNames(at), certificate);
  return `https://${name.includes(':') ? `[${name}]` : name}${port}`;
}

function chooseName(own: readonly string[], certificate: ServedCertificate): string {
  const [first = 'localhost'] = own;
  if (certificate.kind === 'self-signed') return first;
  const covered = own.find((name) => certificate.covers(name));
  const [name = first] = certificate.names;
  // A wildcard covers this machine's short name below it.
  return covered ?? name.replace(/^\*(?=\.)/, hostname().split('.')[0] ?? '*');
}
