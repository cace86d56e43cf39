// A revocation that fails after its replacement was activated is repeated, by the real engine in virtual time.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RevocationReason } from '../../../src/shared/certificate.ts';
import type { AttentionSchema } from '../../../src/shared/overview.ts';
import { createFaultyWorld, type FaultyWorld, refusal } from '../../support/faults/faulty-ca/model.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const CALL = { by: null, respondAsync: false, idempotencyKey: null };

let faulty: FaultyWorld;
let attempts: number[];
let id: string;
beforeEach(async () => {
  faulty = await createFaultyWorld();
  attempts = [];
  id = await faulty.obtain('leaked.example');
});
afterEach(() => faulty?.world.end());

const minutesSince = (from: number): number => Math.round((faulty.world.now - from) / MINUTE);

/** The CA fails every revocation while `fails` says so. */
function failRevocations(fails: () => boolean, error = refusal(503, 'serverInternal')): void {
  const from = faulty.world.now;
  faulty.setFault((session) => ({
    async revokeCertificate(...given) {
      attempts.push(minutesSince(from));
      if (fails()) throw error;
      await session.revokeCertificate(...given);
    },
  }));
}

/** Runs a renewal check at every step until then. */
async function run(ms: number, step = 10 * MINUTE): Promise<void> {
  for (const end = faulty.world.now + ms; faulty.world.now < end; ) {
    faulty.world.sleepUntil(Math.min(faulty.world.now + step, end));
    await faulty.world.checkRenewals();
  }
}

const replace = (reason: RevocationReason) =>
  faulty.world.engine.issuance.revoke(id, { reason, replace: true }, CALL);
const needs = async () => (await faulty.world.engine.overview.get(null)).attention.items;
const versions = async () => (await faulty.world.engine.history.versions(id, 10)).versions;
const events = () => faulty.world.database.db.selectFrom('events').selectAll().orderBy('id').execute();

it('repeats it at growing intervals, also after a restart, until the CA has revoked the version', async () => {
  let down = true;
  failRevocations(() => down);
  await expect(replace('superseded')).rejects.toMatchObject({
    message: expect.stringContaining('Certdesk tries again'),
  });
  const expected: Partial<(typeof AttentionSchema)['_output']> = {
    projectId: id,
    kind: 'revocation_pending',
    severity: 'warning',
    failures: 1,
    errorCode: 'ACME_UNAVAILABLE',
    suggestedAction: 'inspect',
    cause: expect.stringMatching(/the CA has not revoked the previous certificate yet/),
    jobId: expect.any(String),
  };
  expect(await needs()).toMatchObject([expected]);
  expect(await versions()).toMatchObject([
    { state: 'active', revocationRetry: null },
    { state: 'superseded', revokedAt: null, revocationRetry: { reason: 'superseded', failures: 1 } },
  ]);

  await run(30 * MINUTE, MINUTE);
  const [, first = 0, second = 0] = attempts;
  expect([first, second]).toEqual([2, 13]);
  await faulty.world.restart();
  down = false;
  await run(2 * DAY, 60 * MINUTE);

  expect(await needs()).toEqual([]);
  expect(await versions()).toMatchObject([
    { state: 'active', revokedAt: null },
    { state: 'superseded', revocationReason: 'superseded', revocationRetry: null },
  ]);
  const count = attempts.length;
  await run(2 * DAY, 60 * MINUTE);
  expect(attempts).toHaveLength(count);
  const trail = await faulty.world.database.db.selectFrom('audit').selectAll().execute();
  const outcomes = trail.flatMap(({ operation, result }) =>
    operation === 'certificates.revoke' ? [result] : [],
  );
  // The first one is the replacement.
  expect(outcomes).toEqual(['ok', ...Array(count - 1).fill('ACME_UNAVAILABLE'), 'ok']);
});

it('waits as long as the CA says', async () => {
  let down = true;
  failRevocations(() => down, refusal(429, 'rateLimited', {}).reword('Slow down.', { retryAfter: 86_400 }));
  await expect(replace('superseded')).rejects.toMatchObject({ code: 'ACME_RATE_LIMITED' });
  await run(DAY - 10 * MINUTE, 60 * MINUTE);
  expect(attempts).toHaveLength(1);
  down = false;
  await run(60 * MINUTE);
  expect(attempts).toHaveLength(2);
});

it('is critical if the key has leaked, and ends when the version expires', async () => {
  failRevocations(() => true);
  await expect(replace('keyCompromise')).rejects.toMatchObject({ code: 'ACME_UNAVAILABLE' });
  expect(await needs()).toMatchObject([{ kind: 'revocation_pending', severity: 'critical' }]);
  faulty.world.sleepUntil(faulty.world.now + 91 * DAY);
  attempts = [];
  await faulty.world.checkRenewals();
  expect(attempts).toEqual([]);
  expect((await needs()).map(({ kind }) => kind)).not.toContain('revocation_pending');
  expect(await events()).toContainEqual(
    expect.objectContaining({
      kind: 'certificate.revocation-ended',
      message: expect.stringMatching(/expired before the CA revoked it/),
    }),
  );
});

it('ends when a user revokes the version', async () => {
  let down = true;
  failRevocations(() => down);
  await expect(replace('superseded')).rejects.toMatchObject({ code: 'ACME_UNAVAILABLE' });
  down = false;
  const version = (await versions()).find(({ state }) => state === 'superseded');
  await faulty.world.engine.issuance.revoke(id, { reason: 'superseded', versionId: version?.id }, CALL);
  expect(await needs()).toEqual([]);
  await run(DAY, 60 * MINUTE);
  expect(attempts).toHaveLength(2);
});
