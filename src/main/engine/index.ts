// The one door of the engine: ports in, verbs out.
import { createAccounts } from './acme/accounts.ts';
import type { AcmeClient } from './acme/contract.ts';
import {
  CERTIFICATE_AUTHORITIES,
  type CertificateAuthority,
  type DirectoryOverrides,
} from './acme/directories.ts';
import { type Certificates, createCertificates } from './certificates.ts';
import { createHttpChallenges } from './challenges/http-01.ts';
import { createSolverRegistry } from './challenges/registry.ts';
import { createIssuance, type Issuance } from './issuance.ts';
import { createIssuanceJobs } from './issuance-jobs.ts';
import { createJobSecrets } from './jobs/job-secrets.ts';
import { createEvents, createJobs, type Events, type Jobs } from './jobs/jobs.ts';
import { createJobQueue } from './jobs/queue.ts';
import { createScheduler } from './jobs/scheduler.ts';
import { createJournal, type Journal } from './journal.ts';
import { createKeyedLock } from './keyed-lock.ts';
import { sweepLeftovers } from './leftovers.ts';
import type { Clock, Log, SecretStore, Vault } from './ports.ts';
import { createProjects, type Projects } from './projects.ts';
import type { Stores } from './stores.ts';
import { createTokens, type Tokens } from './tokens.ts';

export interface EnginePorts {
  readonly stores: Stores;
  readonly secrets: SecretStore;
  readonly vault: Vault;
  readonly acme: AcmeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly directories: DirectoryOverrides;
  readonly limits: EngineLimits;
}

export interface EngineLimits {
  /** Jobs side by side. */
  readonly concurrency: number;
  /** How long a caller waits for a job before ACME_TIMEOUT; ms. */
  readonly answerWithinMs: number;
  /** How long one issuance may take in all; ms. */
  readonly issueWithinMs: number;
}

export interface Engine {
  readonly projects: Projects;
  readonly certificates: Certificates;
  readonly issuance: Issuance;
  readonly jobs: Jobs;
  readonly events: Events;
  readonly tokens: Tokens;
  readonly journal: Journal;
  cas(): readonly CertificateAuthority[];
  /** The key authorization of an http-01 token that is being validated; null for any other. */
  answerChallenge(token: string): string | null;
  counts(): { readonly running: number; readonly queued: number };
  /** Serves the challenges that a former run has presented; before anybody can ask for them. */
  restoreChallenges(): Promise<void>;
  /** Goes on with what a former run left, and begins to look for renewals. */
  start(): Promise<void>;
  /** Stops what runs; it goes on at the next start. */
  stop(): Promise<void>;
}

export function createEngine(ports: EnginePorts): Engine {
  const { stores, secrets, clock, log, limits } = ports;
  const journal = createJournal(stores, clock, log);
  const http = createHttpChallenges();
  const solvers = createSolverRegistry(http.solver);
  const jobSecrets = createJobSecrets(secrets);
  const accounts = createAccounts({ ...ports, lock: createKeyedLock() });
  const deps = {
    ...ports,
    journal,
    accounts,
    solvers,
    secrets: jobSecrets,
    deadlineMs: limits.issueWithinMs,
  };
  const queue = createJobQueue({ ...deps, ...createIssuanceJobs(deps), concurrency: limits.concurrency });
  const issuance = createIssuance({ ...deps, queue, answerWithinMs: limits.answerWithinMs });
  const scheduler = createScheduler({
    stores,
    issuance,
    clock,
    log,
    sweepLeftovers: () => sweepLeftovers(deps),
  });

  return {
    projects: createProjects({ stores, journal, clock }),
    certificates: createCertificates({ ...ports, journal }),
    issuance,
    jobs: createJobs(stores),
    events: createEvents(stores, journal),
    tokens: createTokens(stores, journal, clock),
    journal,
    cas: () => CERTIFICATE_AUTHORITIES,
    answerChallenge: http.answer,
    counts: () => queue.size,
    async restoreChallenges() {
      for (const { challenges } of await stores.orders.all()) http.restore(challenges);
    },
    async start() {
      const resumed = await queue.resume();
      if (resumed > 0) log.info({ jobs: resumed }, 'Jobs of the last run are gone on with');
      scheduler.start();
    },
    async stop() {
      scheduler.stop();
      await queue.stop();
      await ports.acme.close();
    },
  };
}
