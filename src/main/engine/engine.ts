// The one door of the engine: ports in, verbs out.

import type { CaAccount, CaProfile } from '../../shared/ca-account.ts';
import type { Diagnostics } from '../../shared/diagnostics.ts';
import { createRefusalLimit, type RefusalLimit } from './access/refusal-limit.ts';
import { createSessions, type Sessions } from './access/sessions.ts';
import { createTokens, type Tokens } from './access/tokens.ts';
import { createAccounts, type ExternalAccount } from './acme/accounts.ts';
import { type CaDirectories, createCaDirectories } from './acme/approved-directories.ts';
import { listAuthorities } from './acme/authorities.ts';
import type { AcmeClient } from './acme/contract.ts';
import type { CertificateAuthority, DirectoryOverrides } from './acme/directories.ts';
import { listAccounts } from './acme/list-accounts.ts';
import { listProfiles } from './acme/profiles.ts';
import type { CaRequests } from './acme/request-counts.ts';
import type { AuditArchive } from './audit/archive.ts';
import { createJournal, type Journal } from './audit/journal.ts';
import { type AuditTrail, createAuditTrail } from './audit/trail.ts';
import type { BackgroundTasks } from './background-tasks.ts';
import { type BackupPort, type Backups, createBackups } from './backups/backups.ts';
import { createRestores, type Restores } from './backups/restores.ts';
import { type Acknowledgements, createAcknowledgements } from './certificates/acknowledge.ts';
import { type Certificates, createCertificates } from './certificates/certificates.ts';
import { createHistory, type History } from './certificates/versions.ts';
import { presentResult } from './certificates/views.ts';
import { createHttpChallenges } from './challenges/http-01.ts';
import { type Confirmations, createConfirmations } from './challenges/manual-confirmations.ts';
import type { WebPorts } from './challenges/reachability/fetch.ts';
import { createReachability, type ReachabilityVerbs } from './challenges/reachability/reachability.ts';
import { createSolverRegistry } from './challenges/registry.ts';
import { createDnsChooser } from './challenges/select-dns-credential.ts';
import type { Background } from './core/background.ts';
import { createKeyedMutex } from './core/keyed-mutex.ts';
import type { Clock, Log, SecretStore, Vault } from './core/ports.ts';
import type { Stores } from './core/stores.ts';
import { type Pace, REAL_PACE } from './core/timing.ts';
import { createDiagnostics, type Surroundings } from './diagnostics/diagnostics.ts';
import { metricsText } from './diagnostics/metrics.ts';
import { CONTENT_TYPE } from './diagnostics/metrics-text.ts';
import { createDnsCredentials, type DnsCredentialVerbs } from './dns/credentials/credentials.ts';
import type { DnsResolver } from './dns/lookup/resolver.ts';
import { type DnsProviderInfo, listDnsProviders } from './dns/providers/registry.ts';
import { createImports, type Imports } from './import/imports.ts';
import { sweepLeftovers } from './issuance/challenge-cleanup.ts';
import { replaceAccountKey } from './issuance/replace-account-key.ts';
import { createIssuance, type Issuance } from './issuance/service.ts';
import { createJobRunner } from './job-runner.ts';
import { createEveryMinute } from './jobs/every-minute.ts';
import { createJobSecrets } from './jobs/job-secrets.ts';
import { createEvents, createJobs, type Events, type Jobs } from './jobs/job-views.ts';
import { createPlaces } from './jobs/places.ts';
import { createJobQueue, type JobQueue } from './jobs/queue.ts';
import { createScheduler } from './maintenance/scheduler.ts';
import { forgetStaleSecrets } from './maintenance/stale-secrets.ts';
import { sweep } from './maintenance/sweep.ts';
import { createNotifications, type Notifications } from './notifications/notifications.ts';
import type { AddressPolicy } from './outgoing/address-policy.ts';
import { type ExpiringCertificate, listExpiring } from './overview/expiring.ts';
import { createOverview, findNeeds, type OverviewVerbs } from './overview/overview.ts';
import { createProjects, type Projects } from './projects/projects.ts';
import { type BudgetVerbs, createBudget } from './rate-limits/budget.ts';
import { createCaUsage } from './rate-limits/usage.ts';
import { type CrlFetcher, createCrlFetcher } from './revocation/crl-fetcher.ts';
import { createDesktopNotes, type DesktopNotes } from './settings/desktop-state.ts';
import { createSettings, readSettings, type SettingsVerbs } from './settings/settings.ts';

