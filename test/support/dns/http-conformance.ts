// The part of the conformance suite for providers with an HTTP API: pages, limits, faults, invalid answers.
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { testDnsCredential } from '../../../src/main/engine/dns/credentials/test-credential.ts';
import { getDnsProvider } from '../../../src/main/engine/dns/providers/registry.ts';
import { type DnsProviderSuite, testOf, type WebRig } from './conformance.ts';
import { expectNoSecrets, failureOf, type ProviderBench, zoneOf } from './provider-on-stand-in.ts';
import { ONE } from './records-conformance.ts';

export interface HttpSuite extends DnsProviderSuite {
  setup(): Promise<WebRig>;
  /** Adds zones until one more is on page 3. */
  readonly manyZones: number;
}

const signal = new AbortController().signal;

export function testDnsHttp(suite: HttpSuite): void {
  describe(`${suite.name}, like every DNS provider with an HTTP API,`, () => {
    let rig: WebRig;
    let bench: ProviderBench;
    beforeEach(async () => {
      rig = await suite.setup();
      bench = await rig.open();
    });
    afterEach(async () => {
      await rig?.close();
      expectNoSecrets(bench);
    });

    /** The zone is looked up before the fault, which must hit the write. */
    const written = async (fault: () => void, value = ONE) => {
      const record = await rig.record(bench, value);
      fault();
      return bench.provider.addTxt(record, signal);
    };

    testOf(suite, 'paging')('lists every zone of every page, and none that is not there', async () => {
      const { zones } = rig.standIn;
      for (let count = 1; count <= suite.manyZones; count++) zones.add(`zone-${count}.example`);
      zones.add('last.example');
      const listed = (await bench.provider.listZones?.(signal)) ?? [];
      expect(listed).toHaveLength(suite.manyZones + 2);
      const names = listed.map((zone) => zone.name);
      expect(names).toContain('last.example');
      expect(names).not.toContain('elsewhere.example');
      const zone = await zoneOf(bench.provider, 'last.example');
      await bench.provider.addTxt({ zone, name: '_acme-challenge.last.example', value: ONE }, signal);
      expect(zones.values('_acme-challenge.last.example')).toEqual([ONE]);
    });

    testOf(suite, 'paging')('says that the credentials are refused when it lists zones', async () => {
      rig.standIn.revoke();
      const error = await failureOf(bench.provider.listZones?.(signal) ?? Promise.resolve());
      expect(error.code).toBe('DNS_CREDENTIALS_REJECTED');
      expect(error.details).toMatchObject({ permissions: expect.stringMatching(/\w+/) });
      expectNoSecrets(bench, error);
    });

    testOf(
      suite,
      'zones',
      'paging',
    )('writes to the apex of a zone', async () => {
      const zone = await zoneOf(bench.provider, 'example.com');
      const ref = await bench.provider.addTxt({ zone, name: 'example.com', value: ONE }, signal);
      expect(rig.standIn.zones.values('example.com')).toEqual([ONE]);
      await bench.provider.removeTxt(ref, signal);
      expect(rig.standIn.zones.values('example.com')).toEqual([]);
    });

    testOf(
      suite,
      'zones',
      'removing',
    )('has nothing to remove if the whole zone no longer exists', async () => {
      const ref = await written(() => {});
      await rig.absent(bench);
      await bench.provider.removeTxt(ref, signal);
    });

    testOf(suite, 'foreign values')('gives a foreign value back as it was, with its TTL', async () => {
      await rig.put('v=spf1 include:"quoted" \\ -all');
      const shown = () =>
        rig.standIn.zones.find('example.com')?.records.map(({ data, ttl }) => ({ data, ttl }));
      const before = shown();
      await bench.provider.removeTxt(await written(() => {}), signal);
      expect(shown()).toEqual(before);
    });

    testOf(suite, 'sending again')('gets over lost answers to its writes', async () => {
      const ref = await written(() => rig.standIn.loseNextAnswer());
      expect(await rig.values()).toEqual([ONE]);
      rig.standIn.loseNextAnswer();
      await bench.provider.removeTxt(ref, signal);
      expect(await rig.values()).toEqual([]);
    });

    testOf(suite)('waits as Retry-After says after 429', async () => {
      await written(() => rig.standIn.failNext(1, 429, { 'retry-after': '7' }));
      expect(bench.pauses).toContain(7000);
      expect(await rig.values()).toEqual([ONE]);
    });

    testOf(suite)('gives up at once where Retry-After is too long, and says how long it is', async () => {
      const error = await failureOf(written(() => rig.standIn.failNext(1, 429, { 'retry-after': '3600' })));
      expect(error.code).toBe('DNS_PROVIDER_UNAVAILABLE');
      expect(error.details).toMatchObject({ status: 429, retryAfter: 3600 });
      expect(bench.pauses).toEqual([]);
      expectNoSecrets(bench, error);
    });

    testOf(suite, 'sending again')('gets over 500', async () => {
      const ref = await written(() => rig.standIn.failNext(2, 500));
      expect(await rig.values()).toEqual([ONE]);
      rig.standIn.failNext(2, 503);
      await bench.provider.removeTxt(ref, signal);
      expect(await rig.values()).toEqual([]);
    });

    testOf(suite)('gives up after several 500s', async () => {
      const error = await failureOf(written(() => rig.standIn.failNext(9, 500)));
      expect(error.code).toBe('DNS_PROVIDER_UNAVAILABLE');
      expect(error.details).toMatchObject({ status: 500 });
      expectNoSecrets(bench, error);
    });

    testOf(suite)('gives up where nothing listens', async () => {
      const record = await rig.record(bench, ONE);
      await rig.standIn.close();
      const error = await failureOf(bench.provider.addTxt(record, signal));
      expect(error.code).toBe('DNS_PROVIDER_UNAVAILABLE');
      expect(error.message).toContain('ECONNREFUSED');
      expectNoSecrets(bench, error);
    });

    testOf(suite)('does not take a web page for an answer, neither at first nor at the write', async () => {
      rig.standIn.garbleNext(1);
      const first = await failureOf(written(() => {}));
      expect(first.code).toBe('DNS_PROVIDER_UNAVAILABLE');
      expectNoSecrets(bench, first);
      const writing = await failureOf(written(() => rig.standIn.garbleNext(1)));
      expect(writing.code).toBe('DNS_PROVIDER_UNAVAILABLE');
      expect(await rig.values()).toEqual([]);
    });

    for (const step of ['list', 'add', 'remove'] as const) {
      testOf(
        suite,
        'paging',
        'removing',
      )(`reports in a test which permission is missing: ${step}`, async () => {
        const definition = await getDnsProvider(suite.name);
        rig.standIn.deny(step);
        const test = { provider: bench.provider, definition, zone: 'example.com', signal };
        const error = await failureOf(testDnsCredential(test));
        expect(error.code).toBe('DNS_CREDENTIALS_REJECTED');
        const lacking = definition.needs?.[step] ?? null;
        expect(error.details).toMatchObject({ step, lacking });
        expect(error.message).toContain(lacking === null ? definition.permissions : `missing: ${lacking}.`);
        expectNoSecrets(bench, error);
        rig.standIn.deny();
        const record = '_certdesk-test.example.com';
        expect(rig.standIn.zones.values(record)).toHaveLength(step === 'remove' ? 1 : 0);
        await rig.standIn.zones.clear(record);
        expect(await testDnsCredential(test)).toMatchObject({ record });
        expect(rig.standIn.zones.values(record)).toEqual([]);
      });
    }

    testOf(suite)('says no secret where a refusal repeats them all', async () => {
      const error = await failureOf(written(() => rig.standIn.failNext(1, 422)));
      expect(error.code).toBe('DNS_PROVIDER_REFUSED');
      expect(error.message).toContain('fault, with');
      expectNoSecrets(bench, error);
    });
  });
}
