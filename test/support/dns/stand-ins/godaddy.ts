// A stand-in for GoDaddy's Domains API v1, after https://developer.godaddy.com/doc/endpoint/domains.
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  type DnsStandIn,
  jsonBody,
  type RecordedRequest,
  type StandInAnswer,
  startStandIn,
} from './stand-in.ts';
import { createZoneTable, type OnChange, PLAIN, type TableZone } from './zone-table.ts';

/** DNSRecordCreateTypeName. */
const NewRecordsSchema = z
  .array(z.strictObject({ data: z.string().trim().min(1), ttl: z.int().min(600).optional() }))
  .min(1);

export interface GoDaddyStandIn extends DnsStandIn {
  /** From now on the account has too few domains to use the API. */
  denyAccess(): void;
}

/** @param keys The keys that it accepts; default: random ones. */
export async function startGoDaddyStandIn(
  onChange?: OnChange,
  keys?: { readonly apiKey: string; readonly apiSecret: string },
): Promise<GoDaddyStandIn> {
  const random = () => randomBytes(15).toString('base64url');
  const { apiKey, apiSecret } = keys ?? { apiKey: random(), apiSecret: random() };
  const zones = createZoneTable(PLAIN, onChange);
  let denied = false;
  const standIn = await startStandIn({
    credentials: { apiKey, apiSecret },
    secrets: [apiKey, apiSecret],
    zones,
    errorBody: (status, message) => ({
      code: status === 429 ? 'TOO_MANY_REQUESTS' : 'SERVER_ERROR',
      message,
    }),
    async handle(request, { revoked, denied: lacking }) {
      const { authorization } = request.headers;
      if (authorization === undefined) {
        return failure(401, 'MISSING_CREDENTIALS', 'Unauthorized : Credentials must be specified');
      }
      if (!/^sso-key [\w-]+:[\w-]+$/.test(authorization)) {
        return failure(400, 'MALFORMED_CREDENTIALS', 'Credentials must match the required format');
      }
      if (authorization !== `sso-key ${apiKey}:${apiSecret}` || revoked) {
        return failure(401, 'UNABLE_TO_AUTHENTICATE', 'Unauthorized : Could not authenticate API key/secret');
      }
      const needed = { GET: 'list', PUT: 'add', DELETE: 'remove' } as const;
      if (denied || lacking.has(needed[request.method as keyof typeof needed]))
        return failure(403, 'ACCESS_DENIED', 'Authenticated user is not allowed access');
      if (request.path === '/v1/domains' && request.method === 'GET')
        return listDomains(request, zones.list());
      const [, name = '', sub = ''] =
        /^\/v1\/domains\/([^/]+)\/records\/TXT\/([^/]+)$/.exec(request.path) ?? [];
      if (sub === '') return failure(404, 'NOT_FOUND', 'Not Found : Requested resource does not exist');
      const zone = zones.find(name);
      if (zone === undefined) {
        return failure(
          404,
          'UNKNOWN_DOMAIN',
          'The given domain is not registered, or does not have a zone file',
        );
      }
      return records(request, zone, decodeURIComponent(sub));
    },
  });
  return {
    ...standIn,
    denyAccess() {
      denied = true;
    },
  };

  async function records(request: RecordedRequest, zone: TableZone, sub: string): Promise<StandInAnswer> {
    const name = sub === '@' ? zone.name : `${sub}.${zone.name}`;
    const there = zones.records(zone, name);
    switch (request.method) {
      case 'GET':
        return { status: 200, body: there.map(({ data, ttl }) => ({ data, name: sub, ttl, type: 'TXT' })) };
      case 'PUT': {
        const body = NewRecordsSchema.safeParse(jsonBody(request));
        if (!body.success) {
          const fields = body.error.issues.map(({ path, message }) => ({
            code: 'INVALID',
            message,
            path: path.join('.'),
          }));
          return failure(
            422,
            'INVALID_BODY',
            "Request body doesn't fulfill schema, see details in `fields`",
            { fields },
          );
        }
        const values = body.data.map(({ data }) => data);
        if (new Set(values).size < values.length) {
          return failure(422, 'DUPLICATE_RECORD', 'Another record with the same attributes already exists');
        }
        await zones.replace(
          zone,
          name,
          body.data.map(({ data, ttl = 3600 }) => ({ data, ttl })),
        );
        return { status: 200 };
      }
      case 'DELETE':
        if (there.length === 0) return failure(404, 'NOT_FOUND', 'The record does not exist');
        await zones.replace(zone, name, []);
        return { status: 204 };
      default:
        return failure(405, 'METHOD_NOT_ALLOWED', 'Method Not Allowed');
    }
  }
}

/** Paged by the last domain of the previous page. */
function listDomains(request: RecordedRequest, zones: readonly TableZone[]): StandInAnswer {
  const limit = Number(request.query.get('limit') ?? 100);
  if (!(limit >= 1 && limit <= 1000)) return failure(422, 'INVALID_LIMIT', '`limit` must be 1 to 1000');
  const marker = request.query.get('marker');
  const start = marker === null ? 0 : zones.findIndex((zone) => zone.name === marker) + 1;
  const page = zones.slice(start, start + limit);
  const shown = page.map(({ name }, index) => ({ domain: name, domainId: start + index, status: 'ACTIVE' }));
  return { status: 200, body: shown };
}

function failure(status: number, code: string, message: string, more: object = {}): StandInAnswer {
  return { status, body: { code, message, ...more } };
}
