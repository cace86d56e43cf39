import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDnsCredential } from '../../../../src/main/engine/dns/credentials/test-credential.ts';
import { acmedns } from '../../../../src/main/engine/dns/providers/acmedns.ts';
import { type ProviderRig, testDnsProvider } from '../../../support/dns/conformance.ts';
import { benchOf, failureOf, openProvider } from '../../../support/dns/provider-on-stand-in.ts';
import { ONE, TWO } from '../../../support/dns/records-conformance.ts';
import { ACME_DNS_ZONE, type AcmeDns, startAcmeDns } from '../../../support/dns/stand-ins/acmedns.ts';

const signal = new AbortController().signal;
const THREE = '3'.repeat(43);
const SUBDOMAIN = 'd420c923-bbd7-4056-ab64-c3ca54c9b3cf';
const ZONE = { id: ACME_DNS_ZONE, name: ACME_DNS_ZONE };
const NAME = `${SUBDOMAIN}.${ACME_DNS_ZONE}`;

testDnsProvider({
  name: 'acmedns',
  setup: () => startAcmeDns({ subdomain: SUBDOMAIN }),
  manyZones: 0,
  place: { zone: ZONE, name: NAME },
  absent: { zone: { id: 'example.com', name: 'example.com' }, name: '_acme-challenge.example.com' },
  exceptions: {
    removing: {
      reason: 'it has no way to remove a value, the next two take its place',
      async check(rig) {
        const bench = await rig.open();
        const add = async (value: string) => bench.provider.addTxt(await rig.record(bench, value), signal);
        const ref = await add(ONE);
        await add(TWO);
        await bench.provider.removeTxt(ref, signal);
        await bench.provider.removeTxt(ref, signal);
        expect(await rig.values()).toEqual([TWO, ONE]);
        await add(THREE);
        expect(await rig.values()).toEqual([THREE, TWO]);
      },
    },
    'foreign values': {
      reason: 'nobody else writes to the name of an account',
      async check(rig) {
        const bench = await rig.open();
        await rig.put(TWO);
        await bench.provider.addTxt(await rig.record(bench, ONE), signal);
        expect(await rig.values()).toEqual([TWO, ONE]);
      },
    },
    paging: {
      reason: 'an account is one name, and no zone',
      async check(rig) {
        expect((await rig.open()).provider).toMatchObject({ zoneOptional: true, testName: NAME });
        expect((await rig.open()).provider.listZones).toBeUndefined();
      },
    },
    'sending again': {
      reason: "the same value twice would push out the one of the wildcard's apex",
      check: checkSentOnce,
    },
  },
});

async function checkSentOnce(rig: ProviderRig): Promise<void> {
  const { standIn } = rig as ProviderRig & { readonly standIn: AcmeDns };
  const bench = await rig.open();
  const record = await rig.record(bench, ONE);
  standIn.answerNext({ status: 500, body: { error: 'db_error' } });
  await expect(bench.provider.addTxt(record, signal)).rejects.toMatchObject({
    code: 'DNS_PROVIDER_UNAVAILABLE',
    message: expect.stringContaining('db_error'),
  });
  standIn.loseNextAnswer();
  await expect(bench.provider.addTxt(record, signal)).rejects.toThrow(/unreachable/);
  expect(standIn.requests).toHaveLength(2);
}

describe('acmedns', () => {
  let standIn: AcmeDns;
  beforeEach(async () => {
    standIn = await startAcmeDns();
  });
  afterEach(() => standIn?.close());

  const record = (value: string, name = standIn.account.fulldomain) => ({ zone: ZONE, name, value });
  const open = async () => (await benchOf('acmedns', standIn)).provider;

  test('says which CNAME to create before it sends anything', async () => {
    const added = (await open()).addTxt(record(ONE, '_acme-challenge.example.com'), signal);
    await expect(added).rejects.toMatchObject({
      code: 'DNS_ZONE_NOT_FOUND',
      message: expect.stringContaining(`_acme-challenge.example.com. CNAME ${standIn.account.fulldomain}.`),
      details: { cname: standIn.account.fulldomain },
    });
    expect(standIn.requests).toHaveLength(0);
  });

  test('uses the name below the host of the address if no full domain is given', async () => {
    const { fullDomain: _, ...account } = standIn.credentials;
    const credentials = { ...account, baseUrl: 'https://auth.example.net/' };
    const { endpoint, secrets } = standIn;
    const { provider } = await openProvider('acmedns', { endpoint, secrets, credentials });
    const name = `${standIn.account.subdomain}.auth.example.net`;
    expect(provider.testName).toBe(name);
    await provider.addTxt(record(ONE, name), signal);
    expect(standIn.values).toEqual([ONE]);
  });

  test('names the fields to check when the credentials are refused', async () => {
    standIn.revoke();
    const error = await failureOf((await open()).addTxt(record(ONE), signal));
    expect(error.message).toMatch(/acme-dns refused the credentials: forbidden\. .*allowfrom/);
  });

  test('does not accept other answers as success', async () => {
    standIn.answerNext({ status: 200, body: { txt: TWO } });
    await expect((await open()).addTxt(record(ONE), signal)).rejects.toThrow(/confirmed a different value/);
    await expect((await open()).addTxt(record('short'), signal)).rejects.toMatchObject({
      code: 'DNS_PROVIDER_REFUSED',
      message: expect.stringContaining('bad_txt'),
    });
  });

  test('is tested at its own name', async () => {
    const result = await testDnsCredential({ provider: await open(), definition: acmedns, signal });
    expect(result.record).toBe(standIn.account.fulldomain);
    expect(standIn.values).toHaveLength(1);
  });

  test('refuses an invalid address', async () => {
    const credentials = { ...standIn.credentials, baseUrl: 'auth.example.org' };
    const opened = openProvider('acmedns', { endpoint: null, secrets: [], credentials });
    await expect(opened).rejects.toThrow(/baseUrl is not an http or https URL/);
  });
});