export interface EnginePorts {
  readonly stores: Stores;
  readonly secrets: SecretStore;
  readonly backups: BackupPort;
  readonly background: Background<BackgroundTasks>;
  readonly auditArchive: AuditArchive;
  readonly vault: Vault;
  readonly acme: AcmeClient;
  /** For the metrics; none where it is left out. */
  readonly caRequests?: () => readonly CaRequests[];
  readonly clock: Clock;
  readonly log: Log;
  readonly directories: DirectoryOverrides;
  readonly resolver: DnsResolver;
  /** Where Certdesk may connect to. */
  readonly addressPolicy: AddressPolicy;
  /** DNS provider id -> address in place of its own API's. */
  readonly dnsEndpoints: Readonly<Record<string, string>>;
  /** Where acme.sh is; null: its scripts are off. */
  readonly acmeShFolder: string | null;
  /** Where CAs ask for HTTP-01: 80 and 443, but in tests. */
  readonly webPorts: WebPorts;
  /** What the engine stands in: for the diagnostics. */
  surroundings(): Surroundings;
  readonly limits: EngineLimits;
  /** Ends this Certdesk and begins a new one on the same data folder, after a restore; returns at once. */
  restart(): void;
  /** Real time, chance and lists of revoked certificates, but where a test drives them. */
  readonly pace?: Pace;
  readonly random?: () => number;
  readonly crl?: CrlFetcher;
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
  readonly acknowledgements: Acknowledgements;
  readonly history: History;
  readonly issuance: Issuance;
  readonly reachability: ReachabilityVerbs;
  readonly jobs: Jobs;
  readonly events: Events;
  readonly dnsCredentials: DnsCredentialVerbs;
  readonly imports: Imports;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly audit: AuditTrail;
  readonly settings: SettingsVerbs;
  readonly budget: Pick<BudgetVerbs, 'get'>;
  readonly backups: Omit<Backups, 'state' | 'runIfDue'>;
  readonly restores: Restores;
  readonly refusals: RefusalLimit;
  readonly overview: OverviewVerbs;
  readonly notifications: Notifications;
  readonly journal: Journal;
  readonly clock: Clock;
  cas(): readonly CertificateAuthority[];
  caAccounts(): Promise<readonly CaAccount[]>;
  readonly caDirectories: CaDirectories;
  /** @throws CA_ACCOUNT_NOT_FOUND, ACME_* */
  changeAccountKey(id: string): Promise<void>;
  /** @throws CA_ACCOUNT_NOT_FOUND, CA_ACCOUNT_IN_USE, ACME_* */
  replaceAccount(id: string, eab: ExternalAccount | null): Promise<void>;
  /** @throws UNKNOWN_CA, INVALID_REQUEST, ACME_* */
  caProfiles(of: { readonly ca: string; readonly staging: boolean }): Promise<readonly CaProfile[]>;
  dnsProviders(): Promise<readonly DnsProviderInfo[]>;
  /** A person says that the records that a job waits for are written. @returns whether it waited for that. */
  confirmRecords: Confirmations['confirm'];
  /** A person starts a job that is held back. */
  startHeldBack: JobQueue['startHeldBack'];
  /** The key authorization of an http-01 token that is being validated; null for any other. */
  answerChallenge(token: string): string | null;
  diagnostics(): Promise<Diagnostics>;
  /** The shell command that prints a new sign-in link for this server. */
  signInCommand(): string;
  /** Prometheus text. @param ids Only of these projects; null for all. */
  metrics(ids: readonly string[] | null): Promise<{ readonly contentType: string; readonly body: string }>;
  counts(): { readonly running: number; readonly queued: number };
  /** What the desktop application remembers. */
  readonly desktopNotes: DesktopNotes;
  /** Looks for renewals now, or hears of a look that is under way. @returns how many were begun. */
  sweep(): Promise<number>;
  /** Certificates that expire without a renewal in sight. */
  expiring(): Promise<readonly ExpiringCertificate[]>;
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
  const jobSecrets = createJobSecrets(secrets);
  const locks = createKeyedMutex();
  const chooser = createDnsChooser(ports);
  const confirmations = createConfirmations();
  const solvers = createSolverRegistry({
    ...ports,
    http: http.solver,
    chooser,
    confirmations,
    locks,
    settings: stores.settings,
  });
  const accounts = createAccounts({
    ...ports,
    locks,
    replaceKey: (id) => replaceAccountKey(ports, id),
  });
  const deps = {
    ...ports,
    journal,
    accounts,
    chooser,
    solvers,
    secrets: jobSecrets,
    deadlineMs: limits.issueWithinMs,
    usage: createCaUsage(clock),
    places: createPlaces(),
    budget: createBudget(stores, clock, ports.directories),
    random: ports.random ?? Math.random,
    pace: ports.pace ?? REAL_PACE,
  };
  const queue = createJobQueue({ ...deps, ...createJobRunner(deps), concurrency: limits.concurrency });
  const issuance = createIssuance({
    ...deps,
    queue,
    savedBy: journal.savedBy,
    answerWithinMs: limits.answerWithinMs,
  });
  const crl = ports.crl ?? createCrlFetcher(ports.addressPolicy);
  const sessions = createSessions(stores, journal, clock);
  const sweeping = {
    ...deps,
    sessions,
    fetchCrl: crl.fetch,
    issuance,
    widen: queue.widen,
    sweepLeftovers: () => sweepLeftovers(deps),
    auditKeepDays: async () => (await readSettings(stores.settings, 'audit')).keepDays,
  };
  const scheduler = createScheduler({
    ...deps,
    sweep: (signal) => sweep(sweeping, signal),
    nextDue: stores.certificates.nextDue,
  });
  // One that lives for minutes is due before the next look that was planned without it.
  journal.listen(({ kind }) => {
    if (kind === 'certificate.stored') scheduler.planAgain();
  });

