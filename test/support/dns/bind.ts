// A real BIND 9 for tests: own configuration and zones in a temporary folder, on loopback, dynamic zones with TSIG.
// `const bind = await startBind({ zones: [{ name: 'example.com' }] })` starts it; createDnsResolver({ servers:
// [bind.server], authorityPort: bind.port }) and startPebble({ dnsServer: bind.server }) use it. It is authoritative
// for its zones and for its own root, below which every name outside its zones has the address 127.0.0.1, as has every
// name in a zone without other records. It never queries outside servers.
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { startProcess } from '../acme/process.ts';
import { makeFolder } from '../acme/tls.ts';
import { startOnPorts } from '../tools/ports.ts';
import { type ConfigFacts, configFile, rootFile, zoneFile } from './bind-files.ts';
import { type BindKey, createUpdater } from './bind-update.ts';
import { startDnsRelay } from './relay.ts';
import { type SignatureDates, signZone } from './sign-zone.ts';

const LOOPBACK = '127.0.0.1';

export interface BindZone {
  readonly name: string;
  /** Zone file lines besides SOA, NS, and the A records of apex and wildcard: `www CNAME other.example.` */
  readonly records?: readonly string[];
  /** Addresses of its name servers ns1, ns2 ...; default: this server's own. */
  readonly nameServers?: readonly string[];
  /** No `* A 127.0.0.1`: missing names are NXDOMAIN. */
  readonly bare?: boolean;
  /** Signs it once with these dates, and accepts no updates. */
  readonly signatures?: SignatureDates;
  /** The names of the keys that may update it; default: all. */
  readonly allow?: readonly string[];
}

export interface BindOptions {
  readonly zones: readonly BindZone[];
  /** Default: 127.0.0.1; another one is relayed by the test (on Linux every 127.x.y.z exists). */
  readonly address?: string;
  /** Default: a free one; two servers of one zone need the same (`authorityPort`). */
  readonly port?: number;
  /** More TSIG keys besides the two that every server has; `secret` is Base64. */
  readonly keys?: readonly BindKey[];
  /** Zones of another server: recursive queries are forwarded to it (HOST:PORT). */
  readonly forward?: Readonly<Record<string, string>>;
  /** Signs the zones and the root, which also accepts updates (DS records). */
  readonly signed?: boolean;
  /** Serves no zone: forwards everything to HOST:PORT, and validates it from this DS record of the root (dnssec.ts). */
  readonly validate?: { readonly upstream: string; readonly anchor: string };
}

export interface Bind {
  readonly address: string;
  readonly port: number;
  /** ADDRESS:PORT. */
  readonly server: string;
  /** The first is hmac-sha256, the second hmac-sha512. */
  readonly keys: readonly BindKey[];
  readonly pid: number;
  /** Has the zone files and the keys of zones with `signatures`. */
  readonly zoneFolder: string;
  /** Sets these as the only TXT values of the name. */
  update(zone: string, name: string, values: readonly string[]): Promise<void>;
  /** The values of the records on the server, TXT without quotes, sorted. */
  lookup(name: string, type?: string): Promise<readonly string[]>;
  output(): string;
  /** Stops it by its pid and removes the folder. May be called twice. */
  stop(): Promise<void>;
}

/** Ready when it resolves, after some 100 ms. */
export async function startBind(options: BindOptions): Promise<Bind> {
  const { address = LOOPBACK } = options;
  // Another server of the same zone may get the same port at another address.
  const own = { addresses: [LOOPBACK, '127.0.0.2', '127.0.0.3'], udp: true };
  const uses = address === LOOPBACK ? [own] : [own, { udp: true }];
  return startOnPorts(uses, ([free = 0, behindRelay], release) => {
    const port = options.port ?? free;
    return launch(options, { port, own: behindRelay ?? port }, release);
  });
}

interface BindPorts {
  /** The address that clients query. */
  readonly port: number;
  /** The address of BIND itself: the same, unless a relay is in front of it. */
  readonly own: number;
}

/** @param release Called when BIND has stopped: its ports are reserved until then. */
async function launch(options: BindOptions, ports: BindPorts, release: () => void): Promise<Bind> {
  const { address = LOOPBACK } = options;
  const { port, own } = ports;
  const relayed = address !== LOOPBACK;
  const keys = [
    makeKey('certdesk-256', 'hmac-sha256', 32),
    makeKey('certdesk-512', 'hmac-sha512', 64),
    ...(options.keys ?? []),
  ] as const;
  const folder = await makeFolder('bind');
  const started: (() => Promise<void>)[] = [];
  const stopAll = async (): Promise<void> => {
    await Promise.all(started.map((end) => end()));
    await folder.remove();
    release();
  };
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= stopAll(); // a second call must not remove the folder while the first still waits for BIND
    return stopping;
  };
  try {
    const config = await writeFiles(options, { folder: folder.path, address, port: own, keys });
    const process = startProcess(toolPath('CERTDESK_TEST_NAMED'), ['-g', '-4', '-n', '1', '-c', config]);
    started.push(process.stop);
    await process.waitUntil(async () => / running$/m.test(process.output()), 60_000);
    if (process.output().includes('address in use')) throw new Error(process.output());
    if (relayed) {
      const relay = await startDnsRelay({ address, port }, { address: LOOPBACK, port: own });
      started.push(relay.close);
    }
    const [nsupdate, dig] = [toolPath('CERTDESK_TEST_NSUPDATE'), toolPath('CERTDESK_TEST_DIG')];
    const server = `${address}:${port}`;
    const tools = createUpdater({ address, port, key: keys[0], nsupdate, dig });
    const zoneFolder = join(folder.path, 'zones');
    const { pid, output } = process;
    return { address, port, server, keys, pid, zoneFolder, ...tools, output, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Resolves with the path of named.conf. */
async function writeFiles(
  options: BindOptions,
  facts: Omit<ConfigFacts, 'zones' | 'forward'>,
): Promise<string> {
  const { zones, forward = {}, signed, validate } = options;
  const { folder, address } = facts;
  await mkdir(join(folder, 'zones'));
  await writeFile(join(folder, 'zones', 'root'), rootFile(zones, address, forward));
  for (const zone of zones) {
    await writeFile(join(folder, 'zones', zone.name), zoneFile(zone, address));
    if (zone.signatures !== undefined) await signZone(join(folder, 'zones'), zone.name, zone.signatures);
  }
  const config = join(folder, 'named.conf');
  await writeFile(config, configFile({ ...facts, zones, forward, signed, validate }), { mode: 0o600 });
  return config;
}

function makeKey(name: string, algorithm: string, octets: number): BindKey {
  return { name, algorithm, secret: randomBytes(octets).toString('base64') };
}
