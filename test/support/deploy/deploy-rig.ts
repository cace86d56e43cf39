// Deployments on a real database, with a host in memory and a service that presents what it last loaded.

import { createJournal } from '../../../src/main/engine/audit/journal.ts';
import { createCertificates } from '../../../src/main/engine/certificates/certificates.ts';
import { watchCertificates } from '../../../src/main/engine/certificates/watch.ts';
import type { CertificateRecord } from '../../../src/main/engine/core/model.ts';
import type { Vault } from '../../../src/main/engine/core/ports.ts';
import type { Stores } from '../../../src/main/engine/core/stores.ts';
import { createDeployments } from '../../../src/main/engine/deploy/deployments.ts';
import { visitHostless } from '../../../src/main/engine/deploy/hostless.ts';
import { rearmRefused } from '../../../src/main/engine/deploy/refused-keys.ts';
import { createDeploymentRunner } from '../../../src/main/engine/deploy/runner.ts';
import { createDeploymentRuns } from '../../../src/main/engine/deploy/runs.ts';
import { usersOfSecret } from '../../../src/main/engine/deploy/secrets-in-use.ts';
import { releaseHost, syncHost } from '../../../src/main/engine/deploy/targets.ts';
import { visitHost } from '../../../src/main/engine/deploy/visit-host.ts';
import { createDeploymentWatcher } from '../../../src/main/engine/deploy/watcher.ts';
import type { Probe, Sighting } from '../../../src/main/engine/endpoints/sighting.ts';
import { createHostCredentials } from '../../../src/main/engine/hosts/credentials.ts';
import { createHosts } from '../../../src/main/engine/hosts/hosts.ts';
import { createAddressPolicy } from '../../../src/main/engine/outgoing/address-policy.ts';
import { parseChain } from '../../../src/main/engine/pki/inspect/chain.ts';
import { leafFacts } from '../../../src/main/engine/pki/inspect/facts.ts';
import { CreateDeploymentSchema } from '../../../src/shared/deployment.ts';
import { CreateHostSchema } from '../../../src/shared/host.ts';
import { toTimestamp } from '../../../src/shared/time.ts';
import { NOW } from '../engine/certificates.ts';
import { openTestDatabase, QUIET } from '../engine/database.ts';
import { CERTIFICATE, PROJECT } from '../engine/records.ts';
import { createVirtualTiming } from '../engine/virtual-time.ts';
import type { CertifiedKey } from '../tools/openssl.ts';
import { createHostDouble, type HostDouble } from './host-double.ts';

const vault: Vault = {
  seal: async (text, context) => Buffer.from(JSON.stringify([context, text])),
  async open(sealed, context) {
    const [sealedFor, text] = JSON.parse(Buffer.from(sealed).toString());
    if (sealedFor !== context) throw new Error(`sealed for ${sealedFor}, opened for ${context}`);
    return text;
  },
};

export type DeployRig = ReturnType<typeof createDeployRig>;

