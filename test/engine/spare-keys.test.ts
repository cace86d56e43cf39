// A spare RSA key: made in a quiet moment, given out once.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { KeyPolicy } from '../../src/main/engine/model.ts';
import { createSpareKeys } from '../../src/main/engine/spare-keys.ts';

const RSA: KeyPolicy = { type: 'rsa', size: 2048 };
let made: string[];
let failing: boolean;
const make = async ({ type, size }: KeyPolicy): Promise<string> => {
  if (failing) throw new Error('no memory');
  made.push(`${type} ${size} ${made.length}`);
  return made.at(-1) ?? '';
};

beforeEach(() => {
  made = [];
  failing = false;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

it('is made a second after one was wanted, and is the next one', async () => {
  const key = createSpareKeys(make);
  expect(await key(RSA)).toBe('rsa 2048 0');
  await vi.advanceTimersByTimeAsync(999);
  expect(made).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(made).toHaveLength(2);
  expect(await key(RSA)).toBe('rsa 2048 1');
  expect(made).toHaveLength(2);
});

it('is never given out twice, whoever asks meanwhile', async () => {
  const key = createSpareKeys(make);
  await key(RSA);
  await vi.advanceTimersByTimeAsync(1_000);
  const keys = await Promise.all([key(RSA), key(RSA), key(RSA)]);
  expect(new Set(keys).size).toBe(3);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(made).toHaveLength(5); // one more is kept, not one for each
});

it('is of the size that was wanted last; another size is made at once', async () => {
  const key = createSpareKeys(make);
  await key(RSA);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await key({ type: 'rsa', size: 4096 })).toBe('rsa 4096 2');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await key({ type: 'rsa', size: 4096 })).toBe('rsa 4096 3');
});

it('is thrown away after ten minutes', async () => {
  const key = createSpareKeys(make);
  await key(RSA);
  await vi.advanceTimersByTimeAsync(1_000 + 10 * 60_000);
  expect(await key(RSA)).toBe('rsa 2048 2');
});

it('is not kept for ECDSA keys', async () => {
  const key = createSpareKeys(make);
  await key({ type: 'ec', size: 256 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(made).toEqual(['ec 256 0']);
});

it('that could not be made is no matter: the key is made when it is wanted', async () => {
  const key = createSpareKeys(make);
  await key(RSA);
  failing = true;
  await vi.advanceTimersByTimeAsync(1_000);
  failing = false;
  expect(await key(RSA)).toBe('rsa 2048 1');
});
