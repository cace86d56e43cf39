// A machine with Certdesk, in virtual time: the real engine on a real database, models of CAs (model-ca.ts), and a
// clock that skips idle time. It can be killed, put to sleep and woken.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createBackupPort } from '../../../src/main/backup/port.ts';
import type { AcmeClient } from '../../../src/main/engine/acme/contract.ts';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import { createEngine } from '../../../src/main/engine/create-engine.ts';
import { createDnsResolver } from '../../../src/main/engine/dns/lookup/resolver.ts';
import type { Engine } from '../../../src/main/engine/engine.ts';
import { createVault } from '../../../src/main/secrets/vault.ts';
import { createAuditArchive } from '../../../src/main/storage/audit-archive.ts';
import { type Database, openDatabase } from '../../../src/main/storage/database.ts';
import { createStores } from '../../../src/main/storage/stores.ts';
import { IN_THIS_THREAD } from '../engine/background.ts';
import { QUIET } from '../engine/database.ts';
import { memorySecrets } from '../engine/memory-secrets.ts';
import { LOOPBACK_POLICY } from '../tools/network.ts';
import { createGate, type Gate } from './gate.ts';
import type { ModelCa } from './model-ca.ts';

const MINUTE = 60_000;

export interface World {
  /** True time, ms. */
  readonly now: number;
  /** The error of the machine's clock; ms. */
  skew: number;
  readonly engine: Engine;
  readonly database: Database;
  /** Whether an http-01 answer for that name reaches the CA. */
  reachable: (name: string) => boolean;
  readonly counts: { renewalChecks: number; kills: number };
  /** The times in which it slept, was dead, or was paused. */
  readonly away: { readonly from: number; readonly to: number }[];
  served(token: string): string | null;
  /** Runs renewal checks until nothing is due, and waits for the started jobs. */
  checkRenewals(): Promise<void>;
  /** Runs until then, with a check whenever something is due. */
  runUntil(time: number): Promise<void>;
  /** Like a machine that is off until then. */
  sleepUntil(time: number): void;
  killIn(calls: number): void;
  /** Stops and starts like the program. */
  restart(): Promise<void>;
  end(): Promise<void>;
}

export interface WorldOptions {
  readonly begin: number;
  readonly random: () => number;
  /** Directory URL -> CA; created once the world can serve challenges. */
  cas(world: Pick<World, 'now' | 'served' | 'reachable'>): readonly ModelCa[];
  /** The longest time between two checks of the CAs' answers; ms. */
  readonly stepMs: number;
  crl(cas: readonly ModelCa[]): Buffer;
}

