import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAccountZones } from '../../../../src/main/engine/dns/credentials/account-zones.ts';
import { testDnsCredential } from '../../../../src/main/engine/dns/credentials/test-credential.ts';
import type { DnsCredentials } from '../../../../src/main/engine/dns/credentials/values.ts';
import { checkDnsCredentials, getDnsProvider } from '../../../../src/main/engine/dns/providers/registry.ts';
import { testDnsProvider } from '../../../support/dns/conformance.ts';
import { benchOf, failureOf, type StandInBench, zoneOf } from '../../../support/dns/provider-on-stand-in.ts';
import { GLOBAL_KEY, startCloudflareStandIn } from '../../../support/dns/stand-ins/cloudflare.ts';

testDnsProvider({ name: 'cloudflare', setup: () => startCloudflareStandIn(), manyZones: 110 });

describe('cloudflare', () => {
  const { signal } = new AbortController();
  let bench: StandInBench;
  beforeEach(async () => {
    const standIn = await startCloudflareStandIn();
    standIn.zones.add('example.com');
    bench = await benchOf('cloudflare', standIn);
  });
  afterEach(() => bench?.standIn.close());

  test('sends the documented requests', async () => {
    const zone = await zoneOf(bench.provider, 'example.com');
    const ref = await bench.provider.addTxt(
      { zone, name: '_acme-challenge.example.com', value: 'one' },
      signal,
    );
    await bench.provider.removeTxt(ref, signal);
    const [list, add, find, remove] = bench.standIn.requests;
    expect(list?.target).toBe('/client/v4/zones?status=active&per_page=50&page=1');
    expect(list?.headers.authorization).toBe(`Bearer ${bench.standIn.credentials.apiToken}`);
    expect(add).toMatchObject({ method: 'POST', path: `/client/v4/zones/${zone.id}/dns_records` });
    expect(JSON.parse(add?.body ?? '')).toEqual({
      type: 'TXT',
      name: '_acme-challenge.example.com',
      content: '"one"',
      ttl: 120,
    });
    expect(find?.target).toBe(
      `/client/v4/zones/${zone.id}/dns_records?type=TXT&name.exact=_acme-challenge.example.com&per_page=50&page=1`,
    );
    expect(zone.nameServers).toEqual(['ada.ns.cloudflare.com', 'bob.ns.cloudflare.com']);
    expect(remove?.method).toBe('DELETE');
    expect(remove?.path).toMatch(new RegExp(`^/client/v4/zones/${zone.id}/dns_records/[0-9a-f]{32}$`));
  });

  test('accepts the Global API Key with its e-mail address, with the advice to create a token', async () => {
    const { standIn } = bench;
    const { provider } = await benchOf('cloudflare', { ...standIn, credentials: GLOBAL_KEY });
    const definition = await getDnsProvider('cloudflare');
    const result = await testDnsCredential({ provider, definition, signal });
    expect(result).toMatchObject({ zone: 'example.com', record: '_certdesk-test.example.com' });
    expect(result.message).toContain('Create an API token');
    expect(standIn.requests.at(-1)?.headers).toMatchObject({
      'x-auth-email': GLOBAL_KEY.email,
      'x-auth-key': GLOBAL_KEY.apiKey,
    });
    expect(standIn.requests.at(-1)?.headers).not.toHaveProperty('authorization');
    const token = await testDnsCredential({ provider: bench.provider, definition, signal });
    expect(token.message).not.toContain('API token');
  });

  test.each<[DnsCredentials, string]>([
    [{}, 'dnsCredentials.apiToken is missing: Cloudflare needs it (API token).'],
    [
      { apiKey: 'x' },
      'dnsCredentials.email is missing: Cloudflare needs Account email address and Global API Key together.',
    ],
    [{ email: 'a@example.com' }, 'dnsCredentials.apiKey is missing'],
    [{ ...GLOBAL_KEY, apiToken: 'x' }, 'dnsCredentials.email cannot be combined with apiToken'],
  ])('refuses the credentials %j and names what is missing', async (credentials, message) => {
    const error = await failureOf(checkDnsCredentials('cloudflare', credentials));
    expect(error).toMatchObject({ code: 'INVALID_REQUEST', message: expect.stringContaining(message) });
  });

  test('reports a malformed token as a refused credential, although the status is 400', async () => {
    const other = await benchOf('cloudflare', {
      ...bench.standIn,
      credentials: { apiToken: 'a global key' },
    });
    const error = await failureOf(zoneOf(other.provider, 'example.com'));
    expect(error.code).toBe('DNS_CREDENTIALS_REJECTED');
    expect(error.message).toContain('Invalid format for Authorization header (6111)');
  });

  test('looks up the zones around the name if the token may not list all zones', async () => {
    const { standIn, provider } = bench;
    standIn.zones.add('shop.example.com');
    const definition = await getDnsProvider('cloudflare');
    standIn.deny('list all');
    const zones = createAccountZones(provider);
    const found = await zones.around('_acme-challenge.www.shop.example.com', signal);
    expect(found?.map(({ name }) => name)).toEqual(['shop.example.com', 'example.com']);
    expect(await testDnsCredential({ provider, definition, zone: 'Example.com.', signal })).toMatchObject({
      zone: 'example.com',
    });
    // Without one, the refusal of the list is reported.
    const none = await failureOf(zones.around('_acme-challenge.example.org', signal));
    expect(none.message).toContain("requires permission 'com.cloudflare.api.account.zone.list'");
  });

  test('finds an IDN zone, listed in Unicode, if the token may not list all zones', async () => {
    const { standIn, provider } = bench;
    standIn.zones.add('münchen.example');
    standIn.deny('list all');
    const found = await createAccountZones(provider).around('_acme-challenge.xn--mnchen-3ya.example', signal);
    expect(found?.map(({ name }) => name)).toEqual(['xn--mnchen-3ya.example']);
  });

  test('does not take a 403 at clean-up for a deleted zone while the zone is listed', async () => {
    const zone = await zoneOf(bench.provider, 'example.com');
    const record = { zone, name: '_acme-challenge.example.com', value: 'one' };
    const ref = await bench.provider.addTxt(record, signal);
    bench.standIn.failNext(1, 403);
    const error = await failureOf(bench.provider.removeTxt(ref, signal));
    expect(error.code).toBe('DNS_CREDENTIALS_REJECTED');
    expect(bench.standIn.zones.values(record.name)).toEqual(['one']);
  });

  test('says what is needed if the token may not edit the zone', async () => {
    const zone = { id: '0'.repeat(32), name: 'example.org' };
    const error = await failureOf(
      bench.provider.addTxt({ zone, name: '_acme-challenge.example.org', value: 'one' }, signal),
    );
    expect(error.message).toBe(
      'Cloudflare refused the credentials: Unauthorized to access requested resource (9109).',
    );
    expect(error.details).toMatchObject({ status: 403, permissions: expect.stringContaining('DNS:Edit') });
  });
});
