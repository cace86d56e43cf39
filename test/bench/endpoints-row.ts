// A sweep over many endpoints of one running server, beside handshakes one after another, and the memory it needs.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { type EndpointRecord, NOT_CHECKED } from '../../src/main/engine/core/model-endpoint.ts';
import { databasePath } from '../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { toTimestamp } from '../../src/shared/time.ts';
import { createTestPki, NAME } from '../support/endpoints/chains.ts';
import { startTlsService } from '../support/endpoints/tls-service.ts';
import { runCertdesk, startServer } from '../support/server/server.ts';
import { createOpenSsl } from '../support/tools/openssl.ts';
import { residentMb } from './process-facts.ts';

export interface EndpointsRow {
  readonly endpoints: number;
  readonly probes: number;
  readonly totalMs: number;
  readonly msPerProbe: number;
  /** One handshake after another, from another process, with the same server. */
  readonly bareMs: number;
  /** Memory that the server needs more than before the sweep, at most. */
  readonly extraMb: number;
}

const ADDRESSES = ['127.0.0.2', '127.0.0.3'];
const BARE = 200;
const DAY_MS = 86_400_000;

export async function measureEndpoints(count: number): Promise<EndpointsRow> {
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-bench-endpoints-'));
  const openssl = await createOpenSsl();
  const pki = await createTestPki(openssl);
  const service = await startTlsService(ADDRESSES);
  try {
    const chain = [await pki.issueLeaf(), pki.lower, pki.upper];
    for (const address of ADDRESSES) await service.present(address, chain);
    const bareMs = await measureBare(service.port);
    const database = openDatabase(databasePath(folder));
    const now = new Date();
    const trust = pki.root.certificate;
    await createStores(database.db).transaction(async (tx) => {
      for (let n = 0; n < count; n += 1) await tx.endpoints.create(endpoint(n, service.port, trust, now));
    });
    await database.close();
    const args = ['token', 'create', '--data-dir', folder, '--name', 'bench', '--scope', 'admin'];
    const token = (await runCertdesk(args)).trim();
    const server = await startServer({ dataFolder: folder });
    try {
      const read = async () =>
        (await server.call('GET', '/endpoints?limit=1&state=new', { token })).body.total;
      const idleMb = residentMb(server.pid);
      let peakMb = idleMb;
      const watch = setInterval(() => {
        peakMb = Math.max(peakMb, residentMb(server.pid));
      }, 50);
      await makeAllDue(folder, now);
      const began = performance.now();
      // A new endpoint is checked at once, and with it all that are due.
      const body = { host: '127.0.0.2', port: service.port, trust };
      await server.call('POST', '/endpoints', { token, body });
      while (Number(await read()) > 0) await new Promise((resolve) => setTimeout(resolve, 100));
      const totalMs = performance.now() - began;
      clearInterval(watch);
      const probes = count * ADDRESSES.length;
      return {
        endpoints: count,
        probes,
        totalMs,
        msPerProbe: totalMs / probes,
        bareMs,
        extraMb: peakMb - idleMb,
      };
    } finally {
      await server.stop();
    }
  } finally {
    await service.stop();
    await openssl.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeAllDue(folder: string, now: Date): Promise<void> {
  const database = openDatabase(databasePath(folder));
  await database.db
    .updateTable('endpoints')
    .set({ next_check_at: toTimestamp(now) })
    .execute();
  await database.close();
}

/** A check long after the bench, so that nothing happens before `makeAllDue`. */
function endpoint(n: number, port: number, trust: string, now: Date): EndpointRecord {
  const at = toTimestamp(now);
  return {
    id: `endpoint-${n}`,
    projectIds: [],
    host: `host-${n}.example.com`,
    port,
    protocol: 'tls',
    serverName: NAME,
    addresses: ADDRESSES,
    trust,
    expected: 'projects',
    intervalMinutes: 360,
    savedBy: { kind: 'window', id: null, name: 'Bench' },
    createdAt: at,
    updatedAt: at,
    nextCheckAt: toTimestamp(new Date(now.getTime() + DAY_MS)),
    check: NOT_CHECKED,
  };
}

async function measureBare(port: number): Promise<number> {
  const began = performance.now();
  for (let n = 0; n < BARE; n += 1) {
    const socket = connect({
      host: ADDRESSES[n % ADDRESSES.length],
      port,
      servername: NAME,
      ca: [],
      rejectUnauthorized: false,
    });
    await once(socket, 'secureConnect');
    socket.destroy();
  }
  return (performance.now() - began) / BARE;
}
