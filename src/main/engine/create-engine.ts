// Wires the engine: creates every service from the ports and connects them. engine.ts defines the contract.
import { createRefusalLimit } from './access/refusal-limit.ts';
import { createSessions } from './access/sessions.ts';
import { createTokens } from './access/tokens.ts';
import { createAccounts } from './acme/accounts.ts';
import { createCaDirectories } from './acme/approved-directories.ts';
import { listAuthorities } from './acme/authorities.ts';
import { listAccounts } from './acme/list-accounts.ts';
import { listProfiles } from './acme/profiles.ts';
import { createJournal } from './audit/journal.ts';
import { createAuditTrail } from './audit/trail.ts';
import { createBackups } from './backups/backups.ts';
import { createRestores } from './backups/restores.ts';
import { createAcknowledgements } from './certificates/acknowledge.ts';
import { createCertificates } from './certificates/certificates.ts';
import { createHistory } from './certificates/versions.ts';
import { presentResult } from './certificates/views.ts';
import { createHttpChallenges } from './challenges/http-01.ts';
import { createConfirmations } from './challenges/manual-confirmations.ts';
import { createReachability } from './challenges/reachability/reachability.ts';
import { createSolverRegistry } from './challenges/registry.ts';
import { createDnsChooser } from './challenges/select-dns-credential.ts';
import { createKeyedMutex } from './core/keyed-mutex.ts';
import { REAL_TIMING } from './core/timing.ts';
import { createDiagnostics } from './diagnostics/diagnostics.ts';
import { metricsText } from './diagnostics/metrics.ts';
import { CONTENT_TYPE } from './diagnostics/metrics-text.ts';
import { createDnsCredentials } from './dns/credentials/credentials.ts';
import { listDnsProviders } from './dns/providers/registry.ts';
import type { Engine, EnginePorts } from './engine.ts';
import { createImports } from './import/imports.ts';
import { sweepLeftovers } from './issuance/challenge-cleanup.ts';
import { replaceAccountKey } from './issuance/replace-account-key.ts';
import { createIssuance } from './issuance/service.ts';
import { createJobRunner } from './job-runner.ts';
import { createEveryMinute } from './jobs/every-minute.ts';
import { createJobSecrets } from './jobs/job-secrets.ts';
import { createEvents, createJobs } from './jobs/job-views.ts';
import { createPlaces } from './jobs/places.ts';
import { createJobQueue } from './jobs/queue.ts';
import { createScheduler } from './maintenance/scheduler.ts';
import { forgetStaleSecrets } from './maintenance/stale-secrets.ts';
import { sweep } from './maintenance/sweep.ts';
import { createNotifications } from './notifications/notifications.ts';
import { listExpiring } from './overview/expiring.ts';
import { createOverview, findNeeds } from './overview/overview.ts';
import { createProjects } from './projects/projects.ts';
import { createBudget } from './rate-limits/budget.ts';
import { createCaUsage } from './rate-limits/usage.ts';
import { createCrlFetcher } from './revocation/crl-fetcher.ts';
import { createDesktopState } from './settings/desktop-state.ts';
import { createSettings, readSettings } from './settings/settings.ts';

