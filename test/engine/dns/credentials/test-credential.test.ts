import { expect, test } from 'vitest';
import { CertdeskError } from '../../../../src/main/engine/core/errors.ts';
import { testDnsCredential } from '../../../../src/main/engine/dns/credentials/test-credential.ts';
import { createMemoryProvider } from '../../../support/dns/memory-provider.ts';

const definition = { name: 'Memory DNS', permissions: 'Zone:Read and DNS:Edit.' };
const signal = new AbortController().signal;
const ZONES = [
  { id: 'z1', name: 'example.com' },
  { id: 'z2', name: 'example.org' },
];

test('writes a record and removes it, in the first zone or in the named one', async () => {
  const provider = createMemoryProvider(ZONES);
  const result = await testDnsCredential({ provider, definition, signal });
  expect(result).toMatchObject({ zone: 'example.com', record: '_certdesk-test.example.com', zones: 2 });
  expect(provider.calls.map((call) => call.split(' ').slice(0, 2).join(' '))).toEqual([
    'list',
    'add _certdesk-test.example.com',
    'remove _certdesk-test.example.com',
  ]);
  expect(provider.calls[1]).toMatch(/ [A-Za-z0-9_-]{43}$/);
  expect(await testDnsCredential({ provider, definition, signal, zone: 'Example.ORG.' })).toMatchObject({
    zone: 'example.org',
  });
  expect(provider.records.size).toBe(0);
});

test.each([
  ['list', /could not be listed\. No such token\. Memory DNS requires: Zone:Read and DNS:Edit\./],
  ['add', /has the zones, but a TXT record could not be created\. No such token\. .*Zone:Read/],
  ['remove', /was created, but could not be removed\. .* Remove _certdesk-test\.example\.com yourself\./],
])('reports that %s failed and what is needed', async (step, message) => {
  const provider = createMemoryProvider(ZONES);
  provider.before = async (call) => {
    if (!call.startsWith(step)) return;
    throw new CertdeskError('DNS_CREDENTIALS_REJECTED', 'No such token.', { provider: 'x', status: 403 });
  };
  await expect(testDnsCredential({ provider, definition, signal })).rejects.toMatchObject({
    code: 'DNS_CREDENTIALS_REJECTED',
    message: expect.stringMatching(message),
    details: { step, cause: { status: 403 } },
  });
});

test('does not mention zones if the provider lists none', async () => {
  const provider = createMemoryProvider(null);
  provider.before = async () => {
    throw new CertdeskError('DNS_PROVIDER_REFUSED', 'No.');
  };
  await expect(
    testDnsCredential({ provider, definition, signal, zone: 'example.com' }),
  ).rejects.toMatchObject({ message: expect.stringMatching(/^A TXT record could not be created\. No\./) });
});

test('finds an IDN zone that is named in Unicode', async () => {
  const provider = createMemoryProvider([{ id: 'z', name: 'xn--mnchen-3ya.example' }]);
  expect(await testDnsCredential({ provider, definition, signal, zone: 'München.example' })).toMatchObject({
    zone: 'xn--mnchen-3ya.example',
  });
});

test('names the one missing permission if the provider has a name for it', async () => {
  const needs = { list: 'Zone:Read', add: 'DNS:Edit', remove: 'DNS:Edit' };
  const failing = async (step: string, code: 'DNS_CREDENTIALS_REJECTED' | 'DNS_PROVIDER_REFUSED') => {
    const provider = createMemoryProvider(ZONES);
    provider.before = async (call) => {
      if (call.startsWith(step)) throw new CertdeskError(code, 'No.');
    };
    return testDnsCredential({ provider, definition: { ...definition, needs }, signal });
  };
  await expect(failing('add', 'DNS_CREDENTIALS_REJECTED')).rejects.toMatchObject({
    message: expect.stringContaining('No. This permission is missing: DNS:Edit. Memory DNS requires: '),
    details: { lacking: 'DNS:Edit' },
  });
  await expect(failing('list', 'DNS_CREDENTIALS_REJECTED')).rejects.toMatchObject({
    message: expect.stringContaining(
      'If the credentials are correct, this permission is missing: Zone:Read.',
    ),
  });
  await expect(failing('add', 'DNS_PROVIDER_REFUSED')).rejects.toMatchObject({ details: { lacking: null } });
});

test('does not mention permissions if the provider is only unreachable', async () => {
  const provider = createMemoryProvider(ZONES);
  provider.before = () => Promise.reject(new CertdeskError('DNS_PROVIDER_UNAVAILABLE', 'No answer.'));
  await expect(testDnsCredential({ provider, definition, signal })).rejects.toMatchObject({
    message: 'The zones of the account could not be listed. No answer.',
  });
});

test('names the missing zone', async () => {
  const wanted = testDnsCredential({
    provider: createMemoryProvider(ZONES),
    definition,
    signal,
    zone: 'example.net',
  });
  await expect(wanted).rejects.toMatchObject({
    code: 'DNS_ZONE_NOT_FOUND',
    details: { zone: 'example.net' },
  });
  const none = testDnsCredential({ provider: createMemoryProvider([]), definition, signal });
  await expect(none).rejects.toThrow(/have access to no zone\. Give/);
});

test('requires a zone if the provider cannot list them, unless it has a name of its own', async () => {
  const unnamed = testDnsCredential({ provider: createMemoryProvider(null), definition, signal });
  await expect(unnamed).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    details: { issues: [{ field: 'zone' }] },
  });
  const named = createMemoryProvider(null);
  await testDnsCredential({ provider: named, definition, signal, zone: 'example.com' });
  expect(named.calls[0]).toMatch(/^add _certdesk-test\.example\.com /);
  const own = createMemoryProvider(null, { testName: 'abc.auth.example', keepsValues: true });
  const { message } = await testDnsCredential({ provider: own, definition, signal });
  expect(message).toMatch(/abc\.auth\.example was written\. The next values replace it\.$/);
  expect(own.calls[0]).toMatch(/^add abc\.auth\.example /);
});

test('does nothing if a user adds the records', async () => {
  const provider = createMemoryProvider(null, { manual: true });
  expect(await testDnsCredential({ provider, definition, signal })).toMatchObject({ record: null });
  expect(provider.calls).toEqual([]);
});
