// Defines and parses the options of the command line; the only reader of options and environment variables.
import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { CertdeskError } from '../engine/core/errors.ts';
import { parseServer } from '../engine/dns/lookup/transport.ts';
import { isCidr } from '../engine/outgoing/address-policy.ts';
import { defaultDataFolder, findDataFolder } from './data-folder.ts';

export interface DataOptions {
  readonly dataDir: string;
}

export interface ServeOptions extends DataOptions {
  readonly host: string;
  readonly insecureHttp: boolean;
  /** If undefined, as in the settings. */
  readonly https?: boolean;
  readonly httpsProject?: string;
  readonly httpRedirect?: boolean;
  /** If undefined, the port in the settings. */
  readonly port?: number;
  readonly challengeHost: string;
  /** If undefined, the port in the settings; then a port that cannot be opened is a warning, not an error. */
  readonly challengePort?: number;
  /** If undefined, TLS-ALPN-01 is answered on the port of HTTPS only. */
  readonly alpnPort?: number;
  readonly allowedHost: readonly string[];
  readonly allowPrivate: readonly string[];
  readonly secretStore: 'auto' | 'keychain' | 'sealed-file';
  readonly acmeDirectory?: string;
  readonly acmeStagingDirectory?: string;
  readonly acmeCaFile?: string;
  readonly dnsResolver: readonly string[];
  readonly dnsEndpoint: Readonly<Record<string, string>>;
  readonly dnsAuthorityPort?: number;
  /** An absolute path. If undefined, acme.sh scripts are disabled. */
  readonly acmeShFolder?: string;
  readonly validationPort?: number;
  readonly answerTimeout: number;
  readonly logFormat: 'pretty' | 'json';
}

/** Whether systemd started this process as a service (INVOCATION_ID, systemd.exec(5)). */
export function isSystemdService(env: NodeJS.ProcessEnv = process.env): boolean {
  return env.INVOCATION_ID !== undefined && process.stdout.isTTY !== true && process.getuid?.() !== 0;
}

const option = (flags: string, description: string): Option => {
  const made = new Option(flags, description);
  return made.env(`CERTDESK_${made.name().replaceAll('-', '_').toUpperCase()}`);
};

const dataOption = (folder: string): readonly Option[] => [
  option('--data-dir <folder>', 'folder with the database and all other data').default(folder),
];

/** Of commands that work on the data of an existing server: the service's, if it is installed. */
export const DATA_OPTIONS = dataOption(findDataFolder());

/** Of programs that serve: the data of the user that starts them. */
export const OWN_DATA_OPTIONS = dataOption(defaultDataFolder());

