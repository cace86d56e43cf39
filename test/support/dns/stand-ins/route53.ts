// A stand-in for Route 53's API of 2013-04-01, after https://docs.aws.amazon.com/Route53/latest/APIReference/. It
// checks every signature.
import { randomBytes } from 'node:crypto';
import { changeBatch, type RecordSet, xml } from './route53-xml.ts';
import { checkSigV4, type SigV4Keys } from './sigv4.ts';
import {
  type DnsStandIn,
  type Permission,
  type RecordedRequest,
  type StandInAnswer,
  startStandIn,
} from './stand-in.ts';
import { createZoneTable, type OnChange, QUOTED, type TableZone } from './zone-table.ts';

export interface Route53StandIn extends DnsStandIn {
  /** From now on every change stays PENDING for that many calls of GetChange; initially 1. */
  setPending(calls: number): void;
}

export async function startRoute53StandIn(
  onChange?: OnChange,
  options: { readonly temporary?: boolean; readonly keys?: SigV4Keys } = {},
): Promise<Route53StandIn> {
  const random = (bytes: number) => randomBytes(bytes).toString('hex');
  const keys: SigV4Keys = options.keys ?? {
    accessKeyId: `AKIA${random(8).toUpperCase()}`,
    secretAccessKey: `${random(18)}/+aB`,
    ...(options.temporary === true ? { sessionToken: `IQoJb3JpZ2luX2Vj${random(40)}` } : {}),
  };
  const zones = createZoneTable(QUOTED, onChange, () => `Z${random(10).toUpperCase()}`);
  const changes = new Map<string, number>();
  let pending = 1;

  const standIn = await startStandIn({
    credentials: { ...keys, region: 'us-east-1' },
    secrets: Object.values(keys),
    zones,
    errorBody: (status, message) =>
      failure(status, status === 400 ? 'Throttling' : 'InternalFailure', message).body,
    async handle(request, { revoked, denied }) {
      const problem = checkSigV4(request, revoked ? null : keys, { region: 'us-east-1', service: 'route53' });
      if (problem !== null) return failure(403, problem.code, problem.message);
      const [, path = ''] = /^\/2013-04-01(\/.*)$/.exec(request.path) ?? [];
      const lacking = lackingAction(request, path, denied);
      if (lacking !== null) return accessDenied(lacking);
      if (path === '/hostedzone' && request.method === 'GET') return listHostedZones(request, zones.list());
      const [, changeId = ''] = /^\/change\/(C[0-9A-F]+)$/.exec(path) ?? [];
      if (changeId !== '' && request.method === 'GET') return getChange(changeId);
      const [, zoneId = '', sub = ''] = /^\/hostedzone\/(Z[0-9A-Z]+)(\/rrset)?\/?$/.exec(path) ?? [];
      if (zoneId === '') return failure(404, 'UnknownOperationException', '');
      const zone = zones.find(zoneId);
      if (zone === undefined)
        return failure(404, 'NoSuchHostedZone', `No hosted zone found with ID: ${zoneId}`);
      if (sub === '' && request.method === 'GET') return getHostedZone(zone);
      if (sub !== '' && request.method === 'GET') return listRecordSets(request, zone);
      if (sub !== '' && request.method === 'POST') return change(request, zone);
      return failure(404, 'UnknownOperationException', '');
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
    if (left === undefined) return failure(404, 'NoSuchChange', `A change with the ID ${id} does not exist.`);
    changes.set(id, Math.max(0, left - 1));
    return ok('GetChangeResponse', { ChangeInfo: changeInfo(id, left === 0) });
  }

  async function change(request: RecordedRequest, zone: TableZone): Promise<StandInAnswer> {
    if (!/^application\/xml\b|^text\/xml\b/.test(request.headers['content-type'] ?? '')) {
      return failure(400, 'MalformedInput', 'Unexpected Content-Type');
    }
    const batch = changeBatch(request.body);
    if (batch === null) return failure(400, 'MalformedInput', 'Unexpected list element termination');
    // One transaction: applied to a copy first.
    const sets = new Map(recordSets(zone).map((set) => [set.name, set]));
    const problems = batch.flatMap(({ action, set }) => apply(zone, sets, action, set) ?? []);
    if (problems.length > 0) return failure(400, 'InvalidChangeBatch', `[${problems.join(', ')}]`);
    for (const name of new Set(batch.map(({ set }) => set.name))) {
      const { ttl = 0, values = [] } = sets.get(name) ?? {};
      await zones.replace(
        zone,
        name,
        values.map((data) => ({ data, ttl })),
      );
    }
    const id = `C${random(8).toUpperCase()}`;
    changes.set(id, pending);
    return ok('ChangeResourceRecordSetsResponse', { ChangeInfo: changeInfo(id, false) });
  }
}

function lackingAction(
  { method, body }: RecordedRequest,
  path: string,
  denied: ReadonlySet<Permission>,
): string | null {
  if (path === '/hostedzone') return denied.has('list') ? 'ListHostedZones' : null;
  // A policy may allow only some actions of a change (route53:ChangeResourceRecordSetsActions).
  const change =
    (denied.has('add') && body.includes('<Action>CREATE')) ||
    (denied.has('remove') && body.includes('<Action>DELETE'));
  return method === 'POST' && change ? 'ChangeResourceRecordSets' : null;
}

function accessDenied(action: string): StandInAnswer {
  const who = 'User: arn:aws:iam::123456789012:user/certdesk';
  const why = `because no identity-based policy allows the route53:${action} action`;
  return failure(403, 'AccessDenied', `${who} is not authorized to perform: route53:${action} ${why}`);
}

/** The problem, in AWS's words, or null. */
function apply(zone: TableZone, sets: Map<string, RecordSet>, action: string, set: RecordSet): string | null {
  const what = `resource record set [name='${set.name}.', type='TXT']`;
  const there = sets.get(set.name);
  if (set.name !== zone.name && !set.name.endsWith(`.${zone.name}`)) {
    return `RRSet with DNS name ${set.name}. is not permitted in zone ${zone.name}.`;
  }
  const bare = set.values.find((value) => !/^"([^"\\]|\\.){0,255}"( "([^"\\]|\\.){0,255}")*$/.test(value));
  if (bare !== undefined) {
    return `Invalid Resource Record: 'FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) encountered with '${bare}''`;
  }
  if (new Set(set.values).size < set.values.length) return `Duplicate Resource Record in ${what}`;
  if (action === 'DELETE') {
    if (there === undefined) return `Tried to delete ${what} but it was not found`;
    if (there.ttl !== set.ttl || [...there.values].sort().join() !== [...set.values].sort().join()) {
      return `Tried to delete ${what} but the values provided do not match the current values`;
    }
    sets.delete(set.name);
    return null;
  }
  if (action === 'CREATE' && there !== undefined) return `Tried to create ${what} but it already exists`;
  sets.set(set.name, set);
  return null;
}

function recordSets(zone: TableZone): readonly RecordSet[] {
  const names = [...new Set(zone.records.map(({ name }) => name))].sort((a, b) =>
    order(a) < order(b) ? -1 : 1,
  );
  return names.map((name) => {
    const records = zone.records.filter((record) => record.name === name);
    return { name, ttl: records[0]?.ttl ?? 0, values: records.map(({ data }) => data) };
  });
}

/** "Sorted in ASCII order, with the labels reversed." */
function order(name: string): string {
  return name.replace(/\.$/, '').split('.').reverse().join('.');
}

function listRecordSets(request: RecordedRequest, zone: TableZone): StandInAnswer {
  const start = request.query.get('name');
  const most = Number(request.query.get('maxitems') ?? 300);
  const from = recordSets(zone).filter(({ name }) => start === null || order(name) >= order(start));
  const shown = from.slice(0, most).map(({ name, ttl, values }) => ({
    ResourceRecordSet: {
      Name: `${name}.`,
      Type: 'TXT',
      TTL: ttl,
      ResourceRecords: values.map((Value) => ({ ResourceRecord: { Value } })),
    },
  }));
  const IsTruncated = from.length > most;
  return ok('ListResourceRecordSetsResponse', { ResourceRecordSets: shown, IsTruncated, MaxItems: most });
}

function listHostedZones(request: RecordedRequest, zones: readonly TableZone[]): StandInAnswer {
  const most = Math.min(Number(request.query.get('maxitems') ?? 100), 100);
  const marker = request.query.get('marker');
  const start = marker === null ? 0 : zones.findIndex(({ id }) => id === marker);
  if (start < 0) return failure(400, 'InvalidInput', 'The marker is not valid');
  const next = zones[start + most];
  return ok('ListHostedZonesResponse', {
    HostedZones: zones.slice(start, start + most).map((zone) => ({ HostedZone: hostedZone(zone) })),
    IsTruncated: next !== undefined,
    ...(next === undefined ? {} : { NextMarker: next.id }),
    MaxItems: most,
  });
}

function getHostedZone(zone: TableZone): StandInAnswer {
  const servers = ['ns-1.awsdns-01.org', `ns-${zone.id.slice(-4)}.awsdns-02.net`];
  const NameServers = servers.map((NameServer) => ({ NameServer }));
  return ok('GetHostedZoneResponse', { HostedZone: hostedZone(zone), DelegationSet: { NameServers } });
}

function hostedZone(zone: TableZone): object {
  const Config = { Comment: '', PrivateZone: zone.private };
  return { Id: `/hostedzone/${zone.id}`, Name: `${zone.name}.`, CallerReference: zone.id, Config };
}

function changeInfo(id: string, inSync: boolean): object {
  return {
    Id: `/change/${id}`,
    Status: inSync ? 'INSYNC' : 'PENDING',
    SubmittedAt: new Date().toISOString(),
  };
}

function ok(root: string, content: object): StandInAnswer {
  return answer(200, root, content);
}

function failure(status: number, Code: string, Message: string): StandInAnswer {
  return answer(status, 'ErrorResponse', {
    Error: { Type: 'Sender', Code, Message },
    RequestId: 'b25f48e8-84fd-11e6',
  });
}

function answer(status: number, root: string, content: object): StandInAnswer {
  return { status, headers: { 'content-type': 'text/xml' }, body: xml(root, content) };
}
