// The conformance suite of DNS providers: what each one must do with its API, faults included.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TxtRecord } from '../../src/main/engine/dns/provider.ts';
import { benchOf, expectNoSecrets, failureOf, type ProviderBench, zoneOf } from './dns-bench.ts';
import type { DnsStandIn } from './dns-providers/stand-in.ts';

export interface DnsProviderSuite {
  /** The provider's id in the registry. */
  readonly name: string;
  /** A stand-in without zones, one for each test. */
  setup(): Promise<DnsStandIn>;
  /** Zones until one more is on page 3. */
  readonly manyZones: number;
}

const NAME = '_acme-challenge.www.example.com';
const ONE = 'gfj9Xq-Rg85nM_one_0123456789abcdefghijklmnop';
const TWO = 'LHDhK3oGRvkiefQnx7OOczTY5Tic_two_xZ6HcMOc_tm';

export function testDnsProvider({ name, setup, manyZones }: DnsProviderSuite): void {
  describe(`${name} as every DNS provider`, () => {
    const signal = new AbortController().signal;
    let bench: ProviderBench;
    let standIn: DnsStandIn;

    beforeEach(async () => {
      standIn = await setup();
      standIn.zones.add('example.com');
      bench = await benchOf(name, standIn);
    });
    afterEach(async () => {
      await standIn.close();
      expectNoSecrets(bench);
    });

    const record = async (value: string): Promise<TxtRecord> => ({
      zone: await zoneOf(bench.provider, 'example.com'),
      name: NAME,
      value,
    });
    const add = async (value: string) => bench.provider.addTxt(await record(value), signal);
    const values = () => standIn.zones.values(NAME);

    test('adds and removes a value', async () => {
      const ref = await add(ONE);
      expect(values()).toEqual([ONE]);
      expect(JSON.parse(JSON.stringify(ref))).toEqual(ref);
      await bench.provider.removeTxt(ref, signal);
      expect(values()).toEqual([]);
    });

    test('keeps the first value beside a second one, and removes only its own', async () => {
      const first = await add(ONE);
      const second = await add(TWO);
      expect(values()).toEqual([ONE, TWO].sort());
      await bench.provider.removeTxt(first, signal);
      expect(values()).toEqual([TWO]);
      await bench.provider.removeTxt(second, signal);
      expect(values()).toEqual([]);
    });

    test('removes twice without a word', async () => {
      const ref = await add(ONE);
      await bench.provider.removeTxt(ref, signal);
      await bench.provider.removeTxt(ref, signal);
      expect(values()).toEqual([]);
    });

    test('adds the same value twice, and removes it by either reference', async () => {
      await add(ONE);
      const again = await add(ONE);
      expect(new Set(values())).toEqual(new Set([ONE]));
      await bench.provider.removeTxt(again, signal);
      expect(values()).toEqual([]);
    });

    test('removes by the reference that is known before the call, whose answer was lost', async () => {
      const wanted = await record(ONE);
      const ref = bench.provider.refFor?.(wanted) ?? null;
      expect(await bench.provider.addTxt(wanted, signal)).toEqual(ref);
      await bench.provider.removeTxt(ref, signal);
      expect(values()).toEqual([]);
    });

    test('has nothing to remove where the whole zone is no more, and cannot add to it', async () => {
      const wanted = await record(ONE);
      const ref = await bench.provider.addTxt(wanted, signal);
      const zone = standIn.zones.find('example.com');
      if (zone !== undefined) standIn.zones.drop(zone);
      await bench.provider.removeTxt(ref, signal);
      const error = await failureOf(bench.provider.addTxt(wanted, signal));
      expect(error.code).toMatch(/^DNS_(PROVIDER_REFUSED|CREDENTIALS_REJECTED)$/);
    });

    test('does not take refused credentials for a record that is gone', async () => {
      const ref = await add(ONE);
      standIn.revoke();
      bench = await benchOf(name, standIn); // without a token from before
      const error = await failureOf(bench.provider.removeTxt(ref, signal));
      expect(error.code).toBe('DNS_CREDENTIALS_REJECTED');
      expect(values()).toEqual([ONE]);
    });

    test('gets over lost answers to its writes', async () => {
      const wanted = await record(ONE);
      standIn.loseNextAnswer();
      const ref = await bench.provider.addTxt(wanted, signal);
      expect(new Set(values())).toEqual(new Set([ONE]));
      standIn.loseNextAnswer();
      await bench.provider.removeTxt(ref, signal);
      expect(values()).toEqual([]);
    });

    test('keeps what a person put at the name, to the letter', async () => {
      const foreign = 'v=spf1 include:"quoted" \\ -all';
      await standIn.zones.putValue(NAME, foreign, 7200);
      const before = standIn.zones.find('example.com')?.records;
      const ref = await add(ONE);
      expect(values()).toEqual([ONE, foreign].sort());
      await bench.provider.removeTxt(ref, signal);
      expect(values()).toEqual([foreign]);
      expect(standIn.zones.find('example.com')?.records.map(({ data, ttl }) => ({ data, ttl }))).toEqual(
        before?.map(({ data, ttl }) => ({ data, ttl })),
      );
    });

    test('writes to the apex of a zone', async () => {
      const zone = await zoneOf(bench.provider, 'example.com');
      const ref = await bench.provider.addTxt({ zone, name: 'example.com', value: ONE }, signal);
      expect(standIn.zones.values('example.com')).toEqual([ONE]);
      await bench.provider.removeTxt(ref, signal);
      expect(standIn.zones.values('example.com')).toEqual([]);
    });

    test('lists every zone of every page, and none that is not there', async () => {
      for (let count = 1; count <= manyZones; count++) standIn.zones.add(`zone-${count}.example`);
      standIn.zones.add('last.example');
      const zones = (await bench.provider.listZones?.(signal)) ?? [];
      expect(zones).toHaveLength(manyZones + 2);
      const names = zones.map((zone) => zone.name);
      expect(names).toContain('last.example');
      expect(names).not.toContain('elsewhere.example');
      const zone = await zoneOf(bench.provider, 'last.example');
      await bench.provider.addTxt({ zone, name: '_acme-challenge.last.example', value: ONE }, signal);
      expect(standIn.zones.values('_acme-challenge.last.example')).toEqual([ONE]);
    });

    test('tells refused credentials from other refusals, with the permissions that are needed', async () => {
      standIn.revoke();
      const error = await failureOf(bench.provider.listZones?.(signal) ?? Promise.resolve());
      expect(error.code).toBe('DNS_CREDENTIALS_REJECTED');
      expect(error.message).toMatch(/refused the credentials: \S+/);
      expect(error.details).toMatchObject({ permissions: expect.stringMatching(/\w+/) });
      expectNoSecrets(bench, error);
    });

    test('waits as Retry-After says after 429', async () => {
      const wanted = await record(ONE);
      standIn.failNext(1, 429, { 'retry-after': '7' });
      await bench.provider.addTxt(wanted, signal);
      expect(bench.pauses).toContain(7000);
      expect(values()).toEqual([ONE]);
    });

    test('gives up at once where Retry-After is too long, and says how long it is', async () => {
      const wanted = await record(ONE);
      standIn.failNext(1, 429, { 'retry-after': '3600' });
      const error = await failureOf(bench.provider.addTxt(wanted, signal));
      expect(error.code).toBe('DNS_PROVIDER_UNAVAILABLE');
      expect(error.details).toMatchObject({ status: 429, retryAfter: 3600 });
      expect(bench.pauses).toEqual([]);
      expectNoSecrets(bench, error);
    });

    test('gets over 500', async () => {
      const wanted = await record(ONE);
      standIn.failNext(2, 500);
      const ref = await bench.provider.addTxt(wanted, signal);
      expect(values()).toEqual([ONE]);
      standIn.failNext(2, 503);
      await bench.provider.removeTxt(ref, signal);
      expect(values()).toEqual([]);
    });

    test('gives up after several 500s', async () => {
      standIn.failNext(9, 500);
      const error = await failureOf(add(ONE));
      expect(error.code).toBe('DNS_PROVIDER_UNAVAILABLE');
      expect(error.details).toMatchObject({ status: 500 });
      expectNoSecrets(bench, error);
    });

    test('gives up where nothing answers in time', async () => {
      bench = await benchOf(name, standIn, 30);
      standIn.hangNext(9);
      const error = await failureOf(add(ONE));
      expect(error.code).toBe('DNS_PROVIDER_UNAVAILABLE');
      expect(error.message).toContain('did not answer within 0.03 s');
      expectNoSecrets(bench, error);
    });

    test('gives up where nothing listens', async () => {
      const wanted = await record(ONE);
      await standIn.close();
      const error = await failureOf(bench.provider.addTxt(wanted, signal));
      expect(error.code).toBe('DNS_PROVIDER_UNAVAILABLE');
      expect(error.message).toContain('ECONNREFUSED');
      expectNoSecrets(bench, error);
    });

    test('ends on abort, with its reason', async () => {
      const wanted = await record(ONE);
      standIn.hangNext(9);
      const abort = new AbortController();
      const reason = new Error('the job is cancelled');
      setTimeout(() => abort.abort(reason), 15);
      await expect(bench.provider.addTxt(wanted, abort.signal)).rejects.toBe(reason);
      expect(values()).toEqual([]);
    });

    test('does not take a web page for an answer', async () => {
      standIn.garbleNext(1);
      const listing = await failureOf(add(ONE));
      expect(listing.code).toBe('DNS_PROVIDER_UNAVAILABLE');
      expectNoSecrets(bench, listing);

      const wanted = await record(ONE);
      standIn.garbleNext(1);
      const adding = await failureOf(bench.provider.addTxt(wanted, signal));
      expect(adding.code).toBe('DNS_PROVIDER_UNAVAILABLE');
      expect(values()).toEqual([]);
    });

    test('says no secret where a refusal repeats them all', async () => {
      const wanted = await record(ONE);
      standIn.failNext(1, 422);
      const error = await failureOf(bench.provider.addTxt(wanted, signal));
      expect(error.code).toBe('DNS_PROVIDER_REFUSED');
      expect(error.message).toContain('fault, with');
      expectNoSecrets(bench, error);
    });
  });
}
