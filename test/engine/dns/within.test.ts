// A time-out and an abort for calls that know neither.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { within } from '../../../src/main/engine/dns/within.ts';

const late = () => new Error('late');
const unheard: unknown[] = [];
const note = (reason: unknown) => void unheard.push(reason);
let others: NodeJS.UnhandledRejectionListener[];

/** Vitest's own listeners would end the run: here it is looked at. */
beforeEach(() => {
  unheard.length = 0;
  others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', note);
});
afterEach(() => {
  process.removeAllListeners('unhandledRejection');
  for (const other of others) process.on('unhandledRejection', other);
});

it('passes on what comes in time', async () => {
  const options = { timeoutMs: 1_000, signal: new AbortController().signal, late };
  expect(await within(Promise.resolve(1), options)).toBe(1);
  await expect(within(Promise.reject(new Error('own')), options)).rejects.toThrow('own');
});

it('leaves nobody with a rejection that comes later, before or after the abort', async () => {
  const later = () =>
    new Promise((_, reject) => setTimeout(() => reject(new Error('no keys on this machine')), 20));
  await expect(
    within(later(), { timeoutMs: 1_000, signal: AbortSignal.abort(new Error('gone')), late }),
  ).rejects.toThrow('gone');
  await expect(within(later(), { timeoutMs: 5, signal: new AbortController().signal, late })).rejects.toThrow(
    'late',
  );
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(unheard).toEqual([]);
});
