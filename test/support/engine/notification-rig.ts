// Notifications on a real database, with a clock that the test sets and receivers on loopback.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJournal, type Journal } from '../../../src/main/engine/audit/journal.ts';
import type { Actor, CertificateRecord } from '../../../src/main/engine/core/model.ts';
import type { Stores } from '../../../src/main/engine/core/stores.ts';
import {
  createNotifications,
  type Notifications,
} from '../../../src/main/engine/notifications/notifications.ts';
import { createOverview } from '../../../src/main/engine/overview/overview.ts';
import { openDatabase } from '../../../src/main/storage/database.ts';
import { createStores } from '../../../src/main/storage/stores.ts';
import type { HttpsState } from '../../../src/shared/https.ts';
import { toTimestamp } from '../../../src/shared/time.ts';
import { LOOPBACK_POLICY } from '../tools/network.ts';
import { memorySecrets } from './memory-secrets.ts';
import { CERTIFICATE, PROJECT } from './records.ts';

const START = new Date('2026-02-03T10:00:00Z'); // a Tuesday
export const MINUTE = 60_000;

export interface NotificationRig {
  readonly stores: Stores;
  readonly secrets: ReadonlyMap<string, string>;
  readonly log: readonly string[];
  readonly journal: Journal;
  now(): Date;
  /** Sets the state of Certdesk's own HTTPS, which is off until then. */
  setHttps(state: HttpsState | null): void;
  notifications(): Notifications;
  /** Runs it as an operation of a token, or of a signed-in user. */
  as<T>(kind: Actor['kind'], work: () => Promise<T>): Promise<T>;
  /** Advances the clock, records the heartbeat of a renewal check unless told otherwise, and ticks. */
  pass(ms: number, sweeps?: boolean): Promise<void>;
  /**
   * Like a killed process: nothing is stopped cleanly, and a new one opens the same folder.
   * @param webhookMs The time-out of a webhook from then on; the default is longer than any that answers takes.
   */
  restart(webhookMs?: number): Promise<void>;
  certificate(n: number, patch?: Partial<CertificateRecord>): Promise<void>;
  stop(): Promise<void>;
}

/** @param addressPolicy Default: a policy that allows loopback. */
export async function createNotificationRig(addressPolicy = LOOPBACK_POLICY): Promise<NotificationRig> {
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-notifications-'));
  const secrets = new Map<string, string>();
  const log: string[] = [];
  let now = START;
  let httpsState: HttpsState | null = null;
  const https = { state: () => httpsState };
  let running = await open();

  async function open(webhookMs = 30_000) {
    const database = openDatabase(join(folder, 'certdesk.db'));
    const stores = createStores(database.db);
    const clock = { now: () => now };
    const write = (data: object, message: string): void =>
      void log.push(JSON.stringify({ ...data, message }));
    const sink = { debug: write, info: write, warn: write, error: write };
    const store = memorySecrets(secrets);
    const scheduler = { nextAt: () => null };
    const queue = () => ({ running: 0, queued: 0 });
    const overview = createOverview({
      stores,
      clock,
      secrets: store,
      scheduler,
      https,
      backup: async () => null,
      queue,
    });
    const journal = createJournal(stores, clock, sink);
    const common = { stores, journal, clock, log: sink, secrets: store };
    const notifications = createNotifications({
      ...common,
      overview,
      https,
      random: () => 0.5,
      addressPolicy,
      version: () => 'test',
      webhookMs,
    });
    return { database, stores, notifications, journal };
  }

  const beat = () =>
    running.stores.settings.set('last-sweep', { at: toTimestamp(now), begun: 0, ms: 1, error: null });
  await beat();
  // Not the machine's: tests say at which hours messages come.
  const general = { timeZone: 'UTC', baseUrl: null, showChecklist: true };
  await running.stores.settings.set('settings:general', general);
  return {
    get stores() {
      return running.stores;
    },
    secrets,
    log,
    get journal() {
      return running.journal;
    },
    now: () => now,
    setHttps(state) {
      httpsState = state;
    },
    notifications: () => running.notifications,
    as: (kind, work) =>
      running.journal.perform(
        {
          actor: { kind, id: kind, name: `a ${kind}`, address: null },
          operation: 'notifications.test',
          summary: 'Test',
          projectId: null,
          record: 'changes',
        },
        work,
      ),
    async pass(ms, sweeps = true) {
      now = new Date(now.getTime() + ms);
      if (sweeps) await beat();
      await running.notifications.tick();
    },
    async restart(webhookMs) {
      await running.database.close();
      running = await open(webhookMs);
    },
    async certificate(n, patch = {}) {
      const id = `p${n}`;
      const domain = `host-${n}.example.com`;
      const issuedAt = toTimestamp(new Date(now.getTime() - 10 * 86_400_000));
      const expiresAt = toTimestamp(new Date(now.getTime() + 80 * 86_400_000));
      if ((await running.stores.projects.get(id)) === null) {
        await running.stores.projects.create({ ...PROJECT, id, name: domain, domain, altNames: [] });
      }
      const ids = { id: crypto.randomUUID(), projectId: id, domain, names: [domain] };
      await running.stores.certificates.activate({ ...CERTIFICATE, ...ids, issuedAt, expiresAt, ...patch });
    },
    async stop() {
      await running.notifications.stop();
      await running.database.close();
      rmSync(folder, { recursive: true });
    },
  };
}
