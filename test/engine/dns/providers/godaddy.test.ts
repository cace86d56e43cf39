import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TxtRecord } from '../../../../src/main/engine/dns/providers/provider.ts';
import { testDnsProvider } from '../../../support/dns/conformance.ts';
import { benchOf, failureOf, type StandInBench, zoneOf } from '../../../support/dns/provider-on-stand-in.ts';
import { type GoDaddyStandIn, startGoDaddyStandIn } from '../../../support/dns/stand-ins/godaddy.ts';

testDnsProvider({ name: 'godaddy', setup: () => startGoDaddyStandIn(), manyZones: 2010 });

describe('godaddy', () => {
  const { signal } = new AbortController();
  let standIn: GoDaddyStandIn;
  let bench: StandInBench;
  let record: TxtRecord;
  beforeEach(async () => {
    standIn = await startGoDaddyStandIn();
    standIn.zones.add('example.com');
    bench = await benchOf('godaddy', standIn);
    const zone = await zoneOf(bench.provider, 'example.com');
    record = { zone, name: '_acme-challenge.www.example.com', value: 'one' };
  });
  afterEach(() => standIn?.close());

  test('reads, merges and writes as documented', async () => {
    await standIn.zones.putValue(record.name, 'a person put this', 3600);
    const ref = await bench.provider.addTxt(record, signal);
    await bench.provider.removeTxt(ref, signal);
    const path = '/v1/domains/example.com/records/TXT/_acme-challenge.www';
    expect(standIn.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'GET /v1/domains?statuses=ACTIVE&limit=250',
      `GET ${path}`,
      `PUT ${path}`,
      `GET ${path}`,
      `PUT ${path}`,
    ]);
    const { apiKey, apiSecret } = standIn.credentials;
    expect(standIn.requests[2]?.headers).toMatchObject({
      authorization: `sso-key ${apiKey}:${apiSecret}`,
      'content-type': 'application/json',
    });
    expect(JSON.parse(standIn.requests[2]?.body ?? '')).toEqual([
      { data: 'a person put this', ttl: 3600 },
      { data: 'one', ttl: 600 },
    ]);
    expect(JSON.parse(standIn.requests[4]?.body ?? '')).toEqual([{ data: 'a person put this', ttl: 3600 }]);
  });

  test('deletes the name with its last value, because an empty list is refused', async () => {
    const ref = await bench.provider.addTxt(record, signal);
    await bench.provider.removeTxt(ref, signal);
    expect(standIn.requests.at(-1)).toMatchObject({ method: 'DELETE' });
    expect(standIn.zones.values(record.name)).toEqual([]);
  });

  test('does not write back the empty values that GoDaddy leaves behind', async () => {
    await standIn.zones.putValue(record.name, ' ');
    await bench.provider.addTxt(record, signal);
    expect(standIn.zones.values(record.name)).toEqual(['one']);
  });

  test('explains why a small account is refused, and what to do', async () => {
    standIn.denyAccess();
    const error = await failureOf(bench.provider.addTxt(record, signal));
    expect(error.code).toBe('DNS_CREDENTIALS_REJECTED');
    expect(error.message).toContain('Authenticated user is not allowed access (ACCESS_DENIED).');
    expect(error.message).toContain('10 or more domains');
    expect(error.message).toContain('CNAME record at GoDaddy, _acme-challenge');
  });

  test('reports which field of a record is refused', async () => {
    const error = await failureOf(bench.provider.addTxt({ ...record, value: ' ' }, signal));
    expect(error.code).toBe('DNS_PROVIDER_REFUSED');
    expect(error.message).toMatch(/\(INVALID_BODY\); 0\.data /);
  });
});
