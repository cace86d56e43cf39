// The leftovers of a killed process or a failed clean-up are removed, and what cannot be removed blocks nothing else.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChallengeSolver } from '../../../src/main/engine/challenges/solver.ts';
import type { ChallengeRecord, JobRecord } from '../../../src/main/engine/core/model.ts';
import { sweepLeftovers } from '../../../src/main/engine/issuance/challenge-cleanup.ts';
import { createJobSecrets } from '../../../src/main/engine/jobs/job-secrets.ts';
import { openTestDatabase, QUIET, type TestDatabase } from '../../support/engine/database.ts';
import { JOB, PROJECT, SPEC } from '../../support/engine/records.ts';

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

let database: TestDatabase;
let cleaned: string[];
/** Jobs whose credentials are gone. */
let hopeless: string[];

beforeEach(() => {
  database = openTestDatabase();
  cleaned = [];
  hopeless = [];
});
afterEach(() => database?.close());

async function leave(id: string, state: JobRecord['state'], challenge: Partial<ChallengeRecord> = {}) {
  const { stores } = database;
  await stores.projects.create({ ...PROJECT, id: `p-${id}` });
  await stores.jobs.create({ ...JOB, id, projectId: `p-${id}`, state });
  const challenges = [{ ...CHALLENGE, identifier: `${id}.example.com`, ...challenge }];
  await stores.orders.put({
    jobId: id,
    accountId: 'a',
    directoryUrl: 'https://ca.example/directory',
    keySealed: null,
    csr: null,
    url: 'https://ca.example/order/1',
    challenges,
    updatedAt: '2026-01-01T00:00:00Z',
    finalizedAt: null,
    asCreated: null,
    spec: null,
  });
}

function sweep(): Promise<void> {
  const clock = { now: () => new Date('2026-01-02T00:00:00Z') };
  const solver: ChallengeSolver = {
    type: 'http-01',
    present: async () => undefined,
    awaitVisible: async () => undefined,
    cleanUp: async ({ identifier }) => {
      if (identifier.startsWith('refused')) throw new Error('the provider is down');
      cleaned.push(identifier);
    },
  };
  const secrets = { get: async () => null, set: async () => undefined, delete: async () => undefined };
  return sweepLeftovers({
    stores: database.stores,
    journal: database.journal(clock),
    clock,
    log: QUIET,
    vault: { seal: async () => new Uint8Array(), open: async () => '' },
    secrets: createJobSecrets({ kind: 'sealed-file', names: async () => [], ...secrets }),
    solvers: {
      async solverFor({ jobId }) {
        if (hopeless.includes(jobId)) throw new Error('its credentials are gone');
        return { solver, patienceMs: 0 };
      },
    },
  });
}

const left = async () => (await database.stores.orders.all()).map(({ jobId }) => jobId);

describe('sweepLeftovers', () => {
  it('undoes what ended jobs have left, and leaves alone what unfinished ones resume', async () => {
    await leave('failed', 'failed');
    await leave('done', 'succeeded');
    await leave('running', 'running');
    await leave('queued', 'queued');
    await sweep();
    expect(cleaned.toSorted()).toEqual(['done.example.com', 'failed.example.com']);
    expect((await left()).toSorted()).toEqual(['queued', 'running']);
  });

  it('is not blocked by one that cannot be undone, and retries it', async () => {
    await leave('hopeless', 'failed');
    await leave('refused', 'failed');
    await leave('fine', 'failed');
    hopeless = ['hopeless'];
    await sweep();
    expect(cleaned).toEqual(['fine.example.com']);
    expect((await left()).toSorted()).toEqual(['hopeless', 'refused']);
    hopeless = [];
    await sweep();
    expect(cleaned).toEqual(['fine.example.com', 'hopeless.example.com']);
    expect(await left()).toEqual(['refused']);
  });

  it('leaves alone what the next job of the project validates, because the CA may have reused its order', async () => {
    await leave('former', 'failed');
    const { stores } = database;
    await stores.jobs.create({ ...JOB, id: 'next', projectId: 'p-former', state: 'running' });
    await sweep();
    expect([cleaned, await left()]).toEqual([[], ['former']]);
    await stores.jobs.update('next', { state: 'failed' });
    await sweep();
    expect([cleaned, await left()]).toEqual([['former.example.com'], []]);
  });

  it('leaves alone what a job of another project validates, its wildcard too, and no other name', async () => {
    await leave('former', 'failed');
    await leave('other', 'failed');
    const { stores } = database;
    await stores.projects.create(PROJECT);
    const input = {
      ...JOB.input,
      spec: { ...SPEC, names: ['*.Former.example.com'] },
    } as typeof JOB.input;
    await stores.jobs.create({ ...JOB, id: 'twin', input, state: 'running' });
    await sweep();
    expect([cleaned, await left()]).toEqual([['other.example.com'], ['former']]);
    await stores.jobs.update('twin', { state: 'succeeded' });
    await sweep();
    expect(await left()).toEqual([]);
  });

  it('forgets an order of which nothing is left', async () => {
    await leave('clean', 'failed', { state: 'cleaned' });
    await sweep();
    expect(cleaned).toEqual([]);
    expect(await left()).toEqual([]);
  });
});
