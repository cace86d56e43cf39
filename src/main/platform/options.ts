// The only reader of the command line's options and of the environment.
import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { CertdeskError } from '../engine/core/errors.ts';
import { parseServer } from '../engine/dns/lookup/transport.ts';
import { isCidr } from '../engine/outgoing/address-policy.ts';

export interface DataOptions {
  readonly dataDir: string;
}

export interface ServeOptions extends DataOptions {
  readonly host: string;
  readonly insecureHttp: boolean;
  /** Undefined: that of the settings. */
  readonly port?: number;
  readonly challengeHost: string;
  /** Undefined: that of the settings, and only told where it cannot be opened. */
  readonly challengePort?: number;
  readonly allowedHost: readonly string[];
  readonly allowPrivate: readonly string[];
  readonly secretStore: 'auto' | 'keychain' | 'sealed-file';
  readonly acmeDirectory?: string;
  readonly acmeStagingDirectory?: string;
  readonly acmeCaFile?: string;
  readonly dnsResolver: readonly string[];
  readonly dnsEndpoint: Readonly<Record<string, string>>;
  readonly dnsAuthorityPort?: number;
  /** An absolute path; undefined: acme.sh scripts are off. */
  readonly acmeShFolder?: string;
  readonly validationPort?: number;
  readonly answerTimeout: number;
  readonly logFormat: 'pretty' | 'json';
}

/** Where the system keeps an application's data. */
export function defaultDataFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'certdesk');
  if (process.platform === 'win32')
    return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'certdesk');
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'certdesk');
}

/**
 * The data folder as the command line needs to be told it: absolute, or null if it is the one that the command uses
 * without --data-dir and without any variable of this process's environment.
 */
export function dataFolderToName(dataDir: string): string | null {
  const folder = resolve(dataDir);
  return folder === defaultDataFolder({}) ? null : folder;
}

/** Whether systemd has started this process (INVOCATION_ID, systemd.exec(5)). */
export function isSystemdService(env: NodeJS.ProcessEnv = process.env): boolean {
  return env.INVOCATION_ID !== undefined && process.stdout.isTTY !== true && process.getuid?.() !== 0;
}

const option = (flags: string, description: string): Option => {
  const made = new Option(flags, description);
  return made.env(`CERTDESK_${made.name().replaceAll('-', '_').toUpperCase()}`);
};

export const DATA_OPTIONS: readonly Option[] = [
  option('--data-dir <folder>', 'where everything is kept').default(defaultDataFolder()),
];

export const SERVE_OPTIONS: readonly Option[] = [
  option('--host <address>', 'the address that the API and the GUI listen on').default('127.0.0.1'),
  option(
    '--insecure-http',
    'allow --host to be an address that other machines reach, although tokens and keys then cross the network in clear',
  ).default(false),
  option(
    '--port <port>',
    'the port of the API and the GUI; 0: any free one (default: that of the settings, initially 7878)',
  ).argParser(toPort),
  option('--challenge-host <address>', 'where HTTP-01 challenges are answered').default(
    '::',
    ':: (all addresses)',
  ),
  option(
    '--challenge-port <port>',
    'the port of HTTP-01 challenges (default: that of the settings, initially 80)',
  ).argParser(toPort),
  option('--allowed-host <name>', "a reverse proxy's name for this server; repeatable")
    .default([])
    .argParser(collectHosts),
  option(
    '--allow-private <cidr>',
    'a private network that API tokens and remote parties may name too, 10.0.0.0/8 for example; repeatable',
  )
    .default([], 'none')
    .argParser(collectNetworks),
  option('--secret-store <kind>', 'where the master key is kept')
    .choices(['auto', 'keychain', 'sealed-file'])
    .default('auto'),
  option('--acme-directory <url>', "in place of Let's Encrypt's directory").argParser(toUrl),
  option('--acme-staging-directory <url>', "in place of Let's Encrypt's staging directory").argParser(toUrl),
  option('--acme-ca-file <pem>', 'a root certificate to trust for ACME servers'),
  option('--dns-resolver <host:port>', "asked in place of the system's; repeatable")
    .default([])
    .argParser(collectServers),
  option('--dns-endpoint <provider=url>', "an address in place of the provider's own API; repeatable")
    .default({}, 'none')
    .argParser(collectEndpoint),
  option('--dns-authority-port <port>', 'the port of authoritative name servers (default: 53)').argParser(
    toPort,
  ),
  option(
    '--acme-sh-folder <folder>',
    "run the DNS scripts of the acme.sh in this folder, with Certdesk's rights (off by default; Linux and macOS)",
  ).argParser((folder) => resolve(folder)),
  option(
    '--validation-port <port>',
    'the port that the CA connects to for HTTP-01 (default: 80; other ports are for test CAs)',
  ).argParser(toPort),
  option('--answer-timeout <seconds>', 'how long a request waits for its job')
    .default(120)
    .argParser(toSeconds),
  option('--log-format <form>', 'pretty or json').choices(['pretty', 'json']).default('pretty'),
];

export function addOptions(command: Command, options: readonly Option[]): Command {
  for (const each of options) command.addOption(isSwitchedOff(each) ? withoutVariable(each) : each);
  // What goes wrong is thrown and told in one place, main.ts.
  return command.exitOverride().configureOutput({ outputError: (text, write) => write(oneLine(text)) });
}

