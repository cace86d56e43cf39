// A check of many endpoints of one running server, beside blackbox_exporter and bare handshakes, each with the same nginx on
// two addresses; and the memory that the server needs for it. Certdesk also judges, compares and commits each result, and
// blackbox_exporter's time includes the scrapes that ask for each probe (docs/performance.md).
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { mapConcurrent } from '../../src/main/engine/core/map-concurrent.ts';
import { type EndpointRecord, NOT_CHECKED } from '../../src/main/engine/core/model-endpoint.ts';
import { databasePath } from '../../src/main/storage/data-folder.ts';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { toTimestamp } from '../../src/shared/time.ts';
import { type Blackbox, startBlackbox } from '../support/daemons/blackbox.ts';
import { startNginx } from '../support/daemons/nginx.ts';
import { createTestPki, NAME } from '../support/endpoints/chains.ts';
import { runCertdesk, type Server, startServer } from '../support/server/server.ts';
import { createOpenSsl } from '../support/tools/openssl.ts';
import { inTurn, type Subject, type Times } from './measure.ts';
import { pathOf, versionOf } from './peers.ts';
import { cpuMsOf, residentMb } from './process-facts.ts';
import { unitEnvironment } from './unit-environment.ts';

export interface EndpointsRow {
  readonly endpoints: number;
  /** Handshakes of one run. */
  readonly probes: number;
  readonly certdesk: Times & Usage;
  /** Null if blackbox_exporter is not installed. */
  readonly blackbox: (Times & Usage & { readonly version: string }) | null;
  /** As many handshakes one after another, from one process. */
  readonly bare: Times;
}

/** What a server needed during its runs. */
export interface Usage {
  readonly cpuMsPerProbe: number;
  readonly idleMb: number;
  readonly peakMb: number;
}

const ADDRESSES = ['127.0.0.2', '127.0.0.3'];
/** As many as Certdesk checks at a time (CONCURRENCY of endpoints/sweeps.ts). */
const CONCURRENCY = 20;
const DAY_MS = 86_400_000;

