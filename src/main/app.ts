// Creates the app: storage -> secrets -> engine -> router -> HTTP. The desktop application and the headless server each
// create a Platform and call createApp; they differ in nothing else.
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { CheckHealth, Health } from './api/context.ts';
import { createBackground } from './background/background.ts';
import { finishRestore } from './backup/finish-restore.ts';
import { openChecked } from './backup/open-checked.ts';
import { createBackupPort } from './backup/port.ts';
import { SERVER_ADDRESS, signInAddress } from './engine/access/sessions.ts';
import { createAcmeClient } from './engine/acme/client.ts';
import type { DirectoryOverrides } from './engine/acme/directories.ts';
import { directoryOrigin } from './engine/acme/directory-origin.ts';
import { createRequestCounts } from './engine/acme/request-counts.ts';
import type { BackgroundThreads } from './engine/background-tasks.ts';
import type { WebPorts } from './engine/challenges/reachability/fetch.ts';
import { CertdeskError } from './engine/core/errors.ts';
import type { Clock, SecretStore } from './engine/core/ports.ts';
import type { Stores } from './engine/core/stores.ts';
import { createEngine } from './engine/create-engine.ts';
import type { Surroundings } from './engine/diagnostics/diagnostics.ts';
import { createDnsResolver } from './engine/dns/lookup/resolver.ts';
import type { Engine, EnginePorts } from './engine/engine.ts';
import { createAddressPolicy } from './engine/outgoing/address-policy.ts';
import { type ChallengeListener, openChallengeListener } from './http/acme-challenge.ts';
import { type Listening, listenError } from './http/listen.ts';
import { createHttpServer } from './http/server.ts';
import { openSecretStore } from './secrets/open.ts';
import { createVault } from './secrets/vault.ts';
import type { ShellCommand } from './shell-command.ts';
import { createAuditArchive } from './storage/audit-archive.ts';
import { lockDataFolder, makeDataFolder } from './storage/data-folder.ts';
import { readDatabaseFacts } from './storage/database-facts.ts';
import { createStores } from './storage/stores.ts';

export interface Platform {
  readonly dataFolder: string;
  readonly secretStore: 'auto' | 'keychain' | 'sealed-file';
  /** A `port` of 0 picks a free one; null uses the port in the settings. */
  readonly api: { readonly host: string; readonly port: number | null };
  /** `required`: whether a port that cannot be opened fails the start, or only adds a notice. */
  readonly challenge: { readonly host: string; readonly port: number | null; readonly required: boolean };
  readonly allowedHosts: readonly string[];
  /**
   * Private networks, in CIDR notation, to which Certdesk may connect when a token or a remote server names an address.
   */
  readonly allowPrivate: readonly string[];
  readonly directories: DirectoryOverrides;
  readonly dns: {
    /** Resolvers as HOST:PORT; empty: the system's resolvers. */
    readonly resolvers: readonly string[];
    /** Maps provider IDs to URLs that replace the provider's own API. */
    readonly endpoints: Readonly<Record<string, string>>;
    /** The port of authoritative servers; null: 53. Tests use others. */
    readonly authorityPort: number | null;
    /** The folder of acme.sh; undefined or null disables its scripts. */
    readonly acmeShFolder?: string | null;
  };
  /** Ports that CAs use for HTTP-01 and its redirects; default: 80 and 443. Other ports only work in tests. */
  readonly webPorts?: WebPorts;
  /** Additional root certificates to trust for CAs, as PEM. */
  readonly acmeRoots: string | null;
  /** The folder of the built GUI; null if it is not built. */
  readonly guiFolder: string | null;
  readonly version: string;
  /** Builds command lines that users can type on this machine. */
  readonly shellCommand: ShellCommand;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly limits: Limits;
  /** Wraps the engine's ports; tests use it to end the process between two calls. */
  readonly around?: (ports: EnginePorts) => EnginePorts;
}

/** Time limits in milliseconds, and how many jobs run in parallel. */
export interface Limits {
  readonly concurrency: number;
  readonly acmeRequestMs: number;
  readonly answerWithinMs: number;
  readonly issueWithinMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  concurrency: 10,
  acmeRequestMs: 30_000,
  answerWithinMs: 120_000,
  issueWithinMs: 900_000,
};

export interface App {
  readonly engine: Engine;
  /** `http://127.0.0.1:7878` */
  readonly address: string;
  /** Notices of the start: the secret store in use and why, or a challenge port that could not be opened. */
  readonly notices: readonly string[];
  readonly challengePort: number | null;
  /** Resolves when the caller must close the app and create it again on the same data folder, to restore a backup. */
  readonly restartRequested: Promise<void>;
  readonly health: CheckHealth;
  /** Creates a one-time link that signs a browser in to the GUI. It is valid for 10 minutes. */
  signInLink(): Promise<string>;
  /** Stops everything; unfinished jobs resume at the next start. */
  close(): Promise<void>;
}