export async function createWorld(
  options: WorldOptions,
): Promise<World & { readonly cas: readonly ModelCa[] }> {
  const folder = mkdtempSync(join(inMemory() ? '/dev/shm' : tmpdir(), 'certdesk-year-'));
  const path = join(folder, 'certdesk.db');
  const secrets = memorySecrets();
  let time = options.begin;
  let live: { readonly engine: Engine; readonly database: Database; readonly gate: Gate };

  const timing = {
    now: () => time,
    async pause(ms: number, signal: AbortSignal) {
      const until = time + ms;
      await nextTurn();
      signal.throwIfAborted();
      time = Math.max(time, until);
    },
  };

  async function boot(): Promise<void> {
    const gate = createGate();
    const database = openDatabase(path);
    const stores = gate.stores(createStores(database.db));
    const keyRecord = {
      get: async () => String((await stores.settings.get('master-key-id')) ?? '') || null,
      set: (id: string) => stores.settings.set('master-key-id', id),
    };
    const engine = createEngine({
      stores,
      secrets,
      backups: createBackupPort({
        dataFolder: '/nowhere',
        secrets,
        background: IN_THIS_THREAD,
        version: '0',
      }), // none is scheduled
      background: IN_THIS_THREAD,
      auditArchive: createAuditArchive(dirname(path)),
      vault: createVault({ secrets, keyRecord }),
      acme: gate.acme(clientOf(cas)),
      clock: { now: () => new Date(time + world.skew) },
      log: QUIET,
      restart: () => undefined,
      directories: {},
      resolver: createDnsResolver({ servers: [] }),
      addressPolicy: LOOPBACK_POLICY,
      dnsEndpoints: {},
      acmeShFolder: null,
      webPorts: { http: 80, https: 443 },
      connectHost: () => Promise.reject(new Error('no deployments here')),
      surroundings: () => {
        throw new Error('nobody asks');
      },
      limits: { concurrency: 10, answerWithinMs: 60_000, issueWithinMs: 900_000, examineWithinMs: 3_000 },
      timing,
      random: options.random,
      crl: {
        fetch: async () => options.crl(cas),
        close: async () => {},
      },
    });
    live = { engine, database, gate };
    await engine.restoreChallenges();
    // Killed before it had started, it is started again.
    await Promise.race([engine.start(), gate.died]);
  }

  /** A killed process releases its transaction, and the next run starts from the file. */
  async function revive(): Promise<void> {
    world.counts.kills += 1;
    for (let n = 0; n < 20; n += 1) await nextTurn();
    live.engine.stop().catch(() => undefined); // its timers
    await live.database.close();
    await boot();
  }

  async function idle(): Promise<void> {
    for (;;) {
      const { running, queued } = live.engine.counts();
      if (live.gate.dead || running + queued === 0) return;
      await nextTurn();
    }
  }

  async function nextDue(): Promise<number> {
    const row = await live.database.db
      .selectFrom('listed_certificates')
      .select(({ fn }) => fn.min('attempt_at').as('at'))
      .executeTakeFirst();
    return row?.at == null ? Number.POSITIVE_INFINITY : Date.parse(String(row.at)) - world.skew;
  }

  const world: World = {
    get now() {
      return time;
    },
    skew: 0,
    get engine() {
      return live.engine;
    },
    get database() {
      return live.database;
    },
    reachable: () => true,
    counts: { renewalChecks: 0, kills: 0 },
    away: [],
    served: (token) => live.engine.answerChallenge(token),
    async checkRenewals() {
      for (let begun = 1; begun > 0; ) {
        world.counts.renewalChecks += 1;
        begun = await Promise.race([live.engine.sweep(), live.gate.died.then(() => -1)]);
        await idle();
        if (live.gate.dead) {
          await revive();
          begun = 1;
        }
        if (begun > 0) time += 5_000;
      }
    },
    async runUntil(end) {
      let wait = MINUTE;
      while (time < end) {
        await world.checkRenewals();
        // What is due and was not started (renewals are paused, for example) is checked again at growing intervals.
        const due = await nextDue();
        wait = due > time ? MINUTE : Math.min(wait * 2, options.stepMs);
        time = Math.min(Math.max(due, time + wait), time + options.stepMs, Math.max(end, time));
      }
    },
    sleepUntil(until) {
      world.away.push({ from: time, to: until });
      time = until;
    },
    killIn: (calls) => live.gate.killIn(calls),
    async restart() {
      await live.engine.stop();
      await live.database.close();
      await boot();
    },
    async end() {
      await live.engine.stop();
      await live.database.close();
      rmSync(folder, { recursive: true });
    },
  };
  const cas = options.cas(world);
  await boot();
  return Object.assign(world, { cas });
}

/** Commits do not wait for the disk; the file and its log are real. */
function inMemory(): boolean {
  return statSync('/dev/shm', { throwIfNoEntry: false })?.isDirectory() === true;
}

function clientOf(cas: readonly ModelCa[]): AcmeClient {
  const caOf = (url: string): ModelCa => {
    const found = cas.find(({ directoryUrl }) => directoryUrl === url);
    if (found === undefined) throw new CertdeskError('ACME_UNAVAILABLE', `There is no model of ${url}`);
    return found;
  };
  return {
    session: ({ directoryUrl, accountKey, accountUrl }) => caOf(directoryUrl).session(accountKey, accountUrl),
    directory: async ({ directoryUrl }) => caOf(directoryUrl).directory(),
    checkDirectory: async ({ directoryUrl }) => ({ date: null, directory: caOf(directoryUrl).directory() }),
    renewalInfo: async ({ directoryUrl, certId }) => caOf(directoryUrl).renewalInfo(certId),
    close: async () => {},
  };
}

/** Survives a kill, like a keychain. */
