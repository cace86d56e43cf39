// Retry-After applies to all clients of the same address, whichever received it.
import { expect, it } from 'vitest';
import { createRetryAfterGate, type GateMemory } from '../../../src/main/engine/acme/retry-after-gate.ts';
import { failure } from '../../support/acme/rig.ts';
import { createVirtualTiming } from '../../support/engine/virtual-time.ts';

const NONCE = 'https://ca.example/new-nonce';
const said = (status: number, seconds: string | null, url = NONCE) => ({
  url,
  status,
  headers: Object.fromEntries(seconds === null ? [] : [['retry-after', seconds]]),
  text: '{"type":"urn:ietf:params:acme:error:rateLimited","detail":"Service busy"}',
});

it('passes an address that is free, or whose wait is over, at once', async () => {
  const timing = createVirtualTiming();
  const gate = createRetryAfterGate(timing);
  await gate.pass(NONCE);
  await gate.heed(said(503, '3600'), false);
  await gate.pass('https://ca.example/directory');
  await timing.pause(3_600_000);
  await gate.pass(NONCE);
  expect(timing.now()).toBe(3_600_000);
});

it('makes all callers wait for a short time', async () => {
  const timing = createVirtualTiming();
  const gate = createRetryAfterGate(timing);
  await gate.heed(said(503, '1'), false);
  const passed: number[] = [];
  const pass = () => gate.pass(NONCE).then(() => passed.push(timing.now()));
  await Promise.all([pass(), pass()]);
  expect(passed).toEqual([1_000, 1_000]);
});

it('refuses a long wait in the words of the CA, with the time remaining', async () => {
  const timing = createVirtualTiming();
  const gate = createRetryAfterGate(timing);
  await gate.heed(said(503, '3600'), false);
  await timing.pause(600_500);
  const error = await failure(gate.pass(NONCE));
  expect(error.message).toContain('Service busy');
  expect(error.details).toMatchObject({ url: NONCE, status: 503, retryAfter: 3000 });
});

it('ends the wait with the reason of the signal', async () => {
  const timing = createVirtualTiming();
  const gate = createRetryAfterGate(timing);
  await gate.heed(said(503, '5'), false);
  const reason = new Error('the job is cancelled');
  const abort = new AbortController();
  void timing.track(new Promise(() => undefined)); // time is frozen
  const passing = gate.pass(NONCE, abort.signal);
  abort.abort(reason);
  await expect(passing).rejects.toBe(reason);
});

it('does not apply the limit of one account to another, but does apply the limit of an address', async () => {
  const gate = createRetryAfterGate(createVirtualTiming());
  const order = 'https://ca.example/new-order';
  await gate.heed(said(429, '3600', order), true);
  await gate.pass(order);
  await gate.heed(said(429, '3600'), false);
  expect((await failure(gate.pass(NONCE))).code).toBe('ACME_RATE_LIMITED');
});

it('does not delay after a failure without Retry-After, with zero, or after a success', async () => {
  const gate = createRetryAfterGate(createVirtualTiming());
  await gate.heed(said(503, null), false);
  await gate.heed(said(503, '0'), false);
  await gate.heed(said(200, '3600'), false);
  await gate.pass(NONCE);
});

it('remembers a long wait after a restart, for the time that is left, and not a short one', async () => {
  const rows = new Map<string, unknown>();
  let now = Date.parse('2027-01-01T00:00:00Z');
  const settings = {
    get: async (key: string) => rows.get(key) ?? null,
    set: async (key: string, value: unknown) => void rows.set(key, JSON.parse(JSON.stringify(value))),
  };
  const start = () => createRetryAfterGate(createVirtualTiming(), { settings, now: () => now } as GateMemory);
  const order = 'https://ca.example/new-order';
  const before = start();
  await before.heed(said(503, '3600'), false);
  await before.heed(said(503, '5', order), false);
  now += 1_800_000;
  const after = start();
  const error = await failure(after.pass(NONCE));
  expect(error.message).toContain('Service busy');
  expect(error.details).toMatchObject({ url: NONCE, status: 503, retryAfter: 1800 });
  await after.pass(order);
  now += 1_800_000;
  await start().pass(NONCE);
});
