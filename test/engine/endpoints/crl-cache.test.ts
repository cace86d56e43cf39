// The cache of revocation lists, with a clock that the test moves and downloads that it answers.
import { beforeEach, expect, it } from 'vitest';
import { createCrlCache } from '../../../src/main/engine/endpoints/crl-cache.ts';
import type { CrlDeps } from '../../../src/main/engine/revocation/look-up-crls.ts';

const URL_A = 'http://crl.example/a.crl';
const MIB = 1024 * 1024;
const never = new AbortController().signal;

let minutes: number;
let asked: string[];
/** How the next downloads end, by URL; default: a small list. */
let answers: Map<string, (signal: AbortSignal) => Promise<Buffer>>;
let parse: CrlDeps['lookUpCrl'];

beforeEach(() => {
  minutes = 0;
  asked = [];
  answers = new Map();
  parse = async () => null;
});

function createCache(): CrlDeps {
  return createCrlCache(
    {
      async fetchCrl(url, signal) {
        asked.push(url);
        return (await answers.get(url)?.(signal)) ?? Buffer.from(`list ${asked.length}`);
      },
      lookUpCrl: (input, signal) => parse(input, signal),
    },
    { now: () => new Date(Date.UTC(2026, 0, 1, 0, minutes)) },
  );
}

it('downloads a list once in an hour, and again after it', async () => {
  const cache = createCache();
  const first = await cache.fetchCrl(URL_A, never);
  minutes = 59;
  expect(await cache.fetchCrl(URL_A, never)).toBe(first);
  expect(asked).toEqual([URL_A]);
  minutes = 60;
  expect(await cache.fetchCrl(URL_A, never)).not.toBe(first);
  expect(asked).toEqual([URL_A, URL_A]);
});

it('downloads a list once for checks that need it at the same time', async () => {
  const cache = createCache();
  const [one, two] = await Promise.all([cache.fetchCrl(URL_A, never), cache.fetchCrl(URL_A, never)]);
  expect(one).toBe(two);
  expect(asked).toHaveLength(1);
});

it('does not ask again within the hour for a list that could not be read', async () => {
  const cache = createCache();
  answers.set(URL_A, () => Promise.reject(new Error('HTTP 500')));
  await expect(cache.fetchCrl(URL_A, never)).rejects.toThrow('HTTP 500');
  await expect(cache.fetchCrl(URL_A, never)).rejects.toThrow('HTTP 500');
  expect(asked).toHaveLength(1);
  answers.clear();
  minutes = 61;
  expect(String(await cache.fetchCrl(URL_A, never))).toBe('list 2');
});

it('does not let a cancelled check fail the others that wait for the same list', async () => {
  const cache = createCache();
  const { promise: sent, resolve: send } = Promise.withResolvers<void>();
  const cancelled = new AbortController();
  answers.set(URL_A, async (signal) => {
    await (signal === cancelled.signal ? sent : undefined);
    signal.throwIfAborted();
    return Buffer.from('a list');
  });
  const first = cache.fetchCrl(URL_A, cancelled.signal);
  const second = cache.fetchCrl(URL_A, never);
  cancelled.abort(new Error('cancelled'));
  send();
  await expect(first).rejects.toThrow('cancelled');
  expect(String(await second)).toBe('a list');
  expect(String(await cache.fetchCrl(URL_A, never))).toBe('a list');
});

it('keeps at most 16 MiB, and drops the oldest lists', async () => {
  const cache = createCache();
  const urls = ['a', 'b', 'c'].map((name) => `http://crl.example/${name}.crl`);
  for (const url of urls) {
    answers.set(url, async () => Buffer.alloc(7 * MIB));
    await cache.fetchCrl(url, never);
  }
  asked = [];
  for (const url of urls.toReversed()) await cache.fetchCrl(url, never);
  expect(asked).toEqual([urls[0]]);
});

it('parses one list at a time, also after one could not be parsed', async () => {
  let parsing = 0;
  let most = 0;
  parse = async ({ url }) => {
    parsing += 1;
    most = Math.max(most, parsing);
    await Promise.resolve();
    parsing -= 1;
    if (url === 'bad') throw new Error('no list');
    return null;
  };
  const cache = createCache();
  const look = (url: string) =>
    cache.lookUpCrl(
      { crl: Buffer.of(), url, serial: Buffer.of(1), issuer: Buffer.of(), now: new Date(0) },
      never,
    );
  const results = await Promise.allSettled([look('bad'), look('a'), look('b')]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(most).toBe(1);
});
