// The environment of killed processes: Pebble, BIND and a DNS provider's stand-in that outlive them, one data folder,
// and what these know of one project: what the CA has done for it, what is in its database, what is left in DNS.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { createSealedFile } from '../../../src/main/secrets/sealed-file.ts';
import { databasePath } from '../../../src/main/storage/data-folder.ts';
import { type DnsRig, startDnsRig } from '../dns/rig.ts';
import { type KillableServer, startKillableServer } from './killable-server.ts';
import type { ProgramOptions } from './messages.ts';

export const ZONE = 'example.com';

export interface KillWorld {
  readonly rig: DnsRig;
  readonly dataFolder: string;
  /** The running process; a new one after the last has ended. */
  server(): Promise<KillableServer>;
  /** What Pebble has done since `since` (a length of its log). */
  atCa(since: number): AtCa;
  inDatabase(projectId: string): InDatabase;
  /** SQLite's own checks, and the number of leftover rows. */
  wholeDatabase(): object;
  /** Names of stored job secrets. */
  jobSecrets(): Promise<readonly string[]>;
  /** The status of the answer to a request for that token on the challenge port. */
  tokenStatus(token: string): Promise<number>;
  stop(): Promise<void>;
}

export interface AtCa {
  readonly orders: number;
  /** Hex without leading zeros. */
  readonly serials: readonly string[];
  /** Tokens that it has requested over HTTP. */
  readonly tokens: readonly string[];
  /** Whether a validation has failed: then its order is no longer usable. */
  readonly refused: boolean;
}

export interface InDatabase {
  /** Of every version, whatever its state; hex without leading zeros. */
  readonly serials: readonly string[];
  /** Active versions: one at most. */
  readonly active: number;
  readonly orders: readonly { readonly url: string | null; readonly hasKey: boolean }[];
  readonly jobs: readonly { readonly kind: string; readonly state: string; readonly error: string | null }[];
}

export async function startKillWorld(): Promise<KillWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-kill-'));
  const dataFolder = join(folder, 'data');
  const rig = await startDnsRig([{ name: ZONE }]);
  const rootsFile = join(folder, 'roots.pem');
  await writeFile(rootsFile, rig.pebble.rootPem);
  const { directoryUrl, httpPort } = rig.pebble;
  let token: string | null = null;
  let running: KillableServer | null = null;

  const options = (): ProgramOptions => {
    return { dataFolder, directoryUrl, rootsFile, httpPort, token, dns: rig.dns };
  };
  return {
    rig,
    dataFolder,
    async server() {
      if (running?.alive === true) return running;
      running = await startKillableServer(options());
      // How often DNS is queried is not under test here.
      if (token === null)
        await running.call('PATCH', '/settings', { body: { dns: { propagationInterval: 0.2 } } });
      token = running.token;
      return running;
    },
    atCa: (since) => readPebble(rig.pebble.log().slice(since)),
    inDatabase: (projectId) => readDatabase(databasePath(dataFolder), projectId),
    wholeDatabase: () => readWhole(databasePath(dataFolder)),
    async jobSecrets() {
      const names = await createSealedFile({ folder: dataFolder }).names();
      return names.filter((name) => name.startsWith('job:'));
    },
    async tokenStatus(asked) {
      const url = `http://127.0.0.1:${httpPort}/.well-known/acme-challenge/${asked}`;
      const answer = await fetch(url);
      await answer.arrayBuffer();
      return answer.status;
    },
    async stop() {
      await running?.kill();
      await rig.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const plain = (serial: string): string => BigInt(`0x${serial.replaceAll(':', '')}`).toString(16);

/** From its log. */
function readPebble(log: string): AtCa {
  const all = (pattern: RegExp) => [...log.matchAll(pattern)].map(([, found = '']) => found);
  return {
    orders: all(/Added order "([^"]+)"/g).length,
    serials: all(/Issued certificate serial ([0-9a-f]+)/g).map(plain),
    tokens: [...new Set(all(/acme-challenge\/([\w-]+)/g))],
    refused: /set INVALID/.test(log),
  };
}

function readDatabase(path: string, projectId: string): InDatabase {
  const sqlite = new Sqlite(path, { readonly: true, timeout: 5_000 });
  try {
    const rows = <T>(sql: string): T[] => sqlite.prepare(sql).all(projectId) as T[];
    const certificates = rows<{ serial: string; used: number }>(
      'select serial, superseded_at is null and removed_at is null as used from certificates where project_id = ?',
    );
    const orders = rows<{ url: string | null; hasKey: number }>(
      `select url, key_sealed is not null and csr is not null as hasKey from orders
       where job_id in (select id from jobs where project_id = ?)`,
    );
    const jobs = rows<{ input: string; state: string; error: string | null }>(
      'select input, state, error from jobs where project_id = ? order by seq',
    );
    return {
      serials: certificates.map(({ serial }) => plain(serial)),
      active: certificates.filter(({ used }) => used === 1).length,
      orders: orders.map(({ url, hasKey }) => ({ url, hasKey: hasKey === 1 })),
      jobs: jobs.map(({ input, state, error }) => ({ kind: JSON.parse(input).kind, state, error })),
    };
  } finally {
    sqlite.close();
  }
}

function readWhole(path: string): object {
  const sqlite = new Sqlite(path, { readonly: true, timeout: 5_000 });
  try {
    const count = (sql: string) => sqlite.prepare(`select count(*) from (${sql})`).pluck().get();
    const used = 'superseded_at is null and removed_at is null';
    return {
      integrity: sqlite.pragma('integrity_check', { simple: true }),
      foreignKeys: sqlite.pragma('foreign_key_check'),
      orders: count('select 1 from orders'),
      unfinished: count("select 1 from jobs where state in ('queued', 'running')"),
      twoInUse: count(`select 1 from certificates where ${used} group by project_id having count(*) > 1`),
    };
  } finally {
    sqlite.close();
  }
}
