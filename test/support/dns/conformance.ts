// The conformance suite of DNS providers: what each one must do, faults included. Every provider of the registry runs
// the part about records; those with an HTTP API run the part about HTTP too. An ability that a provider cannot have is
// listed with the reason, and its actual behaviour is tested instead.
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
  /** Why the provider lacks the ability. */
  readonly reason: string;
  /** Tests the actual behaviour. */
  check(rig: ProviderRig): Promise<void>;
}

/** A provider and its counterpart: a stand-in, or a real name server. */
export interface ProviderRig {
  /** @param options `refused`: with credentials that are invalid, or no longer valid. */
  open(options?: { readonly refused?: true }): Promise<ProviderBench>;
  /** The zone of the suite's records. */
  readonly name: string;
  record(bench: ProviderBench, value: string): Promise<TxtRecord>;
  /** A record in a zone that does not exist. */
  absent(bench: ProviderBench): Promise<TxtRecord>;
  /** The values at `name` on the other side, sorted, each once. */
  values(): Promise<readonly string[]>;
  /** Adds a value like a user would. */
  put(value: string): Promise<void>;
  /** From now on every call is received and never answered. @param timeoutMs Of one call. */
  silence(timeoutMs?: number): Promise<Silence>;
  close(): Promise<void>;
}

export interface Silence {
  readonly bench: ProviderBench;
  readonly record: TxtRecord;
  /** Whether the other side has received a call. */
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
  /** Adds zones until one more is on page 3. */
  readonly manyZones: number;
  /** The record name at a provider that lists no zones; default: a name of `example.com`. */
  readonly place?: { readonly zone: DnsZone; readonly name: string };
  /** A record that cannot exist; default: one of a deleted zone. */
  readonly absent?: Omit<TxtRecord, 'value'>;
}

/** For providers with an HTTP API. */
export function testDnsProvider(suite: WebSuite): void {
  const { manyZones } = suite;
  const setup = async () => webRig(suite, await suite.setup());
  testDnsProviderRecords({ ...suite, setup });
  testDnsHttp({ ...suite, setup, manyZones });
}

/** For other providers. */
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

/** @returns `test`, or a no-op for an ability among the suite's exceptions, which has its own test. */
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
      // Found by another rig: calls of this one may be abandoned before they are answered.
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