/** Creates the engine. Nothing runs before `start`. */
export function createEngine(ports: EnginePorts): Engine {
  const { stores, secrets, vault, acme, clock, log, limits, directories, resolver, background } = ports;
  const { addressPolicy, dnsEndpoints, acmeShFolder, webPorts, surroundings } = ports;
  const { random = Math.random, pace = REAL_TIMING, crl = createCrlFetcher(addressPolicy) } = ports;
  const journal = createJournal(stores, clock, log);
  const locks = createKeyedMutex();
  const jobSecrets = createJobSecrets(secrets);

  const http = createHttpChallenges();
  const confirmations = createConfirmations();
  const chooser = createDnsChooser({ stores, secrets, acmeShFolder });
  const solvers = createSolverRegistry({
    http: http.solver,
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

  const accounts = createAccounts({
    stores,
    vault,
    acme,
    clock,
    locks,
    replaceKey: (id) => replaceAccountKey({ stores, vault }, id),
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
    pace,
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
    pace,
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

  const sessions = createSessions(stores, journal, clock);
  const budget = createBudget(stores, clock, directories);
  const cleanupDeps = { stores, journal, vault, clock, log, solvers, secrets: jobSecrets };
  const sweepDeps = {
    stores,
    journal,
    clock,
    log,
    acme,
    directories,
    background,
    random,
    budget,
    sessions,
    issuance,
    fetchCrl: crl.fetch,
    setConcurrency: queue.setConcurrency,
    sweepLeftovers: () => sweepLeftovers(cleanupDeps),
    auditArchive: ports.auditArchive,
    auditKeepDays: async () => (await readSettings(stores.settings, 'audit')).keepDays,
  };
  const scheduler = createScheduler({
    stores,
    clock,
    log,
    random,
    sweep: (signal) => sweep(sweepDeps, signal),
    nextDue: stores.certificates.nextDue,
  });
  // A certificate with a lifetime of minutes is due before the next check, which was planned without it.
  journal.listen(({ kind }) => {
    if (kind === 'certificate.stored') scheduler.planAgain();
  });

  const backups = createBackups({ stores, secrets, journal, clock, log, backups: ports.backups });
  const backupSchedule = createEveryMinute(backups.runIfDue);
  const overview = createOverview({
    stores,
    clock,
    secrets,
    scheduler,
    backup: backups.state,
    queue: () => queue.size,
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
  const version = () => surroundings().version;
  const notifications = createNotifications({
    stores,
    journal,
    secrets,
    clock,
    log,
    random,
    addressPolicy,
    overview,
    version,
  });

  return {
    projects: createProjects({
      stores,
      journal,
      clock,
      forgetCredentials: chooser.forget,
      findNeedingAttention: async (visible, now) =>
        (await findNeeds(stores, visible, now)).map(({ projectId }) => projectId),
    }),
    certificates: createCertificates({ stores, journal, vault, clock, background }),
    acknowledgements: createAcknowledgements({ journal, clock }),
    history: createHistory({ stores, journal, clock, directories }),
    issuance,
    reachability: createReachability({ stores, resolver, http, addressPolicy, ports: webPorts }),
    jobs: createJobs(stores, presentResult),
    events: createEvents(stores, journal),
    dnsCredentials,
    imports: createImports({
      stores,
      journal,
      vault,
      secrets,
      clock,
      locks,
      background,
      directories,
      acmeShFolder,
      dnsCredentials,
    }),
    tokens: createTokens(stores, journal, clock),
    sessions,
    audit: createAuditTrail(stores),
    settings: createSettings(stores, journal, addressPolicy),
    overview,
    notifications,
    backups,
    refusals: createRefusalLimit(clock),
    restores: createRestores({
      stores,
      journal,
      clock,
      log,
      queue,
      backups: ports.backups,
      restart: ports.restart,
    }),
    budget,
    journal,
    clock,
    cas: () => listAuthorities(directories),
    caAccounts: () => listAccounts(stores, directories),
    caDirectories: createCaDirectories(stores, journal),
    async changeAccountKey(id) {
      await accounts.changeKey(id, AbortSignal.timeout(limits.answerWithinMs));
      await journal.emit({
        kind: 'account.key-changed',
        message: `The account ${id} at its CA has a new key`,
      });
    },
    async replaceAccount(id, eab) {
      await accounts.replace(id, eab, AbortSignal.timeout(limits.answerWithinMs));
      await journal.emit({
        kind: 'account.replaced',
        message: `The account ${id} was replaced by a new one at its CA`,
      });
    },
    caProfiles: (of) => listProfiles(acme, of, directories),
    dnsProviders: () => listDnsProviders(acmeShFolder),
    confirmRecords: confirmations.confirm,
    startHeldBack: queue.startHeldBack,
    answerChallenge: http.answer,
    counts: () => queue.size,
    metrics: async (ids) => {
      const caRequests = ports.caRequests ?? (() => []);
      return {
        contentType: CONTENT_TYPE,
        body: await metricsText({ stores, overview, caRequests, version }, ids),
      };
    },
    diagnostics: createDiagnostics({ stores, clock, resolver, overview, surroundings }),
    signInCommand: () => surroundings().signInCommand,
    desktopState: createDesktopState(stores, clock),
    sweep: scheduler.sweep,
    expiring: () => listExpiring(stores, clock),
    async restoreChallenges() {
      for (const { challenges } of await stores.orders.all()) http.restore(challenges);
    },
    async start() {
      // A locked keychain must not prevent the start. The next start deletes what this one could not.
      await forgetStaleSecrets(stores, secrets).catch((error: unknown) =>
        log.warn({ err: error }, 'Old secrets stay until the next start'),
      );
      const resumed = await queue.resume();
      if (resumed > 0) log.info({ jobs: resumed }, 'Jobs of the last run are resumed');
      await notifications.start(); // before the first sweep, which leaves a new heartbeat
      scheduler.start();
      backupSchedule.start();
    },
    async stop() {
      scheduler.stop();
      await notifications.stop();
      await Promise.all([queue.stop(), backupSchedule.stop()]);
      await journal
        .flush()
        .catch((error: unknown) => log.error({ err: error }, 'Repeated failures could not be recorded'));
      await Promise.all([acme.close(), crl.close()]);
    },
  };
}