/**
 * Opens the data folder and starts all services. After an error, closes everything that it had opened.
 * @throws DATA_FOLDER_IN_USE, DATABASE_TOO_NEW, STORAGE_FAILED, LISTEN_FAILED, SECRET_STORE_UNAVAILABLE, each with
 * advice
 */
export async function createApp(platform: Platform): Promise<App> {
  const closing: Closing = [];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    return await open(platform, closing, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Steps that undo what was opened, the last one first. */
type Closing = (() => unknown)[];

async function open(platform: Platform, closing: Closing, close: () => Promise<void>): Promise<App> {
  const data = await openData(platform, closing);
  const built = await buildEngine(platform, data);
  const served = await serve(platform, { ...data, ...built }, closing);
  const { engine, notices, restartRequested } = built;
  const { address } = served;
  const signInLink = async () => signInAddress(address, (await engine.sessions.createLink()).secret);
  return { engine, notices, restartRequested, ...served, signInLink, close };
}

interface OpenData {
  readonly stores: Stores;
  readonly background: BackgroundThreads;
  readonly secrets: SecretStore;
  /** Why this secret store is used, as a sentence. */
  readonly secretStoreReason: string;
}

/** Locks the data folder, finishes a restore, and opens the database and the secret store. */
async function openData(platform: Platform, closing: Closing): Promise<OpenData> {
  const { dataFolder, logger } = platform;
  makeDataFolder(dataFolder);
  closing.push(lockDataFolder(dataFolder));
  const restored = await finishRestore(dataFolder);
  if (restored) logger.info({}, 'Backup restored: the previous data was moved aside');
  const database = await openChecked(dataFolder);
  closing.push(() => database.close());
  const stores = createStores(database.db, database.reads);
  const background = createBackground();
  closing.push(() => background.close());
  await stores.settings.set(SERVER_ADDRESS, null); // the address of the last run may be wrong
  const { store: secrets, reason } = await openSecrets(platform, stores);
  return { stores, background, secrets, secretStoreReason: reason };
}

interface BuiltEngine {
  readonly engine: Engine;
  readonly notices: string[];
  /** Where Certdesk listens, for the diagnostics. */
  readonly listeners: { api: string | null; challenges: string | null };
  /** Ports of Certdesk itself, which it never connects to on behalf of others. */
  readonly ownPorts: number[];
  readonly restartRequested: Promise<void>;
}

async function buildEngine(
  platform: Platform,
  { stores, background, secrets, secretStoreReason }: OpenData,
): Promise<BuiltEngine> {
  const { dataFolder, limits, directories, dns } = platform;
  const requests = createRequestCounts();
  const ownPorts: number[] = [];
  const { allowPrivate } = platform;
  const addressPolicy = createAddressPolicy({ allowPrivate, listeners: () => ownPorts });
  const acme = createAcmeClient({
    onAnswer: requests.note,
    addressPolicy,
    directoryOrigin: (url) => directoryOrigin(stores.settings, directories, url),
    requestTimeoutMs: limits.acmeRequestMs,
    userAgent: `Certdesk/${platform.version}`,
    ...(platform.acmeRoots === null ? {} : { trustedRoots: platform.acmeRoots }),
  });
  const notices = [secretStoreReason];
  const listeners: BuiltEngine['listeners'] = { api: null, challenges: null };
  const surroundings: Surroundings = {
    version: platform.version,
    signInCommand: platform.shellCommand('login-link'),
    secretStoreReason,
    listeners,
    notices,
    get database() {
      return readDatabaseFacts(dataFolder);
    },
  };
  const restart = Promise.withResolvers<void>();
  const { around = (ports) => ports } = platform;
  const ports = around({
    stores,
    secrets,
    backups: createBackupPort({ dataFolder, secrets, background, version: platform.version }),
    background,
    auditArchive: createAuditArchive(dataFolder),
    vault: createVault({ secrets, keyRecord: keyRecord(stores) }),
    acme,
    caRequests: requests.list,
    clock: platform.clock,
    log: platform.logger,
    directories,
    resolver: createDnsResolver({
      servers: dns.resolvers,
      addressPolicy,
      ...(dns.authorityPort === null ? {} : { authorityPort: dns.authorityPort }),
    }),
    dnsEndpoints: dns.endpoints,
    addressPolicy,
    acmeShFolder: dns.acmeShFolder ?? null,
    webPorts: platform.webPorts ?? { http: 80, https: 443 },
    surroundings: () => surroundings,
    limits,
    restart: restart.resolve,
  });
  return { engine: createEngine(ports), notices, listeners, ownPorts, restartRequested: restart.promise };
}

/** Opens the challenge listener and the API, then starts the engine: a CA may ask as soon as jobs are resumed. */
async function serve(
  platform: Platform,
  { engine, notices, listeners, ownPorts, stores, secrets }: OpenData & BuiltEngine,
  closing: Closing,
): Promise<Pick<App, 'address' | 'challengePort' | 'health'>> {
  const settings = await engine.settings.get();
  if (settings.sessions.signOutOnRestart) await engine.sessions.endAll();
  await engine.restoreChallenges();
  const { apiPort, challengePort } = settings.listeners;
  const challenge = await openChallenge(platform, challengePort, { engine, notices });
  if (challenge !== null) {
    closing.push(() => challenge.close());
    listeners.challenges = placeOf(platform.challenge.host, challenge.port);
    ownPorts.push(challenge.port);
  }
  const started = Promise.withResolvers<void>();
  const health = createHealthCheck(secrets, platform.clock);
  const address = await openApi(platform, apiPort, { engine, health, closing, started: started.promise });
  listeners.api = new URL(address).host;
  ownPorts.push(Number(new URL(address).port || 80));
  // Runs before the server closes, so that requests that wait for a job get an answer and the server can close.
  closing.push(() => engine.stop());
  await stores.settings.set(SERVER_ADDRESS, address); // for `certdesk login-link`, which runs in another process
  await engine.start().finally(started.resolve); // a failed start must not leave requests waiting
  return { address, challengePort: challenge?.port ?? null, health };
}

/** Opens the kind of store that the data folder has used so far, because only that store has its master key. */
async function openSecrets({ secretStore, dataFolder }: Platform, stores: Stores) {
  let installationId = await stores.settings.get('installation-id');
  if (typeof installationId !== 'string') {
    installationId = randomUUID();
    await stores.settings.set('installation-id', installationId);
  }
  const kind = await stores.settings.get('secret-store');
  const remembered = kind === 'keychain' || kind === 'sealed-file' ? kind : null;
  const opened = await openSecretStore({ mode: secretStore, folder: dataFolder, installationId, remembered });
  if (remembered === null) await stores.settings.set('secret-store', opened.kind);
  return opened;
}

function keyRecord({ settings }: Stores) {
  return {
    async get() {
      const id = await settings.get('master-key-id');
      return typeof id === 'string' ? id : null;
    },
    set: (id: string) => settings.set('master-key-id', id),
  };
}

async function openChallenge(
  { challenge: { required, host, port } }: Platform,
  usualPort: number,
  { engine, notices }: { readonly engine: Engine; readonly notices: string[] },
): Promise<ChallengeListener | null> {
  const listening: Listening = {
    host,
    port: port ?? usualPort,
    what: 'The HTTP-01 challenge listener',
    option: '--challenge-port',
  };
  try {
    return await openChallengeListener(listening, engine.answerChallenge);
  } catch (error) {
    if (required || !(error instanceof CertdeskError)) throw error;
    notices.push(
      `${error.message}. Until then HTTP-01 works only where a reverse proxy forwards /.well-known/acme-challenge/ to the API's address`,
    );
    return null;
  }
}

interface Served extends Pick<App, 'engine' | 'health'> {
  readonly closing: Closing;
  readonly started: Promise<void>;
}

async function openApi(
  platform: Platform,
  usualPort: number,
  { engine, health, closing, started }: Served,
): Promise<string> {
  const server = await createHttpServer({
    engine,
    health,
    logger: platform.logger,
    allowedHosts: platform.allowedHosts,
    guiFolder: platform.guiFolder,
    version: platform.version,
    started,
  });
  closing.push(() => server.close());
  const { host, port: wanted } = platform.api;
  const at = { host, port: wanted ?? usualPort, what: 'The API', option: '--port' };
  await server.listen({ host: at.host, port: at.port }).catch((error: unknown) => {
    throw listenError(error, at);
  });
  const bound = server.server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : at.port;
  return `http://${placeOf(host, port)}`;
}

const placeOf = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Health needs no authentication, so results are cached for this long. In milliseconds. */
const HEALTH_MS = 10_000;

/** Checks the secret store itself, because Certdesk cannot work with a locked keychain. */
function createHealthCheck(secrets: SecretStore, clock: Clock): CheckHealth {
  let last: { readonly at: number; readonly health: Promise<Health> } | null = null;
  const check = async (): Promise<Health> => {
    try {
      await secrets.names();
      return { ok: true, secretStore: secrets.kind };
    } catch {
      return { ok: false, secretStore: 'unavailable' };
    }
  };
  return ({ fresh }) => {
    const now = clock.now().getTime();
    // A result from the future, after the clock was set back, is stale.
    if (fresh || last === null || now < last.at || now - last.at >= HEALTH_MS)
      last = { at: now, health: check() };
    return last.health;
  };
}
