// The stand-ins are as strict as the providers' APIs: invalid requests get the status and the body of the provider's
// documentation.
import { afterEach, describe, expect, test } from 'vitest';
import { startAcmeDns } from './acmedns.ts';
import { startCloudflareStandIn } from './cloudflare.ts';
import { startDigitalOceanStandIn } from './digitalocean.ts';
import { startGoDaddyStandIn } from './godaddy.ts';
import { startGoogleStandIn } from './google.ts';
import { createKeyFile } from './google-token.ts';
import { startRoute53StandIn } from './route53.ts';
import type { DnsStandIn } from './stand-in.ts';

let standIn: DnsStandIn;
afterEach(() => standIn?.close());

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function send({ method = 'GET', path, headers = {}, body }: Sent) {
  const { origin } = new URL(standIn.endpoint);
  const response = await fetch(`${origin}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}

const JSON_TYPE = { 'content-type': 'application/json' };

interface Case {
  readonly name: string;
  readonly start: () => Promise<DnsStandIn>;
  /** Valid headers. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** A path of the API, and its answer without credentials. */
  readonly list: string;
  readonly nobody: readonly [number, RegExp];
  readonly unknown: readonly [string, number, RegExp];
  /** How a record is written in the zone `example.com`, and what is wrong with each body. */
  readonly write?: readonly [method: string, path: (zoneId: string) => string];
  readonly bad?: readonly (readonly [string, string, number, RegExp])[];
}

const TXT = { type: 'TXT', name: '_acme-challenge', ttl: 120 };

const CASES: readonly Case[] = [
  {
    name: 'Cloudflare',
    start: () => startCloudflareStandIn(),
    headers: () => ({ authorization: `Bearer ${standIn.credentials.apiToken}` }),
    list: '/client/v4/zones',
    nobody: [400, /9106/],
    unknown: ['/client/v4/zone', 404, /7003/],
    write: ['POST', (id) => `/client/v4/zones/${id}/dns_records`],
    bad: [
      ['a TTL that no plan has', JSON.stringify({ ...TXT, content: '"v"', ttl: 5 }), 400, /9207/],
      ['an unknown field', JSON.stringify({ ...TXT, content: '"v"', data: 'v' }), 400, /9207/],
      ['no JSON', 'type=TXT', 400, /9207/],
    ],
  },
  {
    name: 'DigitalOcean',
    start: () => startDigitalOceanStandIn(),
    headers: () => ({ authorization: `Bearer ${standIn.credentials.apiToken}` }),
    list: '/v2/domains',
    nobody: [401, /Unable to authenticate you/],
    unknown: ['/v2/zones', 404, /not_found/],
    write: ['POST', () => '/v2/domains/example.com/records'],
    bad: [
      ['a TTL below 30', JSON.stringify({ ...TXT, data: 'v', ttl: 10 }), 422, /unprocessable_entity/],
      ['no data', JSON.stringify(TXT), 422, /unprocessable_entity/],
      ['no JSON', 'type=TXT', 422, /unprocessable_entity/],
    ],
  },
  {
    name: 'GoDaddy',
    start: () => startGoDaddyStandIn(),
    headers: () => ({
      authorization: `sso-key ${standIn.credentials.apiKey}:${standIn.credentials.apiSecret}`,
    }),
    list: '/v1/domains',
    nobody: [401, /MISSING_CREDENTIALS/],
    unknown: ['/v1/domains/example.com/record', 404, /NOT_FOUND/],
    write: ['PUT', () => '/v1/domains/example.com/records/TXT/_acme-challenge'],
    bad: [
      ['a TTL below 600', JSON.stringify([{ data: 'v', ttl: 60 }]), 422, /INVALID_BODY/],
      ['no list', JSON.stringify({ data: 'v', ttl: 600 }), 422, /INVALID_BODY/],
      ['an empty list', '[]', 422, /INVALID_BODY/],
      ['the same twice', JSON.stringify([{ data: 'v' }, { data: 'v' }]), 422, /DUPLICATE_RECORD/],
    ],
  },
  {
    name: 'Google Cloud DNS',
    start: () => startGoogleStandIn(createKeyFile('some-project')),
    headers: () => ({ authorization: 'Bearer of-nobody' }),
    list: '/dns/v1/projects/some-project/managedZones',
    nobody: [401, /invalid authentication credentials/],
    unknown: ['/dns/v1/projects/some-project/zones', 401, /authError/],
  },
  {
    name: 'Route 53',
    start: () => startRoute53StandIn(),
    headers: () => ({ authorization: 'AWS4-HMAC-SHA256 of nobody' }),
    list: '/2013-04-01/hostedzone',
    nobody: [403, /MissingAuthenticationToken/],
    unknown: ['/2013-04-01/hostedzones', 403, /IncompleteSignature/],
  },
  {
    name: 'acme-dns',
    start: () => startAcmeDns(),
    headers: () => ({
      'x-api-user': String(standIn.credentials.apiUser),
      'x-api-key': String(standIn.credentials.apiKey),
    }),
    list: '/register',
    nobody: [404, /not found/],
    unknown: ['/updates', 404, /not found/],
    write: ['POST', () => '/update'],
    bad: [
      ['a value that is none', JSON.stringify({ subdomain: 'x', txt: 'v' }), 401, /forbidden/],
      ['no JSON', 'txt=v', 400, /malformed_json_payload/],
    ],
  },
];

describe.each(CASES)('the stand-in of $name', (given) => {
  const open = async (): Promise<string> => {
    standIn = await given.start();
    return standIn.zones.add('example.com').id;
  };

  test('refuses a request without credentials', async () => {
    await open();
    const { status, text } = await send({ path: given.list });
    expect([status, text]).toEqual([given.nobody[0], expect.stringMatching(given.nobody[1])]);
  });

  test('refuses an undocumented path', async () => {
    await open();
    const [path, wanted, said] = given.unknown;
    const { status, text } = await send({ path, headers: given.headers() });
    expect([status, text]).toEqual([wanted, expect.stringMatching(said)]);
  });

  for (const [what, body, wanted, said] of given.bad ?? []) {
    test(`refuses a body with ${what}, and changes nothing`, async () => {
      const id = await open();
      const [method, path] = given.write ?? ['', () => ''];
      const headers = { ...given.headers(), ...JSON_TYPE };
      const { status, text } = await send({ method, path: path(id), headers, body });
      expect([status, text]).toEqual([wanted, expect.stringMatching(said)]);
      expect(standIn.zones.list().flatMap(({ records }) => records)).toEqual([]);
    });
  }

  const { write } = given;
  if (write === undefined) return;
  test('refuses a body without its Content-Type, and changes nothing', async () => {
    const id = await open();
    const body = given.bad?.[0]?.[1] ?? '';
    const [method, path] = write;
    const headers = { ...given.headers(), 'content-type': 'text/plain' };
    const { status } = await send({ method, path: path(id), headers, body });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(standIn.zones.list().flatMap(({ records }) => records)).toEqual([]);
  });
});

describe('signed requests', () => {
  test('get no token from Google for an unreadable JWT, or another grant', async () => {
    standIn = await startGoogleStandIn(createKeyFile('some-project'));
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const ask = (body: string) => send({ method: 'POST', path: '/token', headers, body });
    const grant = 'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer';
    expect(await ask(`${grant}&assertion=a.b.c`)).toMatchObject({ status: 400 });
    expect((await ask('grant_type=password')).text).toContain('unsupported_grant_type');
    expect(await send({ method: 'POST', path: '/token', body: grant })).toMatchObject({ status: 400 });
  });

  test('are refused by Route 53 if they were altered', async () => {
    const route53 = await startRoute53StandIn();
    standIn = route53;
    route53.zones.add('example.com');
    const { benchOf, zoneOf } = await import('../provider-on-stand-in.ts');
    const { provider } = await benchOf('aws', route53);
    const zone = await zoneOf(provider, 'example.com');
    const record = { zone, name: '_acme-challenge.example.com', value: 'one' };
    await provider.addTxt(record, new AbortController().signal);
    const signed = route53.requests.find(({ method }) => method === 'POST');
    const headers = Object.fromEntries(
      Object.entries(signed?.headers ?? {}).filter(
        ([name]) => !/^(host|connection|content-length)$/.test(name),
      ),
    );
    const sent = { method: 'POST', path: signed?.path ?? '', headers };
    const altered = (signed?.body ?? '').replaceAll('one', 'two');
    expect(altered).not.toBe(signed?.body);
    const { status, text } = await send({ ...sent, body: altered });
    expect([status, text]).toEqual([403, expect.stringContaining('SignatureDoesNotMatch')]);
    expect(route53.zones.values(record.name)).toEqual(['one']);
  });
});
