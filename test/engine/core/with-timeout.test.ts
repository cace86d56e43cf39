// A time-out and an abort for calls that support neither.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { within } from '../../../src/main/engine/core/with-timeout.ts';

const late = () => new Error('late');
const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
let others: NodeJS.UnhandledRejectionListener[];

/** Vitest's own listeners would end the run: here the event is checked. */
beforeEach(() => {
  unhandled.length = 0;
  others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', note);
});
afterEach(() => {
  process.removeAllListeners('unhandledRejection');
  for (const other of others) process.on('unhandledRejection', other);
});

it('returns a result that arrives in time', async () => {
  const options = { timeoutMs: 60_000, signal: new AbortController().signal, late };
  expect(await within(Promise.resolve(1), options)).toBe(1);
  await expect(within(Promise.reject(new Error('own')), options)).rejects.toThrow('own');
});

it('leaves no unhandled rejection that comes later, before or after the abort', async () => {
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await expect(
    within(first.promise, { timeoutMs: 60_000, signal: AbortSignal.abort(new Error('gone')), late }),
  ).rejects.toThrow('gone');
  await expect(
    within(second.promise, { timeoutMs: 5, signal: new AbortController().signal, late }),
  ).rejects.toThrow('late');
  for (const { reject } of [first, second]) reject(new Error('no keys on this machine'));
  await nextTurn(); // Node reports unhandled rejections after the microtasks of a turn
  expect(unhandled).toEqual([]);
});
