// Defines the contract of the engine: the ports that it needs and the services that it offers. create-engine.ts wires
// it.

import type { AccountRecords, CaAccount, CaProfile } from '../../shared/ca-account.ts';
import type { RecipeInfo } from '../../shared/deployment.ts';
import type { DeployedMany, DeployMany } from '../../shared/deployment-bulk.ts';
import type { Diagnostics } from '../../shared/diagnostics.ts';
import type { TagPreview } from '../../shared/host.ts';
import type { RefusalLimit } from './access/refusal-limit.ts';
import type { Sessions } from './access/sessions.ts';
import type { Tokens } from './access/tokens.ts';
import type { ExternalAccount } from './acme/accounts.ts';
import type { CaDirectories } from './acme/approved-directories.ts';
import type { AcmeClient } from './acme/contract.ts';
import type { CertificateAuthority, DirectoryOverrides } from './acme/directories.ts';
import type { CaRequests } from './acme/request-counts.ts';
import type { AuditArchive } from './audit/archive.ts';
import type { Journal } from './audit/journal.ts';
import type { AuditTrail } from './audit/trail.ts';
import type { BackgroundTasks } from './background-tasks.ts';
import type { BackupPort, Backups } from './backups/backups.ts';
import type { Restores } from './backups/restores.ts';
import type { Acknowledgements } from './certificates/acknowledge.ts';
import type { Certificates } from './certificates/certificates.ts';
import type { History } from './certificates/versions.ts';
import type { Confirmations } from './challenges/manual-confirmations.ts';
import type { WebPorts } from './challenges/reachability/fetch.ts';
import type { ReachabilityService } from './challenges/reachability/reachability.ts';
import type { AlpnChallenges } from './challenges/tls-alpn-01.ts';
import type { Background } from './core/background.ts';
import type { Clock, Log, SecretStore, Vault } from './core/ports.ts';
import type { Stores } from './core/stores.ts';
import type { Timing } from './core/timing.ts';
import type { AddToMany } from './deploy/add-to-many.ts';
import type { Deployments } from './deploy/deployments.ts';
import type { HostTests, HostTestsDeps } from './deploy/host-tests.ts';
import type { DeploymentRuns } from './deploy/runs.ts';
import type { ConnectTransport } from './deploy/transport.ts';
import type { Surroundings } from './diagnostics/diagnostics.ts';
import type { DnsCredentialService } from './dns/credentials/credentials.ts';
import type { DnsResolver } from './dns/lookup/resolver.ts';
import type { DnsProviderInfo } from './dns/providers/registry.ts';
import type { CaaLocks } from './doctor/caa-locks.ts';
import type { Doctor } from './doctor/doctor.ts';
import type { PersistRecords } from './doctor/persist-records.ts';
import type { Endpoints } from './endpoints/add-endpoints.ts';
import type { HostCredentials } from './hosts/credentials.ts';
import type { Hosts } from './hosts/hosts.ts';
import type { HostImports } from './hosts/import-hosts.ts';
import type { HttpsService } from './https/https.ts';
import type { Imports } from './import/imports.ts';
import type { Incidents } from './incidents/incidents.ts';
import type { Issuance } from './issuance/service.ts';
import type { Events, Jobs } from './jobs/job-views.ts';
import type { JobQueue } from './jobs/queue.ts';
import type { Notifications } from './notifications/notifications.ts';
import type { AddressPolicy } from './outgoing/address-policy.ts';
import type { ExpiringCertificate } from './overview/expiring.ts';
import type { OverviewService } from './overview/overview.ts';
import type { Projects } from './projects/projects.ts';
import type { BudgetService } from './rate-limits/budget.ts';
import type { CrlFetcher } from './revocation/crl-fetcher.ts';
import type { DesktopState } from './settings/desktop-state.ts';
import type { SavedFilters } from './settings/saved-filters.ts';
import type { SettingsService } from './settings/settings.ts';
import type { SimulationService } from './simulation/simulation.ts';

export interface EnginePorts {
  readonly stores: Stores;
  readonly secrets: SecretStore;
  readonly backups: BackupPort;
  readonly background: Background<BackgroundTasks>;
  readonly auditArchive: AuditArchive;
  readonly vault: Vault;
  readonly acme: AcmeClient;
  /** Requests to CAs for the metrics. Default: none. */
  readonly caRequests?: () => readonly CaRequests[];
  readonly clock: Clock;
  readonly log: Log;
  readonly directories: DirectoryOverrides;
  readonly resolver: DnsResolver;
  /** Decides which addresses Certdesk may connect to. */
  readonly addressPolicy: AddressPolicy;
  /** DNS provider id -> URL used instead of the provider's API. */
  readonly dnsEndpoints: Readonly<Record<string, string>>;
  /** acme.sh's folder; null if its scripts are disabled. */
  readonly acmeShFolder: string | null;
  /** The ports where CAs request HTTP-01 and TLS-ALPN-01 challenges: 80 and 443, except in tests. */
  readonly webPorts: WebPorts;
  /** Connects to the hosts of deployments. */
  readonly connectHost: ConnectTransport;
  /** Reads the keys of a host without signing in. Default: by SSH. */
  readonly scanHost?: HostTestsDeps['scan'];
  /** Facts for the diagnostics that the engine cannot determine itself. */
  surroundings(): Surroundings;
  readonly limits: EngineLimits;
  /** Restarts Certdesk on the same data folder after a restore; returns immediately. */
  restart(): void;
  /** Default: real time, Math.random and a CRL fetcher. Tests replace them. */
  readonly timing?: Timing;
  readonly random?: () => number;
  readonly crl?: CrlFetcher;
}

