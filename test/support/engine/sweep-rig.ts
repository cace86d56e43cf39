// The renewal check over all certificates, with a test clock and a recorder in place of the issuance.
import { afterEach, beforeEach } from 'vitest';
import type { AcmeClient } from '../../../src/main/engine/acme/contract.ts';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import type { CertificateRecord } from '../../../src/main/engine/core/model.ts';
import { type Swept, sweep } from '../../../src/main/engine/maintenance/sweep.ts';
import { createBudget } from '../../../src/main/engine/rate-limits/budget.ts';
import { createAuditArchive } from '../../../src/main/storage/audit-archive.ts';
import { type Timestamp, toTimestamp } from '../../../src/shared/time.ts';
import { IN_THIS_THREAD } from './background.ts';
import { openTestDatabase, QUIET, type TestDatabase } from './database.ts';
import { CERTIFICATE, JOB, PROJECT, SPEC } from './records.ts';

export const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';
export const HOUR_MS = 3_600_000;
/** The time at the start of each test; CERTIFICATE has been due for eight days. */
export const BEGIN = '2026-03-10T00:00:00Z';

/** A test may change what is not readonly. */
export interface SweepRig {
  readonly database: TestDatabase;
  readonly clock: { now(): Date };
  now: Date;
  /** The projects whose renewals were started. */
  readonly begun: string[];
  /** How often a CA was asked for renewal information. */
  readonly asked: number;
  leftoversFail: boolean;
  /** The values that `setConcurrency` was called with. */
  readonly concurrencies: readonly number[];
  fetchCrl(url: string): Promise<Buffer>;
  renewalInfo: AcmeClient['renewalInfo'];
  /** The time `n` hours from now. */
  hours(n: number): Timestamp;
  /** Adds a project with a due certificate. */
  add(id: string, more?: Partial<CertificateRecord>): Promise<void>;
  /** Runs a renewal check. Its jobs stay unfinished, like those of a slow CA, until `finish`. */
  runSweep(): Promise<Swept>;
  finish(): Promise<void>;
}

/** Call it once at the top of a test file. */
export function useSweep(): SweepRig {
  let database: TestDatabase;
  let begun: string[] = [];
  let asked = 0;
  let concurrencies: number[] = [];
  const rig: SweepRig = {
    get database() {
      return database;
    },
    clock: { now: () => rig.now },
    now: new Date(BEGIN),
    get begun() {
      return begun;
    },
    get asked() {
      return asked;
    },
    leftoversFail: false,
    get concurrencies() {
      return concurrencies;
    },
    fetchCrl: unexpectedCrl,
    renewalInfo: noInfo,
    hours: (n) => toTimestamp(new Date(rig.now.getTime() + n * HOUR_MS)),
    async add(id, more = {}) {
      const domain = `${id}.example.com`;
      await database.stores.projects.create({ ...PROJECT, id, domain });
      const names = [domain];
      const spec = { ...SPEC, names };
      const certificate = { ...CERTIFICATE, id: `c-${id}`, projectId: id, domain, names, spec, ...more };
      await database.stores.certificates.activate(certificate);
    },
    runSweep() {
      const { stores } = database;
      return sweep(
        {
          stores,
          journal: database.journal(rig.clock),
          clock: rig.clock,
          log: QUIET,
          background: IN_THIS_THREAD,
          auditArchive: createAuditArchive(database.folder),
          auditKeepDays: async () => null,
          sessions: { endOver: async () => undefined },
          setConcurrency: (concurrency) => void concurrencies.push(concurrency),
          directories: {},
          random: () => 0.5,
          fetchCrl: (url) => rig.fetchCrl(url),
          budget: createBudget(stores, rig.clock),
          acme: {
            renewalInfo: (options) => {
              asked += 1;
              return rig.renewalInfo(options);
            },
          },
          issuance: {
            retryRevocation: () => Promise.reject(new Error('no revocation is repeated here')),
            async startRenewal(projectId) {
              const certificate = await stores.certificates.active(projectId);
              if (certificate?.spec == null) throw new CertdeskError('CERTIFICATE_NOT_FOUND');
              const { spec, id: certificateId } = certificate;
              const input = { kind: 'renew', certificateId, spec, autoRenew: true, automatic: true } as const;
              await stores.jobs.create({ ...JOB, id: `j${begun.length}-${projectId}`, projectId, input });
              begun.push(projectId);
            },
          },
          async sweepLeftovers() {
            if (rig.leftoversFail) throw new Error('the leftovers');
          },
        },
        new AbortController().signal,
      );
    },
    async finish() {
      for (const job of await database.stores.jobs.unfinished()) {
        await database.stores.jobs.update(job.id, { state: 'succeeded' });
        await database.stores.certificates.update(`c-${job.projectId}`, { autoRenew: false }); // done
      }
    },
  };
  beforeEach(() => {
    database = openTestDatabase();
    begun = [];
    asked = 0;
    concurrencies = [];
    Object.assign(rig, {
      now: new Date(BEGIN),
      leftoversFail: false,
      fetchCrl: unexpectedCrl,
      renewalInfo: noInfo,
    });
  });
  afterEach(() => database?.close());
  return rig;
}

const unexpectedCrl = () => Promise.reject(new Error('no list is expected to be asked for'));
const noInfo = async () => null;