/** Commander takes any value of a switch's variable as "on", also `false`. */
function isSwitchedOff({ envVar = '', required, optional }: Option): boolean {
  return !required && !optional && /^(|0|false|no|off)$/i.test(process.env[envVar] ?? '');
}

function withoutVariable({ flags, description, defaultValue }: Option): Option {
  return new Option(flags, description).default(defaultValue);
}

/** What the command-line parser says, in one line and in our name. */
export function oneLine(text: string): string {
  return `${text
    .replace(/^error: /, 'certdesk: ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')}\n`;
}

/**
 * Certdesk speaks plain HTTP, which only stays on the machine on a loopback address (RFC 1122 section 3.2.1.3, RFC 4291
 * section 2.5.3). @throws INVALID_REQUEST for any other address without --insecure-http.
 */
export function requireLoopback({ host, insecureHttp }: Pick<ServeOptions, 'host' | 'insecureHttp'>): void {
  if (insecureHttp || host === 'localhost' || LOOPBACK.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'))
    return;
  throw new CertdeskError(
    'INVALID_REQUEST',
    `--host ${host} would carry tokens and private keys over the network in clear. Keep 127.0.0.1 and put a reverse proxy with HTTPS in front, or add --insecure-http if the network is trusted`,
  );
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** The PEM text of --acme-ca-file. @throws INVALID_REQUEST where it cannot be read or holds no certificate. */
export function readCaFile(path: string | undefined): string | null {
  if (path === undefined) return null;
  const text = readText(path);
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new CertdeskError('INVALID_REQUEST', `--acme-ca-file ${path} holds no PEM certificate`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const message = `--acme-ca-file ${path} cannot be read: ${(cause as Error).message}`;
    throw new CertdeskError('INVALID_REQUEST', message, undefined, { cause });
  }
}

function toPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 0 to 65535.');
}

function toSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= 3_600) return seconds;
  throw new InvalidArgumentError('A number of seconds from 1 to 3600.');
}

export function toWebUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new InvalidArgumentError('An address that begins with http:// or https://.');
}

function toUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'https:') return text;
  throw new InvalidArgumentError('An address that begins with https://.');
}

/** `cloudflare=https://…`; in the environment several are separated by blanks. */
function collectEndpoint(
  text: string,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const given = text.split(/\s+/).map((part) => {
    const [, provider, url] = /^([a-z0-9-]+)=(https?:\/\/.+)$/.exec(part) ?? [];
    if (provider === undefined || url === undefined || URL.parse(url) === null) {
      throw new InvalidArgumentError(
        'PROVIDER=URL, for example cloudflare=https://127.0.0.1:8443/client/v4.',
      );
    }
    return [provider, url] as const;
  });
  return { ...before, ...Object.fromEntries(given) };
}

/** Repeatable on the command line; in the environment several are separated by blanks. */
function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, ...text.split(/\s+/).filter((part) => part !== '')];
}

/** A name as the Host header has it; a pasted address or a port beside it are understood. */
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
      : 'The name of a host, for example certs.example.com.',
  );
}

function collectNetworks(text: string, before: readonly string[]): readonly string[] {
  const networks = collect(text, before);
  if (networks.every(isCidr)) return networks;
  throw new InvalidArgumentError('A network in CIDR notation or an IP address, for example 10.0.0.0/8.');
}

/** A name needs its port: a word alone is a mistake more often than a server. */
function collectServers(text: string, before: readonly string[]): readonly string[] {
  const servers = collect(text, before);
  for (const server of servers) {
    if (parseServer(server) === null || (isIP(server) === 0 && !/:\d+$/.test(server))) {
      throw new InvalidArgumentError('HOST:PORT or an IP address, for example 192.0.2.1:53.');
    }
  }
  return servers;
}

/**
 * The same options for the desktop application, whose arguments may also hold what is meant for Chromium, and a link.
 * @param args Without the program's own name. @throws INVALID_REQUEST for an option of ours that is wrong.
 */
export function readDesktopOptions(args: readonly string[]): ServeOptions {
  return parseForDesktop(args).opts<ServeOptions>();
}

/**
 * What the environment has decided, as arguments: for a start in another environment, at login. They come before those
 * that were given, which they do not contradict.
 * @param args As for readDesktopOptions, which has taken them.
 */
export function argsFromEnvironment(args: readonly string[]): readonly string[] {
  const command = parseForDesktop(args);
  const sourceOf = (each: Option) => command.getOptionValueSource(each.attributeName());
  const given = command.options
    .filter((each) => sourceOf(each) === 'env')
    .map(({ long, envVar = '', required }) => (required ? `${long}=${process.env[envVar]}` : String(long)));
  // The usual folder, but not where it usually is (XDG_DATA_HOME, APPDATA).
  const [dataDir] = DATA_OPTIONS;
  const folder = defaultDataFolder();
  if (dataDir === undefined || sourceOf(dataDir) !== 'default' || folder === defaultDataFolder({}))
    return given;
  return [`${dataDir.long}=${folder}`, ...given];
}

function parseForDesktop(args: readonly string[]): Command {
  const command = addOptions(new Command(), [...DATA_OPTIONS, ...SERVE_OPTIONS])
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
