// A database with endpoints, the engine's checker and sweeps on it, a clock that the test moves, and a probe that answers
// from a table: the tests of sweeps decide what each address presents.
import { X509Certificate } from 'node:crypto';
import type { Act } from '../../../src/main/engine/audit/journal.ts';
import { createEndpointChecker } from '../../../src/main/engine/endpoints/checker.ts';
import { createEndpoints } from '../../../src/main/engine/endpoints/endpoints.ts';
import type { FailureCode, Probe, ProbeTarget } from '../../../src/main/engine/endpoints/sighting.ts';
import { createEndpointSweeps } from '../../../src/main/engine/endpoints/sweeps.ts';
import { createAddressPolicy, type LookUp } from '../../../src/main/engine/outgoing/address-policy.ts';
import { CreateEndpointSchema, type EndpointDetail } from '../../../src/shared/endpoint-record.ts';
import { toTimestamp } from '../../../src/shared/time.ts';
import { openTestDatabase, QUIET } from '../engine/database.ts';
import { CERTIFICATE, PROJECT } from '../engine/records.ts';
import type { CertifiedKey } from '../tools/openssl.ts';
import { toDer } from './chains.ts';

const PERSON: Act = {
  actor: { kind: 'window', id: null, name: 'Test', address: null },
  operation: 'endpoints.create',
  summary: 'Create an endpoint',
  projectId: null,
  record: 'changes',
};

export interface EndpointWorldOptions {
  /** PEM. */
  readonly roots: readonly string[];
  /** Host -> addresses. An error code stands for a failed look-up. */
  readonly hosts: Map<string, readonly string[] | 'ENOTFOUND' | 'EAI_AGAIN'>;
  /** Default: the table `presents`. */
  readonly probe?: Probe;
  /** Asked in each check, after the probe. */
  readonly isRollingOut?: () => boolean | Promise<boolean>;
  readonly service?: string;
}

/** What an address does: a chain, the leaf first, or a failure; an error of the probe itself. */
export type Presents = readonly CertifiedKey[] | FailureCode | Error;

export function createEndpointWorld(options: EndpointWorldOptions) {
  const { stores, db, journal: journalOf, close } = openTestDatabase();
  let now = new Date();
  const clock = { now: () => now };
  const journal = journalOf(clock);
  /** `ADDRESS`, or `ADDRESS KEYTYPE` for a server with two certificates. */
  const presents = new Map<string, Presents>();
  const probed: ProbeTarget[] = [];

  const probe: Probe = async (target, { signal }) => {
    signal.throwIfAborted();
    probed.push(target);
    const { address, keyType } = target;
    const answer = presents.get(`${address} ${keyType}`) ?? presents.get(address) ?? 'refused';
    const at = toTimestamp(now);
    if (answer instanceof Error) throw answer;
    if (typeof answer === 'string')
      return { state: 'failed', address, code: answer, message: `${address} failed (${answer}).`, at };
    return {
      state: 'presented',
      address,
      chain: answer.map(toDer),
      tlsVersion: 'TLSv1.3',
      cipher: null,
      outdated: false,
      at,
    };
  };

  const lookup: LookUp = (host, _options, callback) => {
    const found = options.hosts.get(host) ?? 'ENOTFOUND';
    if (typeof found === 'string') return callback(Object.assign(new Error(found), { code: found }), []);
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

  const checker = createEndpointChecker({
    stores,
    journal,
    clock,
    log: QUIET,
    random: () => 0.5,
    probe: options.probe ?? probe,
    policy: { lookup },
    crls: {
      fetchCrl: async () => Promise.reject(new Error('these certificates name no list')),
      lookUpCrl: async () => null,
    },
    roots: () => options.roots,
    isRollingOut: async () => (await options.isRollingOut?.()) ?? false,
    serviceOf: async () => options.service ?? null,
  });
  const sweeps = createEndpointSweeps({ stores, clock, log: QUIET, checker });
  const endpoints = createEndpoints({
    stores,
    journal,
    clock,
    addressPolicy: createAddressPolicy(),
    checker,
    servedPorts: async () => [],
  });

  let versions = 0;
  return {
    stores,
    db,
    journal,
    clock,
    checker,
    sweeps,
    endpoints,
    presents,
    probed,
    /** As a signed-in person, who may name private addresses. */
    create: (body: object) =>
      journal.perform(PERSON, () => endpoints.create(CreateEndpointSchema.parse(body))),
    get: (id: string): Promise<EndpointDetail> => endpoints.get(id, null),
    pass(minutes: number): void {
      now = new Date(now.getTime() + minutes * 60_000);
    },
    /** Moves the clock and checks everything that is due. */
    async sweepAfter(minutes: number): Promise<void> {
      now = new Date(now.getTime() + minutes * 60_000);
      await sweeps.run();
    },
    createProject: (id: string, domain: string) =>
      stores.projects.create({ ...PROJECT, id, name: domain, domain, altNames: [] }),
    /** Activates a version of the project's certificate. */
    async activate(projectId: string, chain: readonly CertifiedKey[]): Promise<void> {
      versions += 1;
      const [leaf] = chain;
      const x509 = new X509Certificate(leaf?.certificate ?? '');
      await stores.certificates.activate({
        ...CERTIFICATE,
        id: `${projectId}-${versions}`,
        projectId,
        domain: 'mail.example.com',
        names: ['mail.example.com'],
        chain: chain.map(({ certificate }) => certificate).join(''),
        fingerprint: x509.fingerprint256.replaceAll(':', ''),
        serial: x509.serialNumber,
        issuedAt: toTimestamp(x509.validFromDate),
        expiresAt: toTimestamp(x509.validToDate),
        storedAt: toTimestamp(now),
      });
    },
    async kinds(): Promise<readonly string[]> {
      return (await stores.events.list({ after: 0, limit: 1_000 })).map(({ kind }) => kind);
    },
    close,
  };
}

export type EndpointWorld = ReturnType<typeof createEndpointWorld>;
