// A stand-in for DigitalOcean's API v2, after https://docs.digitalocean.com/reference/api/reference/domains/ and
// https://docs.digitalocean.com/reference/api/reference/domain-records/.
import { randomBytes, randomInt } from 'node:crypto';
import { z } from 'zod';
import {
  type DnsStandIn,
  jsonBody,
  type RecordedRequest,
  type StandInAnswer,
  startStandIn,
} from './stand-in.ts';
import { createZoneTable, type OnChange, PLAIN, type TableRecord, type TableZone } from './zone-table.ts';

const NewRecordSchema = z.strictObject({
  type: z.literal('TXT'),
  /** "The host name": `_acme-challenge.www`, `@`; a full name is accepted too. */
  name: z.string().min(1).max(255),
  data: z.string().min(1),
  ttl: z.int().min(30),
});

/** @param apiToken The token that it accepts; default: a random one. */
export async function startDigitalOceanStandIn(
  onChange?: OnChange,
  apiToken: string = `dop_v1_${randomBytes(32).toString('hex')}`,
): Promise<DnsStandIn> {
  const zones = createZoneTable(PLAIN, onChange, () => String(randomInt(1, 2 ** 40)));
  return startStandIn({
    credentials: { apiToken },
    secrets: [apiToken],
    zones,
    errorBody: (status, message) => ({ id: status === 429 ? 'too_many_requests' : 'server_error', message }),
    async handle(request, { revoked, denied }) {
      if (request.headers.authorization !== `Bearer ${apiToken}` || revoked) {
        return failure(401, 'Unauthorized', 'Unable to authenticate you');
      }
      const needed = { GET: 'list', POST: 'add', DELETE: 'remove' } as const;
      if (denied.has(needed[request.method as keyof typeof needed])) {
        return failure(403, 'Forbidden', 'You are not authorized to perform this operation');
      }
      if (request.path === '/v2/domains' && request.method === 'GET') {
        return page(request, 'domains', zones.list(), ({ name }) => ({ name, ttl: 1800, zone_file: '' }));
      }
      const [, name = '', id = ''] = /^\/v2\/domains\/([^/]+)\/records(?:\/(\d+))?$/.exec(request.path) ?? [];
      const zone = zones.find(name);
      if (zone === undefined) return notFound();
      if (id === '' && request.method === 'GET') return listRecords(request, zone);
      if (id === '' && request.method === 'POST') return create(request, zone);
      if (id !== '' && request.method === 'DELETE') {
        return (await zones.remove(zone, id)) ? { status: 204 } : notFound();
      }
      return notFound();
    },
  });

  async function create(request: RecordedRequest, zone: TableZone): Promise<StandInAnswer> {
    const body = NewRecordSchema.safeParse(jsonBody(request));
    if (!body.success) return failure(422, 'unprocessable_entity', 'Data is not a valid record');
    const { name, data, ttl } = body.data;
    const whole =
      name === '@' ? zone.name : name.endsWith(`.${zone.name}.`) ? name.slice(0, -1) : `${name}.${zone.name}`;
    const record = await zones.insert(zone, { name: whole, data, ttl });
    return { status: 201, body: { domain_record: shown(zone, record) } };
  }
}

function listRecords(request: RecordedRequest, zone: TableZone): StandInAnswer {
  const name = request.query.get('name');
  const type = request.query.get('type') ?? 'TXT';
  // "A fully qualified record name."
  const found = zone.records.filter((record) => type === 'TXT' && (name === null || record.name === name));
  return page(request, 'domain_records', found, (record) => shown(zone, record));
}

function shown(zone: TableZone, { id, name, data, ttl }: TableRecord): object {
  const relative = name === zone.name ? '@' : name.slice(0, -(zone.name.length + 1));
  const none = { priority: null, port: null, weight: null, flags: null, tag: null };
  return { id: Number(id), type: 'TXT', name: relative, data, ttl, ...none };
}

function page<T>(
  request: RecordedRequest,
  key: string,
  all: readonly T[],
  show: (item: T) => object,
): StandInAnswer {
  const perPage = Number(request.query.get('per_page') ?? 20);
  const number = Number(request.query.get('page') ?? 1);
  if (perPage < 1 || perPage > 200) return failure(422, 'unprocessable_entity', 'per_page must be 1 to 200');
  const items = all.slice((number - 1) * perPage, number * perPage);
  const next = `https://api.digitalocean.com${request.path}?page=${number + 1}&per_page=${perPage}`;
  const pages = number * perPage < all.length ? { next, last: next } : {};
  return { status: 200, body: { [key]: items.map(show), links: { pages }, meta: { total: all.length } } };
}

function failure(status: number, id: string, message: string): StandInAnswer {
  return { status, body: { id, message, request_id: '4d9d8375-3c56-4925-a3e7-eb137fed17e9' } };
}

function notFound(): StandInAnswer {
  return failure(404, 'not_found', 'The resource you were accessing could not be found.');
}
