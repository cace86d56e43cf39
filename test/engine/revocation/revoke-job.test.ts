// A revocation job on a database, with recorders in place of the CA and of the issuance of its replacement.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeSession } from '../../../src/main/engine/acme/contract.ts';
import type { ChallengeSolver } from '../../../src/main/engine/challenges/solver.ts';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import type {
  CertificateRecord,
  ChallengeRecord,
  JobRecord,
  OrderRecord,
} from '../../../src/main/engine/core/model.ts';
import { createJobSecrets } from '../../../src/main/engine/jobs/job-secrets.ts';
import { createRevocationJobs } from '../../../src/main/engine/revocation/revoke-job.ts';
import type { RevocationReason } from '../../../src/shared/certificate.ts';
import { openTestDatabase, QUIET, type TestDatabase } from '../../support/engine/database.ts';
import { CERTIFICATE, JOB, PROJECT, SPEC } from '../../support/engine/records.ts';

const DIRECTORY = 'https://ca.example/directory';
const CHALLENGE: ChallengeRecord = {
  authorizationUrl: 'https://ca.example/authz/1',
  challengeUrl: 'https://ca.example/chall/1',
  type: 'http-01',
  identifier: 'shop.example.com',
  wildcard: false,
  token: 't',
  keyAuthorization: 't.k',
  state: 'presented',
  ref: null,
};
const ORDER: OrderRecord = {
  jobId: JOB.id,
  accountId: 'a1',
  directoryUrl: DIRECTORY,
  keySealed: Buffer.from('sealed'),
  csr: 'the CSR',
  url: 'https://ca.example/order/1',
  challenges: [CHALLENGE],
  updatedAt: '2025-12-31T00:00:00Z',
  finalizedAt: null,
  asCreated: null,
  spec: null,
};
const REPLACEMENT: CertificateRecord = { ...CERTIFICATE, id: 'c2', fingerprint: 'BB' };
const down = new CertdeskError('ACME_UNAVAILABLE', 'The CA is down.');

let database: TestDatabase;
let did: string[];
/** Undefined: everything succeeds. */
let refusal: CertdeskError | undefined;
let cleanUpFails: boolean;
let whileRevoked: () => Promise<void>;

beforeEach(async () => {
  database = openTestDatabase();
  did = [];
  refusal = undefined;
  cleanUpFails = false;
  whileRevoked = async () => undefined;
  await database.stores.projects.create(PROJECT);
  await database.stores.certificates.activate(CERTIFICATE);
});
afterEach(() => database?.close());

async function revoke(reason: RevocationReason, replace: boolean): Promise<JobRecord> {
  const replacement = replace ? { replacement: { spec: SPEC, autoRenew: true } } : {};
  const input = { kind: 'revoke', certificateId: CERTIFICATE.id, reason, ...replacement } as const;
  const job: JobRecord = { ...JOB, input, state: 'running' };
  await database.stores.jobs.create(job);
  return job;
}

function jobs() {
  const { stores } = database;
  const clock = { now: () => new Date('2026-01-02T00:00:00Z') };
  const calls: Pick<AcmeSession, 'revokeCertificate'> = {
    async revokeCertificate() {
      did.push('revoke');
      await whileRevoked();
      if (refusal !== undefined) throw refusal;
    },
  };
  const session = calls as AcmeSession;
  const account = {
    id: 'a1',
    directoryUrl: DIRECTORY,
    email: null,
    url: 'u',
    createdAt: '2026-01-01T00:00:00Z',
  };
  const solver: ChallengeSolver = {
    type: 'http-01',
    present: async () => undefined,
    awaitVisible: async () => undefined,
    async cleanUp() {
      if (cleanUpFails) throw new Error('the provider is down');
      did.push('clean up');
    },
  };
  const secrets = { get: async () => null, set: async () => undefined, delete: async () => undefined };
  return createRevocationJobs(
    {
      stores,
      clock,
      random: () => 0,
      journal: database.journal(clock),
      log: QUIET,
      directories: {},
      vault: { seal: async () => new Uint8Array(), open: async () => 'the key' },
      secrets: createJobSecrets({ kind: 'sealed-file', names: async () => [], ...secrets }),
      solvers: { solverFor: async () => ({ solver, patienceMs: 0 }) },
      accounts: { reopen: async () => ({ session, account: { ...account, keySealed: new Uint8Array() } }) },
      acme: { session: () => session },
    },
    { succeed: async () => void did.push('succeed') },
    {
      async issueSuccessor() {
        did.push('issueSuccessor');
        throw down;
      },
      failed: async () => void did.push('failed renewal'),
    },
  );
}

