// Retry-After is for all that ask the same address, whoever was told.
import { expect, it } from 'vitest';
import { createHolds } from '../../../src/main/engine/acme/holds.ts';
import { failure } from '../../support/acme-rig.ts';

const NONCE = 'https://ca.example/new-nonce';
const said = (status: number, seconds: string | null, url = NONCE) => ({
  url,
  status,
  headers: Object.fromEntries(seconds === null ? [] : [['retry-after', seconds]]),
  text: '{"type":"urn:ietf:params:acme:error:rateLimited","detail":"Service busy"}',
});

it('an address that is free is passed at once, and so is one whose time is over', async () => {
  let now = 0;
  const holds = createHolds(() => now);
  await holds.pass(NONCE);
  holds.heed(said(503, '3600'), false);
  await holds.pass('https://ca.example/directory');
  now = 3_600_000;
  await holds.pass(NONCE);
});

it('a short wait is waited for by all', async () => {
  const holds = createHolds();
  const started = performance.now();
  holds.heed(said(503, '1'), false);
  await Promise.all([holds.pass(NONCE), holds.pass(NONCE)]);
  expect(performance.now() - started).toBeGreaterThanOrEqual(999);
});

it('a long one is refused in the words of the CA, with what is left of it', async () => {
  let now = 0;
  const holds = createHolds(() => now);
  holds.heed(said(503, '3600'), false);
  now = 600_500;
  const error = await failure(holds.pass(NONCE));
  expect(error.message).toContain('Service busy');
  expect(error.details).toMatchObject({ url: NONCE, status: 503, retryAfter: 3000 });
});

it('the wait ends by the reason of the signal', async () => {
  const holds = createHolds();
  holds.heed(said(503, '5'), false);
  const reason = new Error('the job is cancelled');
  await expect(holds.pass(NONCE, AbortSignal.abort(reason))).rejects.toBe(reason);
});

it('what limits an account does not hold up another; what limits whoever asks does', async () => {
  const holds = createHolds(() => 0);
  const order = 'https://ca.example/new-order';
  holds.heed(said(429, '3600', order), true);
  await holds.pass(order);
  holds.heed(said(429, '3600'), false);
  expect((await failure(holds.pass(NONCE))).code).toBe('ACME_RATE_LIMITED');
});

it('a failure without Retry-After, one of zero, and a success hold up nothing', async () => {
  const holds = createHolds(() => 0);
  holds.heed(said(503, null), false);
  holds.heed(said(503, '0'), false);
  holds.heed(said(200, '3600'), false);
  await holds.pass(NONCE);
});