export const SERVE_OPTIONS: readonly Option[] = [
  option('--host <address>', 'address that the API and the GUI listen on').default('127.0.0.1'),
  option(
    '--insecure-http',
    'allow a --host that other machines can reach, although tokens and keys then cross the network unencrypted',
  ).default(false),
  option(
    '--https',
    'serve HTTPS with the certificate of a project, or a self-signed one until there is one (default: as in the settings)',
  ),
  new Option('--no-https', 'serve plain HTTP, whatever the settings say'),
  option(
    '--https-project <project>',
    'ID or domain of the project whose certificate HTTPS uses (default: as in the settings)',
  ),
  option(
    '--http-redirect',
    'redirect plain HTTP on the challenge port to HTTPS, except ACME challenges (default: as in the settings)',
  ),
  option(
    '--port <port>',
    'port of the API and the GUI; 0 picks a free port (default: the port in the settings, initially 7878)',
  ).argParser(toPort),
  option(
    '--challenge-host <address>',
    'address that the challenge servers (HTTP-01, TLS-ALPN-01) listen on',
  ).default('::', ':: (all addresses)'),
  option(
    '--challenge-port <port>',
    'port of the HTTP-01 challenge server (default: the port in the settings, initially 80)',
  ).argParser(toPort),
  option(
    '--alpn-port <port>',
    'port of the TLS-ALPN-01 challenge server; CAs connect to port 443 (default: off; with --https, the port of the API answers these challenges, too)',
  ).argParser(toPort),
  option('--allowed-host <name>', 'host name of this server behind a reverse proxy; repeatable')
    .default([])
    .argParser(collectHosts),
  option(
    '--allow-private <cidr>',
    'private network that Certdesk may connect to when an API token or a remote server names an address in it, for example 10.0.0.0/8; repeatable',
  )
    .default([], 'none')
    .argParser(collectNetworks),
  option('--secret-store <kind>', 'where to store the master key')
    .choices(['auto', 'keychain', 'sealed-file'])
    .default('auto'),
  option('--acme-directory <url>', "ACME directory to use instead of Let's Encrypt").argParser(toUrl),
  option(
    '--acme-staging-directory <url>',
    "ACME directory to use instead of Let's Encrypt staging",
  ).argParser(toUrl),
  option('--acme-ca-file <pem>', 'PEM file with an additional root certificate to trust for ACME servers'),
  option('--dns-resolver <host:port>', "DNS resolver to use instead of the system's; repeatable")
    .default([])
    .argParser(collectServers),
  option('--dns-endpoint <provider=url>', "URL to use instead of a DNS provider's own API; repeatable")
    .default({}, 'none')
    .argParser(collectEndpoint),
  option('--dns-authority-port <port>', 'port of authoritative name servers (default: 53)').argParser(toPort),
  option(
    '--acme-sh-folder <folder>',
    "enable the DNS scripts of the acme.sh installation in this folder; they run with Certdesk's permissions (Linux and macOS; default: disabled)",
  ).argParser((folder) => resolve(folder)),
  option(
    '--validation-port <port>',
    'port that the CA connects to for HTTP-01 (default: 80; other ports only work with test CAs)',
  ).argParser(toPort),
  option('--answer-timeout <seconds>', 'how long an API request waits for its job, in seconds')
    .default(120)
    .argParser(toSeconds),
  option('--log-format <form>', 'format of log lines').choices(['pretty', 'json']).default('pretty'),
];

export function addOptions(command: Command, options: readonly Option[]): Command {
  for (const each of options) command.addOption(isSwitchedOff(each) ? withoutVariable(each) : each);
  // Errors are thrown, and main.ts reports them.
  return command.exitOverride().configureOutput({ outputError: (text, write) => write(oneLine(text)) });
}

/** Commander treats any value of a switch's environment variable as true, including `false`. */
function isSwitchedOff({ envVar = '', required, optional }: Option): boolean {
  return !required && !optional && /^(|0|false|no|off)$/i.test(process.env[envVar] ?? '');
}

function withoutVariable({ flags, description, defaultValue }: Option): Option {
  return new Option(flags, description).default(defaultValue);
}

/** Turns a message of the command-line parser into one line that begins with `certdesk: `. */
export function oneLine(text: string): string {
  return `${text
    .replace(/^error: /, 'certdesk: ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')}\n`;
}

/**
 * Plain HTTP stays on the machine only on a loopback address (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3).
 * @returns why plain HTTP must not be served on the host, as a sentence; null if it may
 */
export function plainHttpRefusal({
  host,
  insecureHttp,
}: Pick<ServeOptions, 'host' | 'insecureHttp'>): string | null {
  if (insecureHttp || host === 'localhost' || LOOPBACK.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'))
    return null;
  return `With --host ${host}, tokens and private keys would cross the network unencrypted. Add --https, use 127.0.0.1 behind a reverse proxy with HTTPS, or add --insecure-http if you trust the network`;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Reads the PEM text of --acme-ca-file. @throws INVALID_REQUEST if it cannot be read or contains no certificate. */
export function readCaFile(path: string | undefined): string | null {
  if (path === undefined) return null;
  const text = readText(path);
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new CertdeskError('INVALID_REQUEST', `--acme-ca-file ${path} contains no PEM certificate`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const message = `Cannot read --acme-ca-file ${path}: ${(cause as Error).message}`;
    throw new CertdeskError('INVALID_REQUEST', message, undefined, { cause });
  }
}

function toPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('Use a port number from 0 to 65535.');
}

function toSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= 3_600) return seconds;
  throw new InvalidArgumentError('Use a number of seconds from 1 to 3600.');
}

export function toWebUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new InvalidArgumentError('Use a URL that begins with http:// or https://.');
}

function toUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'https:') return text;
  throw new InvalidArgumentError('Use a URL that begins with https://.');
}

/** Parses `cloudflare=https://…`. The environment variable holds several, separated by spaces. */
function collectEndpoint(
  text: string,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const given = text.split(/\s+/).map((part) => {
    const [, provider, url] = /^([a-z0-9-]+)=(https?:\/\/.+)$/.exec(part) ?? [];
    if (provider === undefined || url === undefined || URL.parse(url) === null) {
      throw new InvalidArgumentError(
        'Use PROVIDER=URL, for example cloudflare=https://127.0.0.1:8443/client/v4.',
      );
    }
    return [provider, url] as const;
  });
  return { ...before, ...Object.fromEntries(given) };
}

/** The option is repeatable; the environment variable holds several values, separated by spaces. */
function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, ...text.split(/\s+/).filter((part) => part !== '')];
}

/** Collects names as the Host header carries them; accepts a pasted URL or a port, too. */
function collectHosts(text: string, before: readonly string[]): readonly string[] {
  return [...before, ...collect(text, []).map(toHost)];
}

function toHost(given: string): string {
  const url = URL.parse(/^[a-z]+:\/\//i.test(given) ? given : `http://${given}`);
  const host = url?.hostname.replace(/\.$/, '') ?? '';
  if (host !== '' && !host.includes('*') && url?.username === '') return host;
  throw new InvalidArgumentError(
    given.includes('*')
      ? 'Wildcards are not accepted: name each host, for example --allowed-host certs.example.com.'
      : 'Use a host name, for example certs.example.com.',
  );
}

function collectNetworks(text: string, before: readonly string[]): readonly string[] {
  const networks = collect(text, before);
  if (networks.every(isCidr)) return networks;
  throw new InvalidArgumentError('Use a network in CIDR notation or an IP address, for example 10.0.0.0/8.');
}

/** A host name requires a port, because a single word is more often a mistake than a server. */
function collectServers(text: string, before: readonly string[]): readonly string[] {
  const servers = collect(text, before);
  for (const server of servers) {
    if (parseServer(server) === null || (isIP(server) === 0 && !/:\d+$/.test(server))) {
      throw new InvalidArgumentError('Use HOST:PORT or an IP address, for example 192.0.2.1:53.');
    }
  }
  return servers;
}

/**
 * Parses the same options for the desktop application, whose arguments may also contain Chromium switches and a link.
 * @param args The arguments after the program's name. @throws INVALID_REQUEST for an invalid option of Certdesk.
 */
export function readDesktopOptions(args: readonly string[]): ServeOptions {
  return parseForDesktop(args).opts<ServeOptions>();
}

/**
 * Converts the options that come from environment variables to arguments, for a start in another environment (at login).
 * Place them before the given arguments, which override variables and so never contradict them.
 * @param args The arguments that readDesktopOptions has accepted.
 */
export function argsFromEnvironment(args: readonly string[]): readonly string[] {
  const command = parseForDesktop(args);
  const sourceOf = (each: Option) => command.getOptionValueSource(each.attributeName());
  const given = command.options
    .filter((each) => each.envVar !== undefined && sourceOf(each) === 'env') // --no-https has no variable
    .map(({ long, envVar = '', required }) => (required ? `${long}=${process.env[envVar]}` : String(long)));
  // The default folder can depend on the environment, too (XDG_DATA_HOME, APPDATA).
  const [dataDir] = OWN_DATA_OPTIONS;
  const folder = defaultDataFolder();
  if (dataDir === undefined || sourceOf(dataDir) !== 'default' || folder === defaultDataFolder({}))
    return given;
  return [`${dataDir.long}=${folder}`, ...given];
}

function parseForDesktop(args: readonly string[]): Command {
  const command = addOptions(new Command(), [...OWN_DATA_OPTIONS, ...SERVE_OPTIONS])
    .allowUnknownOption()
    .allowExcessArguments()
    .configureOutput({ outputError: () => undefined });
  try {
    return command.parse([...args], { from: 'user' });
  } catch (cause) {
    throw new CertdeskError('INVALID_REQUEST', oneLine((cause as Error).message).trim(), undefined, {
      cause,
    });
  }
}
