// Wires what obtains, renews and revokes certificates: challenges, jobs and their queue.
import type { Accounts } from '../acme/accounts.ts';
import { presentResult } from '../certificates/views.ts';
import { createHttpChallenges, type HttpChallenges } from '../challenges/http-01.ts';
import { createConfirmations } from '../challenges/manual-confirmations.ts';
import { createReachability } from '../challenges/reachability/reachability.ts';
import { createSolverRegistry } from '../challenges/registry.ts';
import { createDnsChooser, type DnsChooser } from '../challenges/select-dns-credential.ts';
import { createAlpnChallenges } from '../challenges/tls-alpn-01.ts';
import { createDnsCredentials } from '../dns/credentials/credentials.ts';
import { listDnsProviders } from '../dns/providers/registry.ts';
import type { Engine } from '../engine.ts';
import { sweepLeftovers } from '../issuance/challenge-cleanup.ts';
import { createIssuance } from '../issuance/service.ts';
import { createJobRunner } from '../job-runner.ts';
import { createEvents, createJobs } from '../jobs/job-views.ts';
import { createPlaces } from '../jobs/places.ts';
import { createJobQueue, type JobQueue } from '../jobs/queue.ts';
import { createCaUsage } from '../rate-limits/usage.ts';
import type { Common } from './common.ts';

export type IssuanceServices = Pick<
  Engine,
  | 'issuance'
  | 'reachability'
  | 'jobs'
  | 'events'
  | 'dnsCredentials'
  | 'dnsProviders'
  | 'confirmRecords'
  | 'startHeldBack'
  | 'answerChallenge'
  | 'alpnChallenges'
  | 'counts'
  | 'restoreChallenges'
> & {
  readonly queue: JobQueue;
  readonly chooser: DnsChooser;
  readonly http: Pick<HttpChallenges, 'probe'>;
  /** Cleans up challenges that an earlier clean-up could not remove. */
  sweepLeftovers(): Promise<void>;
};

export function wireIssuance(common: Common, accounts: Accounts): IssuanceServices {
  const { stores, secrets, vault, acme, clock, log, journal, locks, jobSecrets, limits } = common;
  const { directories, resolver, random, timing } = common;
  const { addressPolicy, dnsEndpoints, acmeShFolder, webPorts, surroundings } = common;

  const http = createHttpChallenges();
  const alpn = createAlpnChallenges({ clock, isListening: () => surroundings().listeners.alpn !== null });
  const confirmations = createConfirmations();
  const chooser = createDnsChooser({ stores, secrets, acmeShFolder });
  const solvers = createSolverRegistry({
    http: http.solver,
    alpn,
    chooser,
    confirmations,
    resolver,
    locks,
    dnsEndpoints,
    acmeShFolder,
    webPorts,
    settings: stores.settings,
    addressPolicy,
    clock,
    log,
  });

  const places = createPlaces();
  const runner = createJobRunner({
    stores,
    journal,
    vault,
    acme,
    clock,
    log,
    directories,
    accounts,
    chooser,
    solvers,
    places,
    timing,
    random,
    secrets: jobSecrets,
    usage: createCaUsage(clock),
    deadlineMs: limits.issueWithinMs,
  });
  const queue = createJobQueue({
    ...runner,
    stores,
    journal,
    clock,
    log,
    places,
    timing,
    concurrency: limits.concurrency,
  });
  const issuance = createIssuance({
    stores,
    clock,
    queue,
    secrets: jobSecrets,
    chooser,
    directories,
    savedBy: journal.savedBy,
    answerWithinMs: limits.answerWithinMs,
  });
  const dnsCredentials = createDnsCredentials({
    stores,
    journal,
    secrets,
    clock,
    log,
    dnsEndpoints,
    addressPolicy,
    acmeShFolder,
  });

  return {
    issuance,
    queue,
    chooser,
    http,
    dnsCredentials,
    reachability: createReachability({ stores, resolver, http, alpn, addressPolicy, ports: webPorts }),
    jobs: createJobs(stores, presentResult),
    events: createEvents(stores, journal),
    dnsProviders: () => listDnsProviders(acmeShFolder),
    confirmRecords: confirmations.confirm,
    startHeldBack: queue.startHeldBack,
    answerChallenge: http.answer,
    alpnChallenges: alpn,
    counts: () => queue.size,
    async restoreChallenges() {
      for (const { challenges } of await stores.orders.all()) {
        http.restore(challenges);
        alpn.restore(challenges);
      }
    },
    sweepLeftovers: () =>
      sweepLeftovers({ stores, journal, vault, clock, log, solvers, secrets: jobSecrets }),
  };
}