/** @param turns How many runs of each are counted. */
export async function measureEndpoints(count: number, turns: number): Promise<EndpointsRow> {
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-bench-endpoints-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const openssl = await createOpenSsl();
    stops.push(openssl.remove);
    const pki = await createTestPki(openssl);
    const leaf = await pki.issueLeaf();
    const chain = [leaf, pki.lower, pki.upper].map(({ certificate }) => certificate).join('');
    const pair = { chain, privateKey: leaf.privateKey };
    const nginx = await startNginx(ADDRESSES.map((address) => ({ address, pair })));
    stops.push(nginx.stop);
    const root = pki.root.certificate;
    const database = openDatabase(databasePath(folder));
    stops.push(() => database.close());
    await createStores(database.db).transaction(async (tx) => {
      for (let n = 0; n < count; n += 1) await tx.endpoints.create(endpoint(n, nginx.port, root));
    });
    const args = ['token', 'create', '--data-dir', folder, '--name', 'bench', '--scope', 'admin'];
    const token = (await runCertdesk(args)).trim();
    const server = await startServer({ dataFolder: folder, env: unitEnvironment() });
    stops.push(server.stop);
    const program = pathOf('CERTDESK_TEST_BLACKBOX');
    const blackbox = program === null ? null : await startBlackbox({ serverName: NAME, root });
    if (blackbox !== null) stops.push(blackbox.stop);

    const targets = Array.from({ length: count }, () => ADDRESSES.map((at) => `${at}:${nginx.port}`)).flat();
    const certdesk = { count, server, token, database, port: nginx.port, trust: root };
    const usage = watchUsage([server.pid, ...(blackbox === null ? [] : [blackbox.pid])]);
    stops.push(async () => usage.end(1));
    const times = await inTurn(
      [
        certdeskSubject(certdesk),
        ...(blackbox === null ? [] : [blackboxSubject(blackbox, targets)]),
        { name: 'bare', run: () => shakeHands(targets.length, nginx.port) },
      ],
      turns,
    );
    const [own, other] = usage.end((turns + 1) * targets.length);
    const timesOf = (name: string) => times.get(name) ?? null;
    const [ownTimes, otherTimes, bare] = [timesOf('certdesk'), timesOf('blackbox'), timesOf('bare')];
    if (own === undefined || ownTimes === null || bare === null) throw new Error('nothing was measured');
    return {
      endpoints: count,
      probes: targets.length,
      certdesk: { ...ownTimes, ...own },
      blackbox:
        program === null || otherTimes === null || other === undefined
          ? null
          : { version: await versionOf(program), ...otherTimes, ...other },
      bare,
    };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Not due before the bench says so. */
function endpoint(n: number, port: number, trust: string): EndpointRecord {
  const at = toTimestamp(new Date());
  return {
    id: `endpoint-${n}`,
    projectIds: [],
    host: `host-${n}.example.com`,
    port,
    protocol: 'tls',
    serverName: NAME,
    addresses: ADDRESSES,
    trust,
    expected: 'any',
    intervalMinutes: 360,
    savedBy: { kind: 'window', id: null, name: 'Bench' },
    createdAt: at,
    updatedAt: at,
    nextCheckAt: toTimestamp(new Date(Date.now() + DAY_MS)),
    dueCount: 0,
    check: NOT_CHECKED,
  };
}

interface Certdesk {
  /** Endpoints that present the right certificate. */
  readonly count: number;
  readonly server: Server;
  readonly token: string;
  readonly database: Database;
  readonly port: number;
  readonly trust: string;
}

/** A new endpoint is checked at once, and with it all that are due. */
function certdeskSubject({ count, server, token, database, port, trust }: Certdesk): Subject {
  const due = async (): Promise<number> => {
    const now = toTimestamp(new Date());
    const rows = database.db.selectFrom('endpoints').where('next_check_at', '<=', now);
    return (await rows.select('id').limit(1).execute()).length;
  };
  return {
    name: 'certdesk',
    async prepare() {
      const now = toTimestamp(new Date());
      await database.db.updateTable('endpoints').set({ next_check_at: now }).execute();
    },
    async run(turn) {
      const body = { host: '127.0.0.2', port, trust, serverName: `turn-${turn}.example.com` };
      const { status } = await server.call('POST', '/endpoints', { token, body });
      if (status !== 201) throw new Error(`the endpoint was not created: ${status}`);
      while ((await due()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const { total } = (await server.call('GET', '/endpoints?limit=1&state=ok', { token })).body;
      if (Number(total) !== count) throw new Error(`${total} of ${count} endpoints were found to be right`);
    },
  };
}

/** Each probe is a scrape, as Prometheus makes it. */
function blackboxSubject({ probeUrl }: Blackbox, targets: readonly string[]): Subject {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const scrape = async (target: string): Promise<void> => {
    const [response] = await once(get(probeUrl(target), { agent }), 'response');
    if (!/^probe_success 1$/m.test(await text(response))) throw new Error(`the probe of ${target} failed`);
  };
  return {
    name: 'blackbox',
    run: async () => void (await mapConcurrent(targets, { limit: CONCURRENCY }, scrape)),
  };
}

async function shakeHands(times: number, port: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    const host = ADDRESSES[n % ADDRESSES.length];
    const socket = connect({ host, port, servername: NAME, ca: [], rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    socket.destroy();
  }
}

/** @returns `end`, which stops watching and says what each process needed, in the order of `pids` */
function watchUsage(pids: readonly number[]): { end(probes: number): readonly Usage[] } {
  const all = pids.map((pid) => ({ pid, idleMb: residentMb(pid), cpuMs: cpuMsOf(pid), peakMb: 0 }));
  const look = () => {
    for (const each of all) each.peakMb = Math.max(each.peakMb, residentMb(each.pid));
  };
  const timer = setInterval(look, 50);
  return {
    end(probes) {
      clearInterval(timer);
      return all.map(({ pid, idleMb, cpuMs, peakMb }) => {
        const cpuMsPerProbe = (cpuMsOf(pid) - cpuMs) / probes;
        return { cpuMsPerProbe, idleMb, peakMb };
      });
    },
  };
}
