// The conformance suite of DNS providers: what each one must do, faults included. Every provider of the registry runs
// the part about records; those whose API is HTTP run the part about HTTP too. What a provider cannot do by its nature
// is named with the reason, and what really happens in its place is checked.
import { afterEach, describe, test } from 'vitest';
import type { DnsZone, TxtRecord } from '../../../src/main/engine/dns/providers/provider.ts';
import { testDnsHttp } from './http-conformance.ts';
import { benchOf, expectNoSecrets, type ProviderBench, zoneOf } from './provider-on-stand-in.ts';
import { testDnsRecords } from './records-conformance.ts';
import type { DnsStandIn } from './stand-ins/stand-in.ts';

export type Ability =
  | 'writing'
  | 'removing'
  | 'foreign values'
  | 'zones'
  | 'credentials'
  | 'time-outs'
  | 'aborts'
  | 'paging'
  | 'sending again';

export interface Exception {
  /** Why the provider cannot. */
  readonly reason: string;
  /** What happens in place of it. */
  check(rig: ProviderRig): Promise<void>;
}

/** A provider and the other side of it: a stand-in, or a real name server. */
export interface ProviderRig {
  /** @param options `refused`: with credentials that are not, or no longer, taken. */
  open(options?: { readonly refused?: true }): Promise<ProviderBench>;
  /** Where the suite's records go. */
  readonly name: string;
  record(bench: ProviderBench, value: string): Promise<TxtRecord>;
  /** One of a zone that is not there. */
  absent(bench: ProviderBench): Promise<TxtRecord>;
  /** What the other side shows at `name`, sorted, each value once. */
  values(): Promise<readonly string[]>;
  /** A value that a person puts there. */
  put(value: string): Promise<void>;
  /** From now on every call is taken and never answered. @param timeoutMs Of one call. */
  silence(timeoutMs?: number): Promise<Silence>;
  close(): Promise<void>;
}

export interface Silence {
  readonly bench: ProviderBench;
  readonly record: TxtRecord;
  /** Whether the other side has a call by now. */
  isCalled(): boolean | Promise<boolean>;
}

export interface WebRig extends ProviderRig {
  readonly standIn: DnsStandIn;
}

export interface DnsProviderSuite {
  /** The provider's id in the registry. */
  readonly name: string;
  readonly exceptions?: Partial<Readonly<Record<Ability, Exception>>>;
}

export interface RecordSuite extends DnsProviderSuite {
  /** One for each test. */
  setup(): Promise<ProviderRig>;
}

export interface WebSuite extends DnsProviderSuite {
  /** A stand-in without zones, one for each test. */
  setup(): Promise<DnsStandIn>;
  /** Zones until one more is on page 3. */
  readonly manyZones: number;
  /** Where records go at a provider that lists no zones; a name of `example.com` where left out. */
  readonly place?: { readonly zone: DnsZone; readonly name: string };
  /** A record that it cannot have; one of a zone that is no more, where left out. */
  readonly absent?: Omit<TxtRecord, 'value'>;
}

/** For providers whose API is HTTP. */
export function testDnsProvider(suite: WebSuite): void {
  const { manyZones } = suite;
  const setup = async () => webRig(suite, await suite.setup());
  testDnsProviderRecords({ ...suite, setup });
  testDnsHttp({ ...suite, setup, manyZones });
}

/** For those that are reached in another way. */
export function testDnsProviderRecords(suite: RecordSuite): void {
  testDnsRecords(suite);
  const exceptions = Object.entries(suite.exceptions ?? {}).map(([ability, { reason, check }]) => ({
    ability,
    reason,
    check,
  }));
  if (exceptions.length === 0) return;
  describe(`${suite.name} differs from other DNS providers`, () => {
    let rig: ProviderRig | undefined;
    afterEach(() => rig?.close());
    test.each(exceptions)('in $ability: $reason', async ({ check }) => {
      rig = await suite.setup();
      await check(rig);
    });
  });
}

/** @returns `test`, or, where an ability is one of the suite's exceptions, nothing: that has a test of its own. */
export function testOf(
  { exceptions = {} }: DnsProviderSuite,
  ...abilities: readonly Ability[]
): (title: string, work: () => Promise<void>) => void {
  return abilities.some((ability) => exceptions[ability] !== undefined) ? () => {} : test;
}

async function webRig({ name: id, place, absent }: WebSuite, standIn: DnsStandIn): Promise<WebRig> {
  const name = place?.name ?? '_acme-challenge.www.example.com';
  if (place === undefined) standIn.zones.add('example.com');
  const benches: ProviderBench[] = [];
  const open = async (timeoutMs?: number) => {
    const bench = await benchOf(id, standIn, timeoutMs);
    benches.push(bench);
    return bench;
  };
  const record = async ({ provider }: ProviderBench, value: string): Promise<TxtRecord> => ({
    zone: place?.zone ?? (await zoneOf(provider, 'example.com')),
    name,
    value,
  });
  return {
    standIn,
    name,
    open({ refused } = {}) {
      if (refused) standIn.revoke();
      return open();
    },
    record,
    async absent(bench) {
      if (absent !== undefined) return { ...absent, value: 'any' };
      const wanted = await record(bench, 'any');
      const zone = standIn.zones.find('example.com');
      if (zone !== undefined) standIn.zones.drop(zone);
      return wanted;
    },
    values: async () => [...new Set(standIn.zones.values(name))],
    put: (value) => standIn.zones.putValue(name, value, 7200),
    async silence(timeoutMs) {
      // Found by another bench: this one's calls may be left before they are answered.
      const wanted = await record(await open(), 'any');
      standIn.hangNext(99);
      const before = standIn.requests.length;
      const isCalled = () => standIn.requests.length > before;
      return { bench: await open(timeoutMs), record: wanted, isCalled };
    },
    async close() {
      await standIn.close();
      for (const bench of benches) expectNoSecrets(bench);
    },
  };
}
