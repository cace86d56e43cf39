import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { baseUrl } from '../../../../src/main/engine/dns/providers/endpoint.ts';
import {
  checkDnsCredentials,
  createDnsProvider,
  getDnsProvider,
  listDnsProviders,
} from '../../../../src/main/engine/dns/providers/registry.ts';
import { createAddressPolicy } from '../../../../src/main/engine/outgoing/address-policy.ts';
import { failureOf } from '../../../support/dns/provider-on-stand-in.ts';

const options = {
  endpoint: null,
  acmeShFolder: null,
  clock: { now: () => new Date() },
  log: { debug() {}, info() {}, warn() {}, error() {} },
  addressPolicy: createAddressPolicy(),
  origin: 'open' as const,
};

describe('providers', () => {
  test('are each registered under their own id, with what the form and the docs need', async () => {
    for (const info of await listDnsProviders('/acme.sh')) {
      expect((await getDnsProvider(info.id)).id).toBe(info.id);
      expect(info).not.toHaveProperty('create');
      expect(info.docs).toMatch(/^https:\/\//);
      expect(info.permissions).toMatch(/^[A-Z].*\.$/);
      expect(info.propagation.timeout).toBeGreaterThan(info.propagation.interval);
      for (const field of info.credentials) {
        expect(field.name).toMatch(/^[a-z][A-Za-z]+$/);
        expect(field.label).not.toBe('');
        expect(field.choices !== undefined).toBe(field.type === 'choice');
      }
    }
  });

  test('each run the conformance suite', async () => {
    const folder = new URL('./', import.meta.url);
    const suites = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(new URL(file, folder), 'utf8'))
      .flatMap((text) => [...text.matchAll(/^testDnsProvider(?:Records)?\(\{\s*name: '([a-z0-9-]+)'/gm)])
      .map(([, id]) => id);
    expect(suites.sort()).toEqual((await listDnsProviders('/acme.sh')).map(({ id }) => id).sort());
  });

  test('each have a file under 200 lines', async () => {
    const folder = new URL('../../../../src/main/engine/dns/providers/', import.meta.url);
    const lengths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(new URL(file, folder), 'utf8'))
      .filter((text) => text.includes('= defineDnsProvider({'))
      .map((text) => text.split('\n').length - 1);
    expect(lengths).toHaveLength((await listDnsProviders('/acme.sh')).length);
    expect(Math.max(...lengths)).toBeLessThan(200);
  });

  test('have exactly one row each in docs/dns-providers.md', async () => {
    const page = readFileSync(new URL('../../../../docs/dns-providers.md', import.meta.url), 'utf8');
    const rows = page.split('\n').filter((line) => /^\| `[a-z0-9-]+` \|/.test(line));
    const wanted = (await listDnsProviders('/acme.sh')).map(
      ({ id, name, docs, credentials, permissions }) => {
        const fields = credentials.map((field) =>
          field.required ? `\`${field.name}\`` : `[\`${field.name}\`]`,
        );
        return `| \`${id}\` | [${name}](${docs}) | ${fields.join(', ') || 'none'} | ${permissions} |`;
      },
    );
    expect(rows).toEqual(wanted);
  });

  test('include acme.sh scripts only if their folder was named at startup', async () => {
    const ids = async (folder: string | null) => (await listDnsProviders(folder)).map(({ id }) => id);
    expect(await ids('/acme.sh')).toContain('acme-sh');
    expect(await ids(null)).not.toContain('acme-sh');
    const error = await failureOf(createDnsProvider('acme-sh', { script: 'dns_cf' }, options));
    expect(error.code).toBe('UNSUPPORTED_DNS_PROVIDER');
    expect(error.message).toContain('--acme-sh-folder');
  });

  test('are listed when an unknown id is refused', async () => {
    const error = await failureOf(createDnsProvider('cloudfare', {}, options));
    expect(error.code).toBe('UNSUPPORTED_DNS_PROVIDER');
    expect(error.details).toMatchObject({ supported: expect.arrayContaining(['cloudflare']) });
    expect((await failureOf(getDnsProvider('constructor'))).code).toBe('UNSUPPORTED_DNS_PROVIDER');
  });

  test('check credentials before they use them', async () => {
    const error = await failureOf(createDnsProvider('cloudflare', { token: 'S3CRET' }, options));
    expect(error.code).toBe('INVALID_REQUEST');
    expect(error.message).toBe(
      'dnsCredentials.token is not a field of Cloudflare: its fields are apiToken, email, apiKey.',
    );
    expect(await checkDnsCredentials('cloudflare', { apiToken: 'token\n' })).toEqual({ apiToken: 'token' });
  });

  test.each([
    [null, 'https://api.example/client/v4'],
    ['http://127.0.0.1:8053', 'http://127.0.0.1:8053/client/v4'],
    ['http://127.0.0.1:8053/', 'http://127.0.0.1:8053/client/v4'],
    ['http://127.0.0.1:8053/client/v4/', 'http://127.0.0.1:8053/client/v4'],
    ['https://proxy.example/cf', 'https://proxy.example/cf'],
  ])('map the endpoint %s to %s', (endpoint, base) => {
    expect(baseUrl('https://api.example/client/v4', endpoint)).toBe(base);
  });
});
