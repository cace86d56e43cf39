// The options that name a server, and the server that they name.
import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { getCACertificates } from 'node:tls';
import { Option } from 'commander';
import { findDataFolder } from '../platform/data-folder.ts';
import { UsageFailure } from './failure.ts';
import { findLocalServer } from './local-server.ts';
import type { Server } from './request.ts';

export interface ConnectionOptions {
  readonly dataDir?: string;
  readonly url?: string;
  readonly token?: string;
  readonly caFile?: string;
  readonly fingerprint?: string;
  readonly insecureHttp?: boolean;
}

const GROUP = 'Server:';

/** Each command has these. */
export function connectionOptions(): readonly Option[] {
  return [
    new Option('--data-dir <folder>', 'data folder of the server on this machine').env('CERTDESK_DATA_DIR'),
    new Option('--url <address>', 'address of a server, such as https://certs.example.com').env(
      'CERTDESK_URL',
    ),
    new Option(
      '--token <token>',
      'API token for --url; prefer the variable, because all users can list arguments',
    ).env('CERTDESK_TOKEN'),
    new Option('--ca-file <pem>', 'certificates to trust besides those of the system').env(
      'CERTDESK_CA_FILE',
    ),
    new Option('--fingerprint <sha256>', 'accept only the server certificate with this fingerprint').env(
      'CERTDESK_FINGERPRINT',
    ),
    new Option('--insecure-http', 'send the token over http:// to another machine, unencrypted'),
  ].map((option) => option.helpGroup(GROUP));
}

/**
 * A --data-dir on the command line overrides the variable CERTDESK_URL, and --url overrides CERTDESK_DATA_DIR; --url
 * overrides --data-dir.
 * @param isGiven Whether an option stands on the command line, not only in the environment.
 * @throws UsageFailure, CommandFailure
 */
export async function connect(
  options: ConnectionOptions,
  isGiven: (option: string) => boolean,
): Promise<Server> {
  const { dataDir, url, token } = options;
  if (url === undefined || (isGiven('dataDir') && !isGiven('url')))
    return findLocalServer(dataDir ?? findDataFolder());
  const found = URL.parse(url);
  if (found === null || !/^https?:$/.test(found.protocol))
    throw new UsageFailure('--url must begin with http:// or https://');
  if (token === undefined || token === '')
    throw new UsageFailure(
      'A server at --url needs a token: set CERTDESK_TOKEN. `certdesk token create` on its machine prints one',
    );
  if (!/^[\w.~+/=-]+$/.test(token))
    throw new UsageFailure('The token contains a character that no token has');
  if (found.protocol === 'http:' && !isLoopback(found.hostname) && options.insecureHttp !== true)
    throw new UsageFailure(
      `With ${found.origin}, the token would cross the network unencrypted. Use https://, an SSH tunnel, or add --insecure-http if you trust the network`,
    );
  return {
    url: `${found.origin}${withoutTrailingSlashes(found.pathname)}`,
    token,
    roots: options.caFile === undefined ? null : readRoots(options.caFile),
    fingerprint: options.fingerprint === undefined ? null : toFingerprint(options.fingerprint),
    isProved: false,
  };
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return (
    host === 'localhost' || (isIP(host) !== 0 && LOOPBACK.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'))
  );
}

/** The system's certificates, which include those of NODE_EXTRA_CA_CERTS, and the file's. */
function readRoots(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UsageFailure(`Cannot read --ca-file ${path}: ${(cause as Error).message}`, { cause });
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new UsageFailure(`--ca-file ${path} contains no PEM certificate`);
  return [...getCACertificates('default'), text].join('\n');
}

/** Accepts `AB:CD:…` and `sha256 Fingerprint=AB:…`, as tools print it. */
function toFingerprint(text: string): string {
  const hex = text
    .replace(/^.*=/, '')
    .replace(/^sha-?256:/i, '')
    .replaceAll(/[:\s]/g, '')
    .toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  throw new UsageFailure('--fingerprint must be a SHA-256 fingerprint: 64 hex digits');
}

function withoutTrailingSlashes(path: string): string {
  return path.endsWith('/') ? withoutTrailingSlashes(path.slice(0, -1)) : path;
}
