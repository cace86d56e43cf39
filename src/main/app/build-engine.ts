// Creates the engine with the real implementations of its ports.
import { join } from 'node:path';
import { createBackupPort } from '../backup/port.ts';
import { createAcmeClient } from '../engine/acme/client.ts';
import { directoryOrigin } from '../engine/acme/directory-origin.ts';
import { createRequestCounts } from '../engine/acme/request-counts.ts';
import type { Stores } from '../engine/core/stores.ts';
import { createEngine } from '../engine/create-engine.ts';
import { createConnectTransport } from '../engine/deploy/transports/connect.ts';
import type { Surroundings } from '../engine/diagnostics/diagnostics.ts';
import { createDnsResolver } from '../engine/dns/lookup/resolver.ts';
import type { Engine } from '../engine/engine.ts';
import { createAddressPolicy } from '../engine/outgoing/address-policy.ts';
import { createVault } from '../secrets/vault.ts';
import { createAuditArchive } from '../storage/audit-archive.ts';
import { readDatabaseFacts } from '../storage/database-facts.ts';
import type { OpenData } from './data.ts';
import type { Platform } from './platform.ts';

export interface BuiltEngine {
  readonly engine: Engine;
  readonly notices: string[];
  /** Where Certdesk listens, for the diagnostics. */
  readonly listeners: { api: string | null; challenges: string | null; alpn: string | null };
  /** Ports of Certdesk itself, which it never connects to on behalf of others. */
  readonly ownPorts: number[];
  readonly restartRequested: Promise<void>;
}

export async function buildEngine(
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
    memory: { settings: stores.settings, now: () => platform.clock.now().getTime() },
    requestTimeoutMs: limits.acmeRequestMs,
    userAgent: `Certdesk/${platform.version}`,
    ...(platform.acmeRoots === null ? {} : { trustedRoots: platform.acmeRoots }),
  });
  const notices = [secretStoreReason];
  const listeners: BuiltEngine['listeners'] = { api: null, challenges: null, alpn: null };
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
    connectHost: createConnectTransport({
      policy: addressPolicy,
      localFolder: join(dataFolder, 'deployments'),
    }),
    surroundings: () => surroundings,
    limits,
    restart: restart.resolve,
  });
  return { engine: createEngine(ports), notices, listeners, ownPorts, restartRequested: restart.promise };
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
