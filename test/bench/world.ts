// One CA and one running Certdesk server, with a loopback address for each measured client: all of them answer HTTP-01
// on the CA's port concurrently.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { type AcmeGate, startAcmeGate } from '../support/acme/gate.ts';
import { type Pebble, type PebbleOptions, startPebble } from '../support/acme/pebble.ts';
import { pebbleArgs, runCertdesk, type Server, startServer } from '../support/server/server.ts';
import { type BareClient, createBareClient } from './bare.ts';
import type { KeyType, Peer, PeerWorld } from './peers.ts';
import { cpuMsOf, residentMb } from './process-facts.ts';
import { unitEnvironment } from './unit-environment.ts';

export interface World {
  readonly pebble: Pebble;
  readonly server: Server;
  /** Of the server's process, user and system; ms since its start. */
  cpuMs(): number;
  /** The memory of the server's process. */
  rssMb(): number;
  /** Creates a project of Certdesk for this domain. @returns its id. */
  project(domain: string): Promise<string>;
  /** Certdesk obtains it: one request, answered when the certificate is stored. */
  obtain(projectId: string, body: Readonly<Record<string, unknown>>): Promise<void>;
  /** A peer with its account, and its folder. */
  join(peer: Peer): Promise<PeerWorld>;
  bare(keyType: KeyType): Promise<BareClient>;
  /** Names of this client resolve to its address. */
  point(domain: string, of: { readonly address: string }): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  readonly pebble?: PebbleOptions;
  /** Its requests go through a proxy that counts them. */
  readonly counting?: boolean;
  /** Options of `certdesk serve`, besides those that point at the CA. */
  readonly args?: readonly string[];
}

export async function startWorld(
  options: WorldOptions = {},
): Promise<World & { readonly gate: AcmeGate | null }> {
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-bench-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  try {
    const pebble = await startPebble(options.pebble);
    stops.push(pebble.stop);
    const gate = options.counting === true ? await startAcmeGate(pebble) : null;
    if (gate !== null) stops.push(gate.stop);
    const { directoryUrl, rootPem } = gate ?? pebble;
    const ca = { directoryUrl, rootPem, httpPort: pebble.httpPort };
    const rootFile = join(folder, 'root.pem');
    await writeFile(rootFile, rootPem);
    const dataFolder = join(folder, 'certdesk');
    const args = [...(await pebbleArgs(folder, ca)), '--log-format', 'json', ...(options.args ?? [])];
    const server = await startServer({ dataFolder, args, env: unitEnvironment() });
    stops.push(() => server.stop());
    const made = [
      'token',
      'create',
      '--data-dir',
      dataFolder,
      '--name',
      'bench',
      '--scope',
      'projects:write',
    ];
    const token = (await runCertdesk(made)).trim();
    const client = createClient(server.address, token);
    stops.push(client.stop);
    const addresses = [2, 3, 4, 5, 6].map((last) => `127.0.0.${last}`); // 127.0.0.1 is Certdesk’s
    const nextAddress = (): string => addresses.shift() ?? fail();
    return {
      pebble,
      server,
      gate,
      cpuMs: () => cpuMsOf(server.pid),
      rssMb: () => residentMb(server.pid),
      project: async (domain) => String((await client.post('/projects', { domain })).id),
      async obtain(projectId, body) {
        await client.post(`/projects/${projectId}/certificate/obtain`, body);
      },
      async join(peer) {
        const own = { ...ca, folder: join(folder, peer.name), rootFile, address: nextAddress() };
        await mkdir(own.folder);
        await peer.setUp(own);
        if (peer.tearDown !== undefined) stops.push(peer.tearDown);
        return own;
      },
      async bare(keyType) {
        const bare = await createBareClient({ ...ca, keyType, address: nextAddress(), port: ca.httpPort });
        stops.push(bare.stop);
        return bare;
      },
      point: (domain, { address }) => pebble.challtestsrv.addA(domain, [address]),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** On sequential keep-alive connections, like an administrator's script. */
function createClient(address: string, token: string) {
  const agent = new Agent({ headersTimeout: 300_000, bodyTimeout: 300_000 });
  return {
    async post(path: string, body: object): Promise<Readonly<Record<string, unknown>>> {
      const answer = await request(`${address}/api/v1${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        dispatcher: agent,
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`);
      return JSON.parse(text);
    },
    stop: () => agent.close(),
  };
}

function fail(): never {
  throw new Error('more clients than addresses');
}
