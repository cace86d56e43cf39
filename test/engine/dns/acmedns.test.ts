import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acmedns } from '../../../src/main/engine/dns/acmedns.ts';
import { testDnsCredential } from '../../../src/main/engine/dns/credential-test.ts';
import { type AcmeDns, startAcmeDns } from '../../support/dns-providers/acmedns.ts';
import { openBench } from '../../support/provider-bench.ts';

const signal = new AbortController().signal;
const [ONE, TWO, THREE] = ['1', '2', '3'].map((digit) => digit.repeat(43)) as [string, string, string];
let standIn: AcmeDns;
beforeEach(async () => {
  standIn = await startAcmeDns();
});
afterEach(() => standIn.close());

const open = (more: Record<string, string> = {}, timeoutMs = 2_000) => {
  const { username, password, subdomain, fulldomain } = standIn.account;
  const credentials = {
    apiUser: username,
    apiKey: password,
    subdomain,
    fullDomain: fulldomain,
    baseUrl: standIn.url,
  };
  return openBench(acmedns, { ...credentials, ...more }, { timeoutMs });
};
const record = (value: string, name = standIn.account.fulldomain) => ({
  zone: { id: 'auth.example.org', name: 'auth.example.org' },
  name,
  value,
});

describe('acmedns', () => {
  test('keeps the last two values, and has nothing to remove', async () => {
    const { provider } = open();
    const ref = await provider.addTxt(record(ONE), signal);
    await provider.addTxt(record(TWO), signal);
    expect(standIn.values).toEqual([ONE, TWO]);
    await provider.addTxt(record(THREE), signal);
    expect(standIn.values).toEqual([TWO, THREE]);
    await provider.removeTxt(ref, signal);
    expect(standIn.values).toEqual([TWO, THREE]);
  });

  test('says which CNAME to make, before it sends anything', async () => {
    const added = open().provider.addTxt(record(ONE, '_acme-challenge.example.com'), signal);
    await expect(added).rejects.toMatchObject({
      code: 'DNS_ZONE_NOT_FOUND',
      message: expect.stringContaining(`_acme-challenge.example.com. CNAME ${standIn.account.fulldomain}.`),
      details: { cname: standIn.account.fulldomain },
    });
    expect(standIn.requests).toBe(0);
  });

  test('takes the name below the host of the address where no full domain is given', async () => {
    const { username, password, subdomain } = standIn.account;
    const credentials = {
      apiUser: username,
      apiKey: password,
      subdomain,
      baseUrl: 'https://auth.example.net/',
    };
    const { provider } = openBench(acmedns, credentials, { endpoint: standIn.url });
    expect(provider.testName).toBe(`${subdomain}.auth.example.net`);
    await provider.addTxt(record(ONE, `${subdomain}.auth.example.net`), signal);
    expect(standIn.values).toEqual([ONE]);
  });

  test.each([
    ['password', { apiKey: 'wrong password of some length' }],
    ['user', { apiUser: 'b1f5fb8d-0a3e-4a6c-8d0a-8a2f6c1d1c1d' }],
  ])('says that the %s is refused', async (_, wrong) => {
    const bench = open(wrong);
    const error: unknown = await bench.provider.addTxt(record(ONE), signal).catch((reason) => reason);
    expect(error).toMatchObject({
      code: 'DNS_CREDENTIALS_REJECTED',
      message: expect.stringMatching(/acme-dns refused the credentials: forbidden\. .*allowfrom/),
    });
    for (const secret of [...Object.values(wrong), standIn.account.password]) {
      expect(`${JSON.stringify(error)}${bench.logged()}`).not.toContain(secret);
    }
  });

  test('is not sent twice where nobody knows whether it arrived', async () => {
    standIn.faults.push({ status: 500, body: '{"error": "db_error"}' });
    await expect(open().provider.addTxt(record(ONE), signal)).rejects.toMatchObject({
      code: 'DNS_PROVIDER_UNAVAILABLE',
      message: expect.stringContaining('db_error'),
    });
    expect(standIn.requests).toBe(1);
    standIn.faults.push(null);
    await expect(open({}, 50).provider.addTxt(record(ONE), signal)).rejects.toMatchObject({
      code: 'DNS_PROVIDER_UNAVAILABLE',
    });
    expect(standIn.requests).toBe(2);
  });

  test('does not take other answers for a yes', async () => {
    standIn.faults.push({ status: 200, body: `{"txt": "${TWO}"}` }, { status: 200, body: '<html>' });
    await expect(open().provider.addTxt(record(ONE), signal)).rejects.toThrow(/confirmed another value/);
    await expect(open().provider.addTxt(record(ONE), signal)).rejects.toThrow(/not JSON/);
    await expect(open().provider.addTxt(record('short'), signal)).rejects.toMatchObject({
      code: 'DNS_PROVIDER_REFUSED',
      message: expect.stringContaining('bad_txt'),
    });
  });

  test('ends on abort with its reason', async () => {
    standIn.faults.push(null);
    const abort = new AbortController();
    const reason = new Error('stop');
    setTimeout(() => abort.abort(reason), 30);
    await expect(open().provider.addTxt(record(ONE), abort.signal)).rejects.toBe(reason);
  });

  test('is tested at its own name', async () => {
    const result = await testDnsCredential({ provider: open().provider, definition: acmedns, signal });
    expect(result.record).toBe(standIn.account.fulldomain);
    expect(standIn.values).toHaveLength(1);
  });

  test('refuses an address that is none', () => {
    expect(() => open({ baseUrl: 'auth.example.org' })).toThrow(/baseUrl is not an http or https URL/);
  });
});