const run = (job: JobRecord) => {
  if (job.input.kind !== 'revoke') throw new Error('no revocation');
  return jobs().run(job, job.input, new AbortController().signal);
};

describe('a job killed after its replacement was activated', () => {
  let job: JobRecord;
  beforeEach(async () => {
    await database.stores.certificates.activate(REPLACEMENT);
    job = await revoke('keyCompromise', true);
    await database.stores.orders.put(ORDER);
  });

  it('does not issue again, cleans up, and revokes the previous version', async () => {
    await run(job);
    expect(did).toEqual(['clean up', 'revoke', 'succeed']);
    expect((await database.stores.certificates.get(CERTIFICATE.id))?.revocationReason).toBe('keyCompromise');
    expect((await database.stores.certificates.get(REPLACEMENT.id))?.revokedAt).toBeNull();
  });

  it('says what is active if the CA does not revoke', async () => {
    refusal = down;
    await expect(run(job)).rejects.toMatchObject({
      code: 'ACME_UNAVAILABLE',
      message: expect.stringContaining('The replacement is active'),
      details: { versionId: CERTIFICATE.id },
    });
  });

  it('revokes even if the clean-up fails, which stays to be done', async () => {
    cleanUpFails = true;
    await run(job);
    expect(did).toEqual(['revoke', 'succeed']);
    expect(await database.stores.orders.get(job.id)).toMatchObject({
      url: null,
      keySealed: null,
      challenges: [{ state: 'presented' }],
    });
  });
});

it('revokes nothing if the replacement fails', async () => {
  const job = await revoke('keyCompromise', true);
  await expect(run(job)).rejects.toMatchObject({ message: expect.stringContaining('Nothing was revoked') });
  expect(did).toEqual(['issueSuccessor']);
});

describe('the stored order of a failed job', () => {
  async function keepOrder(state: ChallengeRecord['state']): Promise<void> {
    const error = new CertdeskError('ACME_TIMEOUT').toBody();
    await database.stores.jobs.create({ ...JOB, id: 'before', state: 'failed', error });
    await database.stores.orders.put({ ...ORDER, jobId: 'before', challenges: [{ ...CHALLENGE, state }] });
  }
  const kept = () => database.stores.orders.get('before');

  it.each([
    ['with a replacement that cannot be had', true, undefined],
    ['without one', false, undefined],
    ['without one, where the CA does not revoke', false, down],
  ])('is not resumed once a key has leaked: revoked %s', async (_, replace, answer) => {
    await keepOrder('cleaned');
    refusal = answer;
    await run(await revoke('keyCompromise', replace)).catch(() => undefined);
    expect(did).toContain(replace ? 'issueSuccessor' : 'revoke');
    expect(await kept()).toBeNull();
  });

  it('is still cleaned up', async () => {
    await keepOrder('presented');
    await run(await revoke('keyCompromise', false));
    expect(await kept()).toMatchObject({ url: null, keySealed: null, challenges: [{ state: 'presented' }] });
  });

  it('is deleted even if a clean-up has saved it again meanwhile', async () => {
    const job = await revoke('keyCompromise', false);
    whileRevoked = () => keepOrder('cleaned');
    await run(job);
    expect(await kept()).toBeNull();
  });

  it('stays if no key has leaked', async () => {
    await keepOrder('cleaned');
    await run(await revoke('superseded', false));
    expect(await kept()).toMatchObject({ url: ORDER.url });
  });
});
