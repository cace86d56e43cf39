// A stand-in for Cloudflare's API v4, after https://developers.cloudflare.com/api/resources/zones/methods/list/ and
// https://developers.cloudflare.com/api/resources/dns/subresources/records/.
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  type DnsStandIn,
  jsonBody,
  type RecordedRequest,
  type StandInAnswer,
  startStandIn,
} from './stand-in.ts';
import { createZoneTable, type OnChange, QUOTED, type TableRecord, type TableZone } from './zone-table.ts';

const NewRecordSchema = z.strictObject({
  type: z.literal('TXT'),
  name: z.string().min(1).max(255),
  content: z.string().min(1),
  ttl: z.union([z.literal(1), z.int().min(60).max(86400)]),
  comment: z.string().max(100).optional(),
});

/** The second form of its credentials: https://developers.cloudflare.com/fundamentals/api/get-started/keys/ */
export const GLOBAL_KEY = { email: 'admin@example.com', apiKey: 'c2547eb745079dac9320b638f5e225cf483cc' };

/** @param apiToken The token that it accepts; default: a random one. */
export async function startCloudflareStandIn(
  onChange?: OnChange,
  apiToken: string = randomBytes(30).toString('base64url'),
): Promise<DnsStandIn> {
  const zones = createZoneTable(QUOTED, onChange);
  return startStandIn({
    credentials: { apiToken },
    secrets: [apiToken],
    zones,
    errorBody: (_, message) => failure(0, { code: 10013, message }).body,
    async handle(request, { revoked, denied }) {
      const refused = isGlobalKey(request)
        ? null
        : checkToken(request.headers.authorization, revoked ? null : apiToken);
      if (refused !== null) return refused;
      const [, zoneId = '', recordId = ''] =
        /^\/client\/v4\/zones(?:\/([0-9a-f]{32})\/dns_records(?:\/([0-9a-f]{32}))?)?$/.exec(request.path) ??
        [];
      if (request.path === '/client/v4/zones' && request.method === 'GET') {
        if (denied.has('list') || (denied.has('list all') && !request.query.has('name'))) {
          const message = `Actor 'com.cloudflare.api.token.1f0c' requires permission 'com.cloudflare.api.account.zone.list' to list zones`;
          return failure(403, { code: 0, message });
        }
        return listZones(request, zones.list());
      }
      const zone = zones.find(zoneId);
      if (zoneId === '') return noRoute(request);
      if (zone === undefined)
        return failure(403, { code: 9109, message: 'Unauthorized to access requested resource' });
      if (
        (request.method === 'POST' && denied.has('add')) ||
        (request.method === 'DELETE' && denied.has('remove'))
      ) {
        return failure(403, { code: 10000, message: 'Authentication error' });
      }
      if (recordId === '' && request.method === 'GET') return listRecords(request, zone);
      if (recordId === '' && request.method === 'POST') return create(request, zone);
      if (recordId !== '' && request.method === 'DELETE') {
        if (await zones.remove(zone, recordId)) return success({ id: recordId });
        return failure(404, { code: 81044, message: 'Record does not exist.' });
      }
      return noRoute(request);
    },
  });

  async function create(request: RecordedRequest, zone: TableZone): Promise<StandInAnswer> {
    const body = NewRecordSchema.safeParse(jsonBody(request));
    if (!body.success) return failure(400, { code: 9207, message: 'Request body is invalid.' });
    const { content, ttl } = body.data;
    const given = body.data.name.toLowerCase();
    // "Complete DNS record name, including the zone name"; it is appended to a name without it.
    const name = given === zone.name || given.endsWith(`.${zone.name}`) ? given : `${given}.${zone.name}`;
    const data = content.startsWith('"') ? content : QUOTED.encode(content);
    if (zones.records(zone, name).some((record) => record.data === data)) {
      return failure(400, { code: 81058, message: 'An identical record already exists.' });
    }
    return success(shown(await zones.insert(zone, { name, data, ttl })));
  }
}

function isGlobalKey({ headers }: RecordedRequest): boolean {
  return headers['x-auth-email'] === GLOBAL_KEY.email && headers['x-auth-key'] === GLOBAL_KEY.apiKey;
}

function checkToken(authorization: string | undefined, token: string | null): StandInAnswer | null {
  if (authorization === undefined) {
    const message = 'Missing X-Auth-Key, X-Auth-Email or Authorization headers';
    return failure(400, { code: 9106, message });
  }
  // Before the format check: the specification's example token, which is shorter than the 40 characters of a real one,
  // is accepted too.
  if (authorization === `Bearer ${token}`) return null;
  if (!/^Bearer [\w-]{40}$/.test(authorization)) {
    const chain = [{ code: 6111, message: 'Invalid format for Authorization header' }];
    return failure(400, { code: 6003, message: 'Invalid request headers', error_chain: chain });
  }
  return failure(403, { code: 9109, message: 'Invalid access token' });
}

function listZones(request: RecordedRequest, zones: readonly TableZone[]): StandInAnswer {
  const perPage = Number(request.query.get('per_page') ?? 20);
  if (perPage < 5 || perPage > 50) return failure(400, { code: 1068, message: 'Invalid value for per_page' });
  const name = request.query.get('name');
  const found = zones.filter((zone) => name === null || zone.name === name);
  return page(request, found, perPage, (zone) => ({
    id: zone.id,
    name: zone.name,
    status: 'active',
    name_servers: ['ada.ns.cloudflare.com', 'Bob.ns.cloudflare.com'],
    type: 'full',
  }));
}

function listRecords(request: RecordedRequest, zone: TableZone): StandInAnswer {
  const name = request.query.get('name.exact') ?? request.query.get('name');
  const type = request.query.get('type') ?? 'TXT';
  const found = zone.records.filter((record) => type === 'TXT' && (name === null || record.name === name));
  return page(request, found, Number(request.query.get('per_page') ?? 100), shown);
}

function page<T>(
  request: RecordedRequest,
  all: readonly T[],
  perPage: number,
  show: (item: T) => object,
): StandInAnswer {
  const number = Number(request.query.get('page') ?? 1);
  const items = all.slice((number - 1) * perPage, number * perPage);
  return success(items.map(show), {
    result_info: {
      page: number,
      per_page: perPage,
      count: items.length,
      total_count: all.length,
      total_pages: Math.ceil(all.length / perPage),
    },
  });
}

function shown({ id, name, data, ttl }: TableRecord): object {
  return {
    id,
    name,
    type: 'TXT',
    content: data,
    proxiable: false,
    proxied: false,
    ttl,
    settings: {},
    tags: [],
  };
}

function success(result: unknown, more: object = {}): StandInAnswer {
  return { status: 200, body: { result, success: true, errors: [], messages: [], ...more } };
}

function failure(status: number, error: object): StandInAnswer {
  return { status, body: { success: false, errors: [error], messages: [], result: null } };
}

function noRoute({ path }: RecordedRequest): StandInAnswer {
  const message = `Could not route to ${path}, perhaps your object identifier is invalid?`;
  return failure(404, { code: 7003, message });
}
