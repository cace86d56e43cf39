// Answers as providers' APIs really give them: null for missing values, and names in any spelling.
import { afterEach, describe, expect, test } from 'vitest';
import { readAnsweredName } from '../../../../src/main/engine/dns/providers/answered-name.ts';
import { benchOf, type StandInBench } from '../../../support/dns/provider-on-stand-in.ts';
import { startCloudflareStandIn } from '../../../support/dns/stand-ins/cloudflare.ts';
import { startDigitalOceanStandIn } from '../../../support/dns/stand-ins/digitalocean.ts';
import { startGoDaddyStandIn } from '../../../support/dns/stand-ins/godaddy.ts';
import { startGoogleStandIn } from '../../../support/dns/stand-ins/google.ts';
import { createKeyFile } from '../../../support/dns/stand-ins/google-token.ts';
import { startRoute53StandIn } from '../../../support/dns/stand-ins/route53.ts';
import type { DnsStandIn } from '../../../support/dns/stand-ins/stand-in.ts';

const signal = new AbortController().signal;
const IDN = 'xn--mnchen-3ya.example';
const ACME = `_acme-challenge.${IDN}`;
let bench: StandInBench | undefined;
afterEach(() => bench?.standIn.close());

interface Row {
  readonly name: string;
  start(): Promise<DnsStandIn>;
  /** One zone, whose optional members are null. */
  readonly zones: object;
  readonly id: string;
  /** A list of zones or records that is null. */
  readonly none: unknown;
  readonly noRecords: unknown;
}

const ROWS: readonly Row[] = [
  {
    name: 'cloudflare',
    start: () => startCloudflareStandIn(),
    zones: {
      success: true,
      errors: null,
      result: [{ id: 'z1', name: 'MÜNCHEN.example', name_servers: null, owner: null }],
      result_info: null,
    },
    id: 'z1',
    none: { success: true, result: null, result_info: null },
    noRecords: { success: true, result: null, result_info: null },
  },
  {
    name: 'digitalocean',
    start: () => startDigitalOceanStandIn(),
    zones: { domains: [{ name: 'München.example', ttl: null, zone_file: null }], links: null, meta: null },
    id: IDN,
    none: { domains: null, links: { pages: null } },
    noRecords: { domain_records: null, links: null },
  },
  {
    name: 'godaddy',
    start: () => startGoDaddyStandIn(),
    zones: [{ domain: 'münchen.EXAMPLE', nameServers: null }],
    id: IDN,
    none: null,
    noRecords: null,
  },
  {
    name: 'google',
    start: async () => startGoogleStandIn(createKeyFile('some-project')),
    zones: {
      managedZones: [{ name: 'z1', dnsName: 'MÜNCHEN.example.', visibility: null, nameServers: null }],
      nextPageToken: null,
    },
    id: 'z1',
    none: { managedZones: null, nextPageToken: null },
    noRecords: { rrsets: null },
  },
];

describe.each(ROWS)('answers of $name', ({ name, start, zones, id, none, noRecords }) => {
  const open = async () => {
    bench = await benchOf(name, await start());
    await bench.provider.listZones?.(signal); // google requests its token first
    return bench;
  };

  test('may hold null for optional members, and names in Unicode and upper case', async () => {
    const { provider, standIn } = await open();
    standIn.answerNext({ status: 200, body: zones });
    expect(await provider.listZones?.(signal)).toEqual([{ id, name: IDN }]);
  });

  test('may hold null for a list', async () => {
    const { provider, standIn } = await open();
    standIn.answerNext({ status: 200, body: JSON.stringify(none) });
    expect(await provider.listZones?.(signal)).toEqual([]);
    standIn.answerNext({ status: 200, body: JSON.stringify(noRecords) });
    await provider.removeTxt({ zoneId: id, name: ACME, value: 'one' }, signal);
  });
});

test('Cloudflare finds the record of a name that it returns in Unicode', async () => {
  bench = await benchOf('cloudflare', await startCloudflareStandIn());
  const { provider, standIn } = bench;
  const zone = standIn.zones.add(IDN);
  await standIn.zones.insert(zone, { name: '_acme-challenge.münchen.example', data: '"one"', ttl: 60 });
  const [record] = zone.records;
  const shown = { id: record?.id, type: 'TXT', name: '_acme-challenge.münchen.example', content: '"one"' };
  standIn.answerNext({ status: 200, body: { result: [shown], result_info: null } });
  await provider.removeTxt({ zoneId: zone.id, name: ACME, value: 'one' }, signal);
  expect(zone.records).toEqual([]);
});

test('Cloudflare requests the next page if there is no count and the page is full', async () => {
  bench = await benchOf('cloudflare', await startCloudflareStandIn());
  const { provider, standIn } = bench;
  const result = Array.from({ length: 50 }, (_, n) => ({ id: `z${n}`, name: `n${n}.example` }));
  standIn.answerNext({ status: 200, body: { result, result_info: null } });
  standIn.zones.add('first-of-the-stand-in.example');
  await provider.listZones?.(signal);
  expect(standIn.requests.map(({ query }) => query.get('page'))).toEqual(['1', '2']);
});

test('Route 53 may escape any character in a name', async () => {
  bench = await benchOf('aws', await startRoute53StandIn());
  bench.standIn.zones.add('My\\055Zone.Example');
  expect(await bench.provider.listZones?.(signal)).toMatchObject([{ name: 'my-zone.example' }]);
});

test.each([
  ['Example.COM.', 'example.com'],
  ['_acme-challenge.MÜNCHEN.de', '_acme-challenge.xn--mnchen-3ya.de'],
  ['\\052.example.com.', '*.example.com'],
  ['xn--mnchen-3ya.de', 'xn--mnchen-3ya.de'],
  ['1.2.3.4', '1.2.3.4'],
  ['ＥＸＡＭＰＬＥ。com', 'example.com'],
  ['bücher.1', 'bücher.1'],
])('reads the name %s', (text, name) => {
  expect(readAnsweredName(text)).toBe(name);
});
