import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TxtRecord } from '../../../../../src/main/engine/dns/providers/provider.ts';
import { testDnsProvider } from '../../../../support/dns/conformance.ts';
import {
  benchOf,
  expectNoSecrets,
  failureOf,
  type StandInBench,
  zoneOf,
} from '../../../../support/dns/provider-on-stand-in.ts';
import { type Route53StandIn, startRoute53StandIn } from '../../../../support/dns/stand-ins/route53.ts';
import { portOf } from '../../../../support/tools/ports.ts';

testDnsProvider({ name: 'aws', setup: () => startRoute53StandIn(), manyZones: 210 });

describe('route53', () => {
  const { signal } = new AbortController();
  let standIn: Route53StandIn;
  let bench: StandInBench;
  let record: TxtRecord;
  beforeEach(async () => {
    standIn = await startRoute53StandIn();
    standIn.zones.add('example.com');
    bench = await benchOf('aws', standIn);
    const zone = await zoneOf(bench.provider, 'example.com');
    record = { zone, name: '_acme-challenge.www.example.com', value: 'one' };
  });
  afterEach(() => standIn?.close());

  const bodies = () => standIn.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);

  test('sends the documented requests, signed', async () => {
    await bench.provider.addTxt(record, signal);
    const base = '/2013-04-01';
    expect(
      standIn.requests.map(({ method, target }) => `${method} ${target.replace(/C[0-9A-F]+$/, 'C')}`),
    ).toEqual([
      `GET ${base}/hostedzone?maxitems=100`,
      `GET ${base}/hostedzone/${record.zone.id}/rrset?name=_acme-challenge.www.example.com.&type=TXT&maxitems=1`,
      `POST ${base}/hostedzone/${record.zone.id}/rrset`,
      `GET ${base}/change/C`,
      `GET ${base}/change/C`,
    ]);
    expect(bodies()[0]).toContain('<Value>&quot;one&quot;</Value>');
    expect(bodies()[0]).toContain('<Action>CREATE</Action>');
    expect(standIn.requests[0]?.headers.authorization).toContain('/us-east-1/route53/aws4_request');
  });

  test('signs for us-east-1 at its own endpoint, whatever the region', async () => {
    const credentials = { ...standIn.credentials, region: 'eu-central-1' };
    const other = await benchOf('aws', {
      ...standIn,
      credentials,
      endpoint: `${standIn.endpoint}/2013-04-01/`,
    });
    expect(await zoneOf(other.provider, 'example.com')).toEqual(record.zone);
  });

  test('waits until the change is on all servers', async () => {
    standIn.setPending(3);
    await bench.provider.addTxt(record, signal);
    expect(bench.pauses).toEqual([3000, 3000, 3000]);
  });

  test('leaves it to the propagation check if that takes too long', async () => {
    standIn.setPending(1000);
    await bench.provider.addTxt(record, signal);
    expect(standIn.zones.values(record.name)).toEqual(['one']);
    expect(bench.logged()).toContain('has not reached all servers');
  });

  test('loses no value if another program writes between read and write', async () => {
    const other = await benchOf('aws', standIn);
    const values = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(
      values.map((value, index) => (index % 2 ? bench : other).provider.addTxt({ ...record, value }, signal)),
    );
    expect(standIn.zones.values(record.name)).toEqual(values);
    await Promise.all(
      values.slice(1).map((value, index) => {
        const { provider } = index % 2 ? bench : other;
        return provider.removeTxt(provider.refFor?.({ ...record, value }) ?? null, signal);
      }),
    );
    expect(standIn.zones.values(record.name)).toEqual(['a']);
  });

  test('deletes with the exact values and TTL', async () => {
    await standIn.zones.putValue(record.name, 'a person put this', 7200);
    await bench.provider.addTxt(record, signal);
    expect(bodies()[0]).toContain('<Action>DELETE</Action>');
    expect(bodies()[0]?.match(/<TTL>7200<\/TTL>/g)).toHaveLength(2);
    expect(standIn.zones.values(record.name)).toEqual(['a person put this', 'one']);
  });

  test('does not take the next name in the list for the requested one', async () => {
    await standIn.zones.putValue('_acme-challenge.xyz.example.com', 'another name');
    await bench.provider.addTxt(record, signal);
    expect(standIn.zones.values(record.name)).toEqual(['one']);
    expect(standIn.zones.values('_acme-challenge.xyz.example.com')).toEqual(['another name']);
  });

  test('ignores private zones, and distinguishes two public ones of a name by their name servers', async () => {
    standIn.zones.add('example.com', { private: true });
    standIn.zones.add('twice.example');
    standIn.zones.add('twice.example');
    const zones = (await bench.provider.listZones?.(signal)) ?? [];
    expect(zones.map(({ name }) => name)).toEqual(['example.com', 'twice.example', 'twice.example']);
    expect(zones[0]).not.toHaveProperty('nameServers');
    expect(zones[1]?.nameServers).toHaveLength(2);
    expect(zones[1]?.nameServers).not.toEqual(zones[2]?.nameServers);
  });

  test('retries 400 Throttling', async () => {
    standIn.failNext(2, 400);
    await bench.provider.addTxt(record, signal);
    expect(standIn.zones.values(record.name)).toEqual(['one']);
  });

  test('refuses an answer of only white space in linear time', async () => {
    standIn.answerNext({ status: 200, body: ' '.repeat(250_000) }); // took minutes
    expect(await failureOf(Promise.resolve(bench.provider.listZones?.(signal)))).toMatchObject({
      code: 'DNS_PROVIDER_UNAVAILABLE',
      message: expect.stringContaining('without Route 53 XML'),
    });
  });

  test('reports in the words of AWS why a change is refused', async () => {
    const error = await failureOf(bench.provider.addTxt({ ...record, name: 'example.org' }, signal));
    expect(error.code).toBe('DNS_PROVIDER_REFUSED');
    expect(error.message).toContain('RRSet with DNS name example.org. is not permitted in zone example.com.');
    expect(error.message).toContain('(InvalidChangeBatch)');
    expect(bodies()).toHaveLength(1);
  });

  test('reports a wrong signature for a wrong secret key', async () => {
    const credentials = { ...standIn.credentials, secretAccessKey: 'of another account' };
    const other = await benchOf('aws', { ...standIn, credentials });
    const error = await failureOf(zoneOf(other.provider, 'example.com'));
    expect(error.code).toBe('DNS_CREDENTIALS_REJECTED');
    expect(error.message).toContain('does not match the signature you provided');
    expectNoSecrets(other, error);
  });

  test('accepts temporary credentials with their session token', async () => {
    const temporary = await startRoute53StandIn(undefined, { temporary: true });
    temporary.zones.add('example.com');
    const other = await benchOf('aws', temporary);
    expect((await zoneOf(other.provider, 'example.com')).name).toBe('example.com');
    expectNoSecrets(other);
    await temporary.close();
  });

  describe('without keys', () => {
    beforeEach(() => {
      vi.stubEnv('HOME', '/nonexistent');
      vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
      for (const name of ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
        vi.stubEnv(name, undefined);
    });
    afterEach(() => vi.unstubAllEnvs());

    test('uses those of the machine, and keeps them out of errors', async () => {
      vi.stubEnv('AWS_ACCESS_KEY_ID', String(standIn.credentials.accessKeyId));
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', String(standIn.credentials.secretAccessKey));
      const secrets = [String(standIn.credentials.secretAccessKey)];
      const other = await benchOf('aws', { ...standIn, credentials: {}, secrets });
      expect(await zoneOf(other.provider, 'example.com')).toEqual(record.zone);
      standIn.failNext(1, 422);
      expectNoSecrets(other, await failureOf(zoneOf(other.provider, 'example.com')));
    });

    test('ends on abort while the machine’s key lookup hangs', async () => {
      const abort = new AbortController();
      const reason = new Error('the job is cancelled');
      // The metadata service of a cloud machine, which receives the request and never answers.
      const mute = createServer(() => abort.abort(reason));
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
      vi.stubEnv('AWS_EC2_METADATA_DISABLED', undefined);
      vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `http://127.0.0.1:${portOf(mute)}/keys`);
      const other = await benchOf('aws', { ...standIn, credentials: {} });
      try {
        await expect(other.provider.listZones?.(abort.signal)).rejects.toBe(reason);
      } finally {
        mute.closeAllConnections();
        mute.close();
      }
    });

    test('reports that the machine has none', async () => {
      const other = await benchOf('aws', { ...standIn, credentials: {} });
      const error = await failureOf(zoneOf(other.provider, 'example.com'));
      expect(error.code).toBe('DNS_CREDENTIALS_REJECTED');
      expect(error.message).toContain('no keys were found on this server: Could not load credentials');
    });
  });

  test.each(['accessKeyId', 'secretAccessKey'])(
    'requires both keys or none: %s alone is refused',
    async (name) => {
      const error = await failureOf(benchOf('aws', { ...standIn, credentials: { [name]: 'S3CRET' } }));
      expect(error.code).toBe('INVALID_REQUEST');
      expect(error.message).toContain('is missing: enter both keys, or neither');
      expect(error.message).not.toContain('S3CRET');
    },
  );
});
