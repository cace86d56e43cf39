// The clients with which Certdesk is compared, from Debian's packages or the PATH: each with an existing account, its
// own folder, and its usual way of obtaining a certificate.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ToolVariable } from '../../scripts/lib/tools.ts';
import { toolPath } from '../support/tools/tools.ts';

export type KeyType = 'ec' | 'rsa';

export interface PeerWorld {
  /** Its own empty folder. */
  readonly folder: string;
  readonly directoryUrl: string;
  /** PEM file of the roots of the CA's own TLS. */
  readonly rootFile: string;
  /** The address that the CA validates by HTTP-01 for this peer's names. */
  readonly address: string;
  readonly httpPort: number;
}

export interface Peer {
  readonly name: string;
  readonly version: string;
  /** Creates its account. */
  setUp(world: PeerWorld): Promise<void>;
  /** A new certificate by HTTP-01. @throws with what the program printed. */
  issue(world: PeerWorld, domain: string, keyType: KeyType): Promise<void>;
  /** A new certificate (EC) by dns-01. @param how Its requirements: variables, a file, a hook. */
  issueByDns(world: PeerWorld, domain: string, how: Readonly<Record<string, string>>): Promise<void>;
  tearDown?(): Promise<void>;
}

/** The installed ones: npm run bench installs Debian's if the PATH has none. */
export async function findPeers(): Promise<readonly Peer[]> {
  const makers = { CERTBOT: certbot, LEGO: lego, DEHYDRATED: dehydrated } as const;
  const found = Object.entries(makers).map(async ([name, make]) => {
    const program = pathOf(`CERTDESK_TEST_${name}` as ToolVariable);
    return program === null ? null : make(program);
  });
  return (await Promise.all(found)).filter((peer) => peer !== null);
}

/** @returns null if the program is not installed */
export function pathOf(variable: ToolVariable): string | null {
  try {
    return toolPath(variable);
  } catch {
    return null;
  }
}

const PEER_TIMEOUT_MS = 120_000;

export async function runPeer(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const options = { env: { ...process.env, ...env }, timeout: PEER_TIMEOUT_MS };
  const { stdout, stderr } = await promisify(execFile)(program, [...args], options);
  return stdout + stderr;
}

/** Its own version output, or the version of its Debian package. */
export async function versionOf(program: string): Promise<string> {
  const said = /version[: ]\s*v?(\d[\w.]*)|^\S+ (\d[\w.]*)/im.exec(await runPeer(program, ['--version']));
  const own = said?.[1] ?? said?.[2];
  if (own !== undefined) return own;
  const name = program.split('/').at(-1) ?? '';
  return runPeer('dpkg-query', ['-W', '-f', `\${Version}`, name]).catch(() => 'unknown');
}

async function certbot(program: string): Promise<Peer> {
  const common = ({ folder, directoryUrl }: PeerWorld) => [
    '--non-interactive',
    ...['--config-dir', `${folder}/etc`, '--work-dir', `${folder}/work`, '--logs-dir', `${folder}/log`],
    ...['--server', directoryUrl],
  ];
  const env = ({ rootFile }: PeerWorld) => ({ REQUESTS_CA_BUNDLE: rootFile });
  return {
    name: 'certbot',
    version: await versionOf(program),
    async setUp(world) {
      const account = ['register', '--agree-tos', '--register-unsafely-without-email'];
      await runPeer(program, [...account, ...common(world)], env(world));
    },
    async issue(world, domain, keyType) {
      const key =
        keyType === 'ec' ? ['ecdsa', '--elliptic-curve', 'secp256r1'] : ['rsa', '--rsa-key-size', '2048'];
      const listen = ['--http-01-address', world.address, '--http-01-port', String(world.httpPort)];
      const what = ['certonly', '--standalone', ...listen, '--key-type', ...key, '-d', domain];
      await runPeer(program, [...what, ...common(world)], env(world));
    },
    async issueByDns(world, domain, { credentials = '' }) {
      const proof = ['--authenticator', 'dns-rfc2136', '--dns-rfc2136-credentials', credentials];
      const wait = ['--dns-rfc2136-propagation-seconds', '1']; // 60 by default
      const what = ['certonly', ...proof, ...wait, '--key-type', 'ecdsa', '-d', domain];
      await runPeer(program, [...what, ...common(world)], env(world));
    },
  };
}

async function lego(program: string): Promise<Peer> {
  const env = ({ rootFile }: PeerWorld) => ({ LEGO_CA_CERTIFICATES: rootFile });
  const common = ({ directoryUrl, folder }: PeerWorld, keyType: KeyType) => [
    ...['--server', directoryUrl, '--path', folder, '--email', 'bench@example.com', '--accept-tos'],
    ...['--key-type', keyType === 'ec' ? 'ec256' : 'rsa2048'],
  ];
  return {
    name: 'lego',
    version: await versionOf(program),
    // It has no command that only creates an account: the first certificate does, and is not counted.
    setUp: async () => undefined,
    async issue(world, domain, keyType) {
      const proof = ['--http', '--http.port', `${world.address}:${world.httpPort}`];
      await runPeer(program, [...common(world, keyType), ...proof, '--domains', domain, 'run'], env(world));
    },
    async issueByDns(world, domain, { resolver = '', ...variables }) {
      const proof = ['--dns', 'rfc2136', '--dns.disable-cp', '--dns.resolvers', resolver];
      const args = [...common(world, 'ec'), ...proof, '--domains', domain, 'run'];
      await runPeer(program, args, { ...env(world), ...variables });
    },
  };
}

async function dehydrated(program: string): Promise<Peer> {
  let server: Server | null = null;
  const configOf = ({ folder }: PeerWorld) => join(folder, 'config');
  return {
    name: 'dehydrated',
    version: await versionOf(program),
    async setUp(world) {
      await mkdir(join(world.folder, 'well-known'), { recursive: true });
      await writeFile(configOf(world), dehydratedConfig(world));
      server = await serveFiles(join(world.folder, 'well-known'), world);
      await runPeer(program, ['--register', '--accept-terms', '-f', configOf(world)]);
    },
    async issue(world, domain, keyType) {
      const key = ['--algo', keyType === 'ec' ? 'prime256v1' : 'rsa'];
      await runPeer(program, ['-c', '-x', ...key, '-d', domain, '-f', configOf(world)]);
    },
    async issueByDns(world, domain, { hook = '' }) {
      const proof = ['-t', 'dns-01', '-k', hook, '--algo', 'prime256v1'];
      await runPeer(program, ['-c', '-x', ...proof, '-d', domain, '-f', configOf(world)]);
    },
    async tearDown() {
      server?.closeAllConnections();
      server?.close();
    },
  };
}

function dehydratedConfig({ folder, directoryUrl, rootFile }: PeerWorld): string {
  return [
    `CA="${directoryUrl}"`,
    `BASEDIR="${folder}"`,
    `WELLKNOWN="${join(folder, 'well-known')}"`,
    `CURL_OPTS="--cacert ${rootFile}"`,
    'KEYSIZE="2048"',
    'CHALLENGETYPE="http-01"',
    '',
  ].join('\n');
}

/** The web server that dehydrated requires: serves its folder under the challenge's path. */
async function serveFiles(folder: string, { address, httpPort }: PeerWorld): Promise<Server> {
  const { readFile } = await import('node:fs/promises');
  const server = createServer((request, reply) => {
    const name = (request.url ?? '').split('/').at(-1) ?? '';
    readFile(join(folder, name)).then(
      (text) => reply.end(text),
      () => reply.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(httpPort, address, resolve));
  return server;
}