export function createDeployRig() {
  const database = openTestDatabase();
  let time = NOW;
  const clock = { now: () => time };
  const stores = watchCertificates(database.stores, createDeploymentWatcher(clock));
  const journal = createJournal(stores, clock, QUIET);
  const values = new Map<string, string>();
  const secrets = {
    kind: 'sealed-file' as const,
    get: async (name: string) => values.get(name) ?? null,
    set: async (name: string, value: string) => void values.set(name, value),
    delete: async (name: string) => void values.delete(name),
    names: async () => [...values.keys()],
  };
  const doubles = new Map<string, HostDouble>();
  const events: string[] = [];
  journal.listen(({ kind }) => void events.push(kind));
  let probe: Probe = async ({ address }) => refused(address);
  const walk = {
    stores,
    journal,
    vault,
    secrets,
    clock,
    log: QUIET,
    timing: createVirtualTiming(),
    probe: ((target, options) => probe(target, options)) satisfies Probe,
    policy: {
      lookup: (
        _host: string,
        _options: object,
        done: (error: null, found: { address: string; family: number }[]) => void,
      ) => done(null, [{ address: '192.0.2.1', family: 4 }]),
    },
    connect: (host, signal) => doubleOf(host.name).connect(host, signal),
  } satisfies Parameters<typeof visitHost>[0];
  let acmeShFolder: string | null = null;
  const createRunner = () =>
    createDeploymentRunner({
      stores,
      clock,
      log: QUIET,
      concurrency: 10,
      async visit(hostId, runIds, signal) {
        const of = { hostId, runIds };
        const hostless = { ...walk, addressPolicy: createAddressPolicy(), acmeShFolder };
        if (!(await visitHostless(hostless, of, signal))) await visitHost(walk, of, signal);
      },
    });
  const now = () => toTimestamp(time);
  let runner = createRunner();

  function doubleOf(name: string): HostDouble {
    const known = doubles.get(name);
    if (known !== undefined) return known;
    const created = createHostDouble();
    doubles.set(name, created);
    return created;
  }

  const hosts = createHosts({
    stores,
    journal,
    clock,
    syncTags: (tx, host, before) => syncHost(tx, host, { before, now: now() }),
    release: (tx, host) => releaseHost(tx, host, now()),
    onKeysAccepted: (tx, hostId) => rearmRefused(tx, hostId, now()),
  });
  const deployments = createDeployments({ stores, journal, vault, clock });

  return {
    stores,
    database,
    secrets,
    hosts,
    deployments,
    events,
    doubleOf,
    clock,
    walk,
    credentials: createHostCredentials({
      stores,
      journal,
      secrets,
      clock,
      readKey: async () => ({ type: 'ssh-ed25519', sha256: 'x', line: 'ssh-ed25519 x' }),
      deploymentsOf: (id) => usersOfSecret(stores, id),
    }),
    runs: createDeploymentRuns({ stores, journal, clock }),
    certificates: createCertificates({
      stores,
      journal,
      vault,
      clock,
      background: { run: () => Promise.reject(new Error('not here')) },
    } as unknown as Parameters<typeof createCertificates>[0]),
    setAcmeShFolder: (folder: string | null) => {
      acmeShFolder = folder;
    },
    setProbe: (next: Probe) => {
      probe = next;
    },
    async project(id = 'p1', domain = 'api.example.com') {
      await stores.projects.create({ ...PROJECT, id, name: id, domain, altNames: [] });
    },
    host: (name: string, more: object = {}) =>
      hosts.create(CreateHostSchema.parse({ name, transport: 'local', ...more })),
    deploy: (projectId: string, body: object) =>
      deployments.create(projectId, CreateDeploymentSchema.parse(body)),
    /** Activates a version as a renewal would. */
    async activate(
      { certificate, privateKey }: Pick<CertifiedKey, 'certificate' | 'privateKey'>,
      more: Partial<CertificateRecord> & { chain?: string } = {},
    ) {
      const id = more.id ?? `c${values.size}-${Math.random().toString(36).slice(2)}`;
      const chain = more.chain ?? certificate;
      const [leaf] = parseChain(chain);
      if (leaf === undefined) throw new Error('no leaf');
      const record: CertificateRecord = {
        ...CERTIFICATE,
        ...leafFacts(leaf),
        domain: 'api.example.com',
        keySealed: await vault.seal(privateKey, `certificate:${id}`),
        storedAt: now(),
        ...more,
        chain,
        id,
      };
      await journal.write((tx) => tx.certificates.activate(record));
      return record;
    },
    write: <T>(work: (tx: Stores) => Promise<T>) => journal.write(work),
    runDue: () => runner.runDue(),
    /** As after a SIGKILL: another runner, which finds the rows as they are. */
    async restart() {
      runner = createRunner();
      await runner.start();
      await runner.runDue();
    },
    stop: () => runner.stop(),
    pass(minutes: number) {
      time = new Date(time.getTime() + minutes * 60_000);
    },
    async lastRun(deploymentId: string) {
      const [run] = await stores.deploymentRuns.list({ deploymentId, limit: 1 });
      if (run === undefined) throw new Error('no run');
      return run;
    },
    async close() {
      await runner.stop();
      await database.close();
    },
  };
}

export function refused(address: string): Sighting {
  return {
    state: 'failed',
    address,
    code: 'refused',
    message: `${address} refused.`,
    at: '2026-06-01T12:00:00Z',
  };
}

/** A service that presents these PEM certificates. */
export function presents(pem: string): Probe {
  return async ({ address }) => ({
    state: 'presented',
    address,
    chain: parseChain(pem).map(({ x509 }) => x509.raw),
    tlsVersion: 'TLSv1.3',
    cipher: null,
    outdated: false,
    at: '2026-06-01T12:00:00Z',
  });
}
