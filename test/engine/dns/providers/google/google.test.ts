import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '../../../../../src/main/engine/core/model.ts';
import type { TxtRecord } from '../../../../../src/main/engine/dns/providers/provider.ts';
import { testDnsProvider } from '../../../../support/dns/conformance.ts';
import {
  benchOf,
  expectNoSecrets,
  failureOf,
  type StandInBench,
  zoneOf,
} from '../../../../support/dns/provider-on-stand-in.ts';
import { type GoogleStandIn, startGoogleStandIn } from '../../../../support/dns/stand-ins/google.ts';
import { createKeyFile } from '../../../../support/dns/stand-ins/google-token.ts';

const KEY_FILE = createKeyFile('some-project');

testDnsProvider({ name: 'google', setup: () => startGoogleStandIn(KEY_FILE), manyZones: 210 });

describe('google', () => {
  const { signal } = new AbortController();
  let standIn: GoogleStandIn;
  let bench: StandInBench;
  let record: TxtRecord;
  beforeEach(async () => {
    standIn = await startGoogleStandIn(KEY_FILE);
    standIn.zones.add('example.com');
    bench = await benchOf('google', standIn);
    const zone = await zoneOf(bench.provider, 'example.com');
    record = { zone, name: '_acme-challenge.www.example.com', value: 'one' };
  });
  afterEach(() => standIn?.close());

  const changes = () =>
    standIn.requests
      .filter(({ method, path }) => method === 'POST' && path.endsWith('/changes'))
      .map(({ body }) => JSON.parse(body));
  const withKeyFile = (more: Record<string, Json>) =>
    benchOf('google', {
      ...standIn,
      credentials: { projectId: 'some-project', credentials: { ...KEY_FILE, ...more } },
    });

  test('sends the documented requests, with one token for all calls', async () => {
    await bench.provider.addTxt(record, signal);
    const base = '/dns/v1/projects/some-project/managedZones';
    expect(standIn.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'POST /token',
      `GET ${base}`,
      `GET ${base}/zone-1/rrsets?name=_acme-challenge.www.example.com.&type=TXT`,
      `POST ${base}/zone-1/changes`,
      `GET ${base}/zone-1/changes/1`,
      `GET ${base}/zone-1/changes/1`,
    ]);
    const added = { name: '_acme-challenge.www.example.com.', type: 'TXT', ttl: 60, rrdatas: ['"one"'] };
    expect(changes()).toEqual([{ additions: [added] }]);
  });

  test('replaces the whole set in one change, with its own TTL', async () => {
    await standIn.zones.putValue(record.name, 'a person put this', 7200);
    await bench.provider.addTxt(record, signal);
    const set = { name: '_acme-challenge.www.example.com.', type: 'TXT', ttl: 7200 };
    expect(changes()).toEqual([
      {
        deletions: [{ ...set, rrdatas: ['"a person put this"'] }],
        additions: [{ ...set, rrdatas: ['"a person put this"', '"one"'] }],
      },
    ]);
  });

  test('loses no value if another program writes between read and write', async () => {
    const other = await benchOf('google', standIn);
    const values = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(
      values.map((value, index) => (index % 2 ? bench : other).provider.addTxt({ ...record, value }, signal)),
    );
    expect(standIn.zones.values(record.name)).toEqual(values);
    expect(changes().length).toBeGreaterThan(values.length);
  });

  test('ignores private zones', async () => {
    standIn.zones.add('example.com', { private: true });
    expect(await bench.provider.listZones?.(signal)).toEqual([
      {
        id: 'zone-1',
        name: 'example.com',
        nameServers: ['ns-cloud-a1.googledomains.com', 'ns-cloud-a2.googledomains.com'],
      },
    ]);
  });

  test('waits until the change is done, and leaves the rest to the propagation check', async () => {
    standIn.setPending(2);
    await bench.provider.addTxt(record, signal);
    expect(bench.pauses).toEqual([2000, 2000]);
    standIn.setPending(1000);
    await bench.provider.addTxt({ ...record, value: 'two' }, signal);
    expect(standIn.zones.values(record.name)).toEqual(['one', 'two']);
    expect(bench.logged()).toContain('has not reached all servers');
  });

  test('retries 403 rateLimitExceeded', async () => {
    standIn.failNext(2, 403);
    await bench.provider.addTxt(record, signal);
    expect(standIn.zones.values(record.name)).toEqual(['one']);
  });

  test('reports that the token endpoint refuses a key of another account', async () => {
    const other = await withKeyFile({ private_key: createKeyFile('other').private_key ?? '' });
    const error = await failureOf(zoneOf(other.provider, 'example.com'));
    expect(error.code).toBe('DNS_CREDENTIALS_REJECTED');
    expect(error.message).toBe(
      'Google Cloud DNS refused the credentials: Invalid JWT Signature. (invalid_grant).',
    );
    expectNoSecrets(other, error);
  });

  test('names the permissions if the project belongs to another account', async () => {
    const credentials = { ...standIn.credentials, projectId: 'another-project' };
    const other = await benchOf('google', { ...standIn, credentials });
    const error = await failureOf(zoneOf(other.provider, 'example.com'));
    expect(error.code).toBe('DNS_CREDENTIALS_REJECTED');
    expect(error.details).toMatchObject({
      status: 403,
      permissions: expect.stringContaining('roles/dns.admin'),
    });
  });

  test('treats the token as a secret too', async () => {
    const token = standIn.requests.at(-1)?.headers.authorization?.replace('Bearer ', '') ?? '';
    expect(token).toMatch(/^ya29\./);
    expect(standIn.secrets).toContain(token);
    standIn.failNext(1, 400); // and repeats the Authorization that it received
    const error = await failureOf(bench.provider.addTxt(record, signal));
    expect(error.message).toContain('fault, with Bearer [redacted]');
    expectNoSecrets(bench, error);
  });

  test.each([
    ['a file of another kind', { type: 'external_account' }, 'credentials.type', 'is not "service_account"'],
    ['no key', { private_key: 'S3CRET' }, 'credentials.private_key', 'is not a PEM private key'],
    ['no address', { client_email: '' }, 'credentials.client_email', 'Too small'],
  ])('refuses %s by name, without the value', async (_, more, field, problem) => {
    const error = await failureOf(withKeyFile(more));
    expect(error.code).toBe('INVALID_REQUEST');
    expect(error.message).toContain(`dnsCredentials.${field}: ${problem}`);
    expect(JSON.stringify(error.toBody())).not.toContain('S3CRET');
  });

  test('accepts the key file as pasted text', async () => {
    const credentials = { projectId: 'some-project', credentials: JSON.stringify(KEY_FILE, null, 2) };
    const other = await benchOf('google', { ...standIn, credentials });
    expect(await zoneOf(other.provider, 'example.com')).toEqual(record.zone);
  });
});