  const backups = createBackups({ ...ports, journal });
  const backingUp = createEveryMinute(backups.runIfDue);
  const overview = createOverview({
    stores,
    clock,
    secrets,
    scheduler,
    backup: backups.state,
    queue: () => queue.size,
  });
  const dnsCredentials = createDnsCredentials({ ...ports, journal });
  const version = () => ports.surroundings().version;
  const notifications = createNotifications({ ...deps, secrets, overview, version });

  return {
    projects: createProjects({
      stores,
      journal,
      clock,
      forgetCredentials: chooser.forget,
      findNeedingAttention: async (visible, now) =>
        (await findNeeds(stores, visible, now)).map(({ projectId }) => projectId),
    }),
    certificates: createCertificates({ ...ports, journal }),
    acknowledgements: createAcknowledgements({ journal, clock }),
    history: createHistory({ stores, journal, clock, directories: ports.directories }),
    issuance,
    reachability: createReachability({ ...ports, http, ports: ports.webPorts }),
    jobs: createJobs(stores, presentResult),
    events: createEvents(stores, journal),
    dnsCredentials,
    imports: createImports({ ...ports, journal, locks, dnsCredentials }),
    tokens: createTokens(stores, journal, clock),
    sessions,
    audit: createAuditTrail(stores),
    settings: createSettings(stores, journal, ports.addressPolicy),
    overview,
    notifications,
    backups,
    refusals: createRefusalLimit(clock),
    restores: createRestores({ ...deps, queue }),
    budget: deps.budget,
    journal,
    clock,
    cas: () => listAuthorities(ports.directories),
    caAccounts: () => listAccounts(stores, ports.directories),
    caDirectories: createCaDirectories(stores, journal),
    async changeAccountKey(id) {
      await accounts.changeKey(id, AbortSignal.timeout(limits.answerWithinMs));
      await journal.tell({
        kind: 'account.key-changed',
        message: `The account ${id} at its CA has a new key`,
      });
    },
    async replaceAccount(id, eab) {
      await accounts.replace(id, eab, AbortSignal.timeout(limits.answerWithinMs));
      await journal.tell({
        kind: 'account.replaced',
        message: `The account ${id} was replaced by a new one at its CA`,
      });
    },
    caProfiles: (of) => listProfiles(ports.acme, of, ports.directories),
    dnsProviders: () => listDnsProviders(ports.acmeShFolder),
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
    diagnostics: createDiagnostics({ ...ports, overview }),
    signInCommand: () => ports.surroundings().signInCommand,
    desktopNotes: createDesktopNotes(stores, clock),
    sweep: scheduler.sweep,
    expiring: () => listExpiring(stores, clock),
    async restoreChallenges() {
      for (const { challenges } of await stores.orders.all()) http.restore(challenges);
    },
    async start() {
      // A locked keychain is no reason not to start: the next start clears away what this one could not.
      await forgetStaleSecrets(stores, secrets).catch((error: unknown) =>
        log.warn({ err: error }, 'Old secrets stay until the next start'),
      );
      const resumed = await queue.resume();
      if (resumed > 0) log.info({ jobs: resumed }, 'Jobs of the last run are gone on with');
      await notifications.start(); // before the first sweep, which leaves a new heartbeat
      scheduler.start();
      backingUp.start();
    },
    async stop() {
      scheduler.stop();
      await notifications.stop();
      await Promise.all([queue.stop(), backingUp.stop()]);
      await journal
        .flush()
        .catch((error: unknown) => log.error({ err: error }, 'Repeated failures could not be recorded'));
      await Promise.all([ports.acme.close(), crl.close()]);
    },
  };
}
