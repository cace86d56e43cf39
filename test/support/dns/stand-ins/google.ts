// A stand-in for Cloud DNS v1 and Google's token endpoint, after https://cloud.google.com/dns/docs/reference/rest/v1.
import { z } from 'zod';
import { createTokenEndpoint, type KeyFile } from './google-token.ts';
import {
  type DnsStandIn,
  jsonBody,
  type Permission,
  type RecordedRequest,
  type StandInAnswer,
  startStandIn,
} from './stand-in.ts';
import { createZoneTable, type OnChange, QUOTED, type TableZone } from './zone-table.ts';

const ZONES_PER_PAGE = 100;

const SetSchema = z.strictObject({
  name: z.string().regex(/\.$/),
  type: z.literal('TXT'),
  ttl: z.int().min(0),
  rrdatas: z.array(z.string().regex(/^"/)).min(1),
});
type Set = z.infer<typeof SetSchema>;
const ChangeSchema = z
  .strictObject({ additions: z.array(SetSchema).default([]), deletions: z.array(SetSchema).default([]) })
  .refine(({ additions, deletions }) => additions.length + deletions.length > 0);

export interface GoogleStandIn extends DnsStandIn {
  /** From now on every change stays pending for that many calls of changes.get; initially 1. */
  setPending(calls: number): void;
}

/** @param keyFile Of createKeyFile(); `project` is in it. */
export async function startGoogleStandIn(keyFile: KeyFile, onChange?: OnChange): Promise<GoogleStandIn> {
  const projectId = keyFile.project_id ?? '';
  // Grows with every issued token.
  const secrets = [keyFile.private_key ?? '', keyFile.private_key_id ?? ''];
  const tokens = createTokenEndpoint(keyFile, (token) => secrets.push(token));
  let lastId = 0;
  const zones = createZoneTable(QUOTED, onChange, () => {
    lastId += 1;
    return `zone-${lastId}`;
  });
  const changes = new Map<string, number>();
  let pending = 1;

  const standIn = await startStandIn({
    credentials: { projectId, credentials: keyFile },
    secrets,
    zones,
    errorBody: (status, message) => {
      if (status === 403) return failure(403, 'rateLimitExceeded', message).body;
      return failure(status, status === 429 ? 'rateLimitExceeded' : 'backendError', message).body;
    },
    async handle(request, state) {
      if (request.path === '/token' && request.method === 'POST') return tokens.handle(request, state);
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
      if (token === undefined || !tokens.knows(token)) {
        const message =
          'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.';
        return failure(401, 'authError', message);
      }
      const [, project, path = ''] = /^\/dns\/v1\/projects\/([^/]+)(\/.*)$/.exec(request.path) ?? [];
      if (project !== projectId) return failure(403, 'forbidden', 'Forbidden');
      if (lacks(request, path, state.denied)) return failure(403, 'forbidden', 'Forbidden');
      if (path === '/managedZones' && request.method === 'GET') return listZones(request, zones.list());
      const [, zoneId = '', collection = '', changeId = ''] =
        /^\/managedZones\/([^/]+)\/(rrsets|changes)(?:\/(\w+))?$/.exec(path) ?? [];
      const zone = zones.find(zoneId);
      if (zone === undefined) {
        return failure(
          404,
          'notFound',
          `The 'parameters.managedZone' resource named '${zoneId}' does not exist.`,
        );
      }
      if (collection === 'rrsets' && request.method === 'GET') return listSets(request, zone);
      if (collection === 'changes' && changeId === '' && request.method === 'POST')
        return change(request, zone);
      if (collection === 'changes' && request.method === 'GET') return getChange(changeId);
      return failure(404, 'notFound', 'Not Found');
    },
  });
  return {
    ...standIn,
    setPending(calls) {
      pending = calls;
    },
  };

  function getChange(id: string): StandInAnswer {
    const left = changes.get(id);
    if (left === undefined) {
      return failure(404, 'notFound', `The 'parameters.changeId' resource named '${id}' does not exist.`);
    }
    changes.set(id, Math.max(0, left - 1));
    return { status: 200, body: { kind: 'dns#change', id, status: left === 0 ? 'done' : 'pending' } };
  }

  async function change(request: RecordedRequest, zone: TableZone): Promise<StandInAnswer> {
    const body = ChangeSchema.safeParse(jsonBody(request));
    if (!body.success)
      return failure(400, 'invalid', `Invalid value for 'entity.change': ${body.error.message}`);
    const { additions, deletions } = body.data;
    const refused = checkDeletions(zone, deletions) ?? checkAdditions(zone, additions, deletions);
    if (refused !== null) return refused;
    for (const name of new Set([...deletions, ...additions].map((set) => bare(set.name)))) {
      const added = additions.find((set) => bare(set.name) === name);
      const records = (added?.rrdatas ?? []).map((data) => ({ data, ttl: added?.ttl ?? 0 }));
      await zones.replace(zone, name, records);
    }
    const id = String(changes.size + 1);
    changes.set(id, pending);
    const startTime = new Date().toISOString();
    return {
      status: 200,
      body: { kind: 'dns#change', id, status: 'pending', startTime, additions, deletions },
    };
  }
}

function lacks({ method, body }: RecordedRequest, path: string, denied: ReadonlySet<Permission>): boolean {
  if (path === '/managedZones') return denied.has('list');
  if (method !== 'POST') return false;
  return (
    (denied.has('add') && body.includes('"additions"')) ||
    (denied.has('remove') && body.includes('"deletions"'))
  );
}

/** "Must match existing data exactly." */
function checkDeletions(zone: TableZone, deletions: readonly Set[]): StandInAnswer | null {
  for (const [index, set] of deletions.entries()) {
    const there = zone.records.filter((record) => record.name === bare(set.name));
    const what = `entity.change.deletions[${index}]`;
    if (there.length === 0) {
      return failure(404, 'notFound', `The '${what}' resource named '${set.name} (TXT)' does not exist.`);
    }
    const same =
      there
        .map(({ data }) => data)
        .sort()
        .join() === [...set.rrdatas].sort().join();
    if (!same || there[0]?.ttl !== set.ttl) {
      return failure(412, 'conditionNotMet', `Precondition not met for '${what}'`);
    }
  }
  return null;
}

function checkAdditions(
  zone: TableZone,
  additions: readonly Set[],
  deletions: readonly Set[],
): StandInAnswer | null {
  for (const [index, set] of additions.entries()) {
    const what = `entity.change.additions[${index}]`;
    const name = bare(set.name);
    if (name !== zone.name && !name.endsWith(`.${zone.name}`)) {
      return failure(400, 'invalid', `Invalid value for '${what}.name': '${set.name}'`);
    }
    const there = zone.records.some((record) => record.name === name);
    if (there && !deletions.some((gone) => bare(gone.name) === name)) {
      return failure(409, 'alreadyExists', `The resource '${what}' named '${set.name} (TXT)' already exists`);
    }
  }
  return null;
}

function listSets(request: RecordedRequest, zone: TableZone): StandInAnswer {
  const [name, type] = [request.query.get('name'), request.query.get('type')];
  if (type !== null && name === null) return failure(400, 'required', "'name' is required with 'type'");
  const names = [...new Set(zone.records.map((record) => record.name))].filter(
    (one) => name === null || one === bare(name),
  );
  const rrsets = names.map((one) => {
    const records = zone.records.filter((record) => record.name === one);
    const rrdatas = records.map(({ data }) => data);
    return { kind: 'dns#resourceRecordSet', name: `${one}.`, type: 'TXT', ttl: records[0]?.ttl, rrdatas };
  });
  return { status: 200, body: { kind: 'dns#resourceRecordSetsListResponse', rrsets } };
}

function listZones(request: RecordedRequest, zones: readonly TableZone[]): StandInAnswer {
  const start = Number(request.query.get('pageToken') ?? 0);
  const managedZones = zones.slice(start, start + ZONES_PER_PAGE).map((zone) => ({
    kind: 'dns#managedZone',
    name: zone.id,
    dnsName: `${zone.name}.`,
    visibility: zone.private ? 'private' : 'public',
    nameServers: zone.private ? [] : ['ns-cloud-a1.googledomains.com.', 'ns-cloud-a2.googledomains.com.'],
  }));
  const next = start + ZONES_PER_PAGE;
  const more = next < zones.length ? { nextPageToken: String(next) } : {};
  return { status: 200, body: { kind: 'dns#managedZonesListResponse', managedZones, ...more } };
}

function bare(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function failure(code: number, reason: string, message: string): StandInAnswer {
  return {
    status: code,
    body: { error: { code, message, errors: [{ message, domain: 'global', reason }] } },
  };
}