export interface EngineLimits {
  /** Jobs that run in parallel. */
  readonly concurrency: number;
  /** How long a caller waits for a job before ACME_TIMEOUT, in milliseconds. */
  readonly answerWithinMs: number;
  /** How long one issuance may take in total, in milliseconds. */
  readonly issueWithinMs: number;
  /** How long the doctor may examine an order, in milliseconds. */
  readonly examineWithinMs: number;
}

export interface Engine {
  readonly projects: Projects;
  readonly certificates: Certificates;
  readonly acknowledgements: Acknowledgements;
  readonly history: History;
  readonly issuance: Issuance;
  readonly reachability: ReachabilityService;
  readonly doctor: Doctor;
  readonly caaLocks: CaaLocks;
  readonly persistRecords: PersistRecords;
  readonly jobs: Jobs;
  readonly events: Events;
  readonly dnsCredentials: DnsCredentialService;
  readonly hosts: Hosts;
  readonly hostImports: HostImports;
  readonly hostCredentials: HostCredentials;
  readonly deployments: Deployments;
  /** Starts the deployments of many projects. @param visible The caller's projects; null for all. @throws DEPLOYMENT_NOT_FOUND */
  deployMany(wanted: DeployMany, visible: readonly string[] | null): Promise<DeployedMany>;
  readonly addToMany: AddToMany;
  readonly deploymentRuns: DeploymentRuns;
  readonly hostTests: HostTests;
  deploymentRecipes(): readonly RecipeInfo[];
  /** Lists what a host would receive with other tags. @throws HOST_NOT_FOUND */
  previewTags(hostId: string, tags: readonly string[]): Promise<TagPreview>;
  readonly endpoints: Endpoints;
  readonly imports: Imports;
  readonly https: HttpsService;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly audit: AuditTrail;
  readonly settings: SettingsService;
  readonly savedFilters: SavedFilters;
  readonly budget: Pick<BudgetService, 'get'>;
  readonly backups: Omit<Backups, 'state' | 'runIfDue'>;
  readonly restores: Restores;
  readonly refusals: RefusalLimit;
  readonly overview: OverviewService;
  readonly simulation: SimulationService;
  readonly incidents: Incidents;
  readonly notifications: Notifications;
  readonly journal: Journal;
  readonly clock: Clock;
  cas(): readonly CertificateAuthority[];
  caAccounts(): Promise<readonly CaAccount[]>;
  /** Lists DNS records that name the account. @throws CA_ACCOUNT_NOT_FOUND */
  caAccountRecords(id: string): Promise<AccountRecords>;
  readonly caDirectories: CaDirectories;
  /** @throws CA_ACCOUNT_NOT_FOUND, ACME_* */
  changeAccountKey(id: string): Promise<void>;
  /** @throws CA_ACCOUNT_NOT_FOUND, CA_ACCOUNT_IN_USE, ACME_* */
  replaceAccount(id: string, eab: ExternalAccount | null): Promise<void>;
  /** @throws UNKNOWN_CA, INVALID_REQUEST, ACME_* */
  caProfiles(of: { readonly ca: string; readonly staging: boolean }): Promise<readonly CaProfile[]>;
  dnsProviders(): Promise<readonly DnsProviderInfo[]>;
  /**
   * Confirms that the user has created the TXT records that a job waits for.
   * @returns whether the job waited for them
   */
  confirmRecords: Confirmations['confirm'];
  /** Starts a job that is held back before its time. */
  startHeldBack: JobQueue['startHeldBack'];
  /** Returns the key authorization of an http-01 token that is being validated; null for any other. */
  answerChallenge(token: string): string | null;
  /** Returns the certificate of a tls-alpn-01 challenge that is being validated. */
  readonly alpnChallenges: Pick<AlpnChallenges, 'answer'>;
  diagnostics(): Promise<Diagnostics>;
  /** The shell command that prints a new sign-in link for this server. */
  signInCommand(): string;
  /** Prometheus text. @param ids Only of these projects; null for all. */
  metrics(ids: readonly string[] | null): Promise<{ readonly contentType: string; readonly body: string }>;
  counts(): { readonly running: number; readonly queued: number };
  /** What the desktop application stores between starts. */
  readonly desktopState: DesktopState;
  /** Runs a renewal check now, or joins the one that is running. @returns how many renewals it started. */
  sweep(): Promise<number>;
  /** Lists certificates that will expire without a renewal. */
  expiring(): Promise<readonly ExpiringCertificate[]>;
  /** Serves the challenges that an earlier run presented. Call it before the challenge listener accepts requests. */
  restoreChallenges(): Promise<void>;
  /** Resumes the jobs of the last run, and starts the renewal checks. */
  start(): Promise<void>;
  /** Stops what is running; the next start resumes it. */
  stop(): Promise<void>;
}
