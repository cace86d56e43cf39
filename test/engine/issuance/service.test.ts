// The preconditions of a request are checked again in the transaction that starts its job.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JobRecord } from '../../../src/main/engine/core/model.ts';
import { createIssuance } from '../../../src/main/engine/issuance/service.ts';
import { createJobSecrets } from '../../../src/main/engine/jobs/job-secrets.ts';
import { EARLIER_VERSION } from '../../../src/main/engine/outgoing/saved-by.ts';
import type { RevokeRequest } from '../../../src/shared/certificate.ts';
import { openTestDatabase, type TestDatabase } from '../../support/engine/database.ts';
import { CERTIFICATE, PROJECT } from '../../support/engine/records.ts';

let database: TestDatabase;
let begun: JobRecord[];

beforeEach(async () => {
  database = openTestDatabase();
  begun = [];
  await database.stores.projects.create(PROJECT);
  await database.stores.certificates.activate(CERTIFICATE);
});
afterEach(() => database?.close());

const upload = () =>
  database.stores.certificates.activate({ ...CERTIFICATE, id: 'uploaded', fingerprint: 'BB', spec: null });

/** @param meanwhile Changes between the first check of the request and the transaction. */
function revoke(request: Partial<RevokeRequest>, meanwhile: () => Promise<void>) {
  const { stores } = database;
  const clock = { now: () => new Date('2026-01-02T00:00:00Z') };
  const store = { get: async () => null, set: async () => undefined, delete: async () => undefined };
  const issuance = createIssuance({
    stores,
    clock,
    secrets: createJobSecrets({ kind: 'sealed-file', names: async () => [], ...store }),
    directories: {},
    savedBy: () => EARLIER_VERSION,
    answerWithinMs: 1_000,
    chooser: {
      choose: () => Promise.reject(new Error('a revocation chooses no provider')),
      values: () => Promise.reject(new Error('a revocation proves nothing')),
      usesMachineRole: () => Promise.reject(new Error('a revocation chooses no provider')),
      limits: () => Promise.reject(new Error('a revocation proves nothing')),
      keep: async () => undefined,
      forget: async () => undefined,
    },
    queue: {
      async submit(job, check) {
        await meanwhile();
        await stores.transaction(check);
        begun.push(job);
      },
      wait: () => Promise.reject(new Error('nobody waits')),
      setConcurrency: () => undefined,
      startHeldBack: async () => undefined,
      hold: () => null,
      resume: async () => 0,
      stop: async () => undefined,
      size: { running: 0, queued: 0 },
    },
  });
  const call = { by: null, respondAsync: true, idempotencyKey: null };
  const body: RevokeRequest = { reason: 'superseded', versionId: CERTIFICATE.id, ...request };
  return issuance.revoke(PROJECT.id, body, call);
}

it('a version that was replaced meanwhile is not replaced again, and neither is its successor', async () => {
  await expect(revoke({ replace: true }, upload)).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    details: { issues: [{ field: 'replace' }] },
  });
  expect(begun).toEqual([]);
});

it('a version that was replaced meanwhile is revoked without a replacement', async () => {
  await revoke({}, upload);
  expect(begun).toMatchObject([{ input: { kind: 'revoke', certificateId: CERTIFICATE.id } }]);
});

it('a version that was revoked meanwhile is not revoked again', async () => {
  const revokedAt = '2026-01-01T12:00:00Z';
  const revoked = () => database.stores.certificates.update(CERTIFICATE.id, { revokedAt });
  await expect(revoke({}, revoked)).rejects.toMatchObject({ code: 'ALREADY_REVOKED' });
  expect(begun).toEqual([]);
});
