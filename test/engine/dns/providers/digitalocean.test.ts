import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDnsProvider } from '../../../support/dns/conformance.ts';
import { benchOf, failureOf, type StandInBench, zoneOf } from '../../../support/dns/provider-on-stand-in.ts';
import { startDigitalOceanStandIn } from '../../../support/dns/stand-ins/digitalocean.ts';

testDnsProvider({ name: 'digitalocean', setup: () => startDigitalOceanStandIn(), manyZones: 410 });

describe('digitalocean', () => {
  const { signal } = new AbortController();
  let bench: StandInBench;
  beforeEach(async () => {
    const standIn = await startDigitalOceanStandIn();
    standIn.zones.add('example.com');
    bench = await benchOf('digitalocean', standIn);
  });
  afterEach(() => bench?.standIn.close());

  test('sends the documented requests', async () => {
    const zone = await zoneOf(bench.provider, 'example.com');
    const record = { zone, name: '_acme-challenge.www.example.com', value: 'one' };
    const ref = await bench.provider.addTxt(record, signal);
    await bench.provider.removeTxt(ref, signal);
    expect(
      bench.standIn.requests.map(({ method, target }) => `${method} ${target.replace(/\d{6,}$/, 'ID')}`),
    ).toEqual([
      'GET /v2/domains?per_page=200&page=1',
      'GET /v2/domains/example.com/records?type=TXT&name=_acme-challenge.www.example.com&per_page=200&page=1',
      'POST /v2/domains/example.com/records',
      'GET /v2/domains/example.com/records?type=TXT&name=_acme-challenge.www.example.com&per_page=200&page=1',
      'DELETE /v2/domains/example.com/records/ID',
    ]);
    expect(bench.standIn.requests[0]?.headers.authorization).toBe(
      `Bearer ${bench.standIn.credentials.apiToken}`,
    );
    expect(JSON.parse(bench.standIn.requests[2]?.body ?? '')).toEqual({
      type: 'TXT',
      name: '_acme-challenge.www',
      data: 'one',
      ttl: 30,
    });
  });

  test('removes both records if a lost answer created two', async () => {
    const zone = await zoneOf(bench.provider, 'example.com');
    const record = { zone, name: '_acme-challenge.example.com', value: 'one' };
    const ref = await bench.provider.addTxt(record, signal);
    await bench.standIn.zones.putValue(record.name, 'one');
    await bench.provider.removeTxt(ref, signal);
    expect(bench.standIn.zones.values(record.name)).toEqual([]);
  });

  test("reports in the provider's words why a record is refused", async () => {
    const zone = await zoneOf(bench.provider, 'example.com');
    const error = await failureOf(bench.provider.addTxt({ zone, name: 'x.example.com', value: '' }, signal));
    expect(error.code).toBe('DNS_PROVIDER_REFUSED');
    expect(error.message).toBe(
      'DigitalOcean refused the request: Data is not a valid record (unprocessable_entity).',
    );
  });
});
