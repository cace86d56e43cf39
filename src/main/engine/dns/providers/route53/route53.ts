// AWS Route 53 by access key, or by the default credential chain of the machine. All values of a name are one
// record set: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html

import type { Change, HostedZone } from '@aws-sdk/client-route-53';
import { CertdeskError } from '../../../core/errors.ts';
import { invalidCredential } from '../../../core/invalid.ts';
import { readAnsweredName } from '../answered-name.ts';
import type { DnsHttp } from '../http.ts';
import { allPages } from '../paging.ts';
import { type DnsZone, defineDnsProvider } from '../provider.ts';
import { createRecordSetProvider, type RecordSet, type RecordSetApi } from '../record-set.ts';
import type { TxtRef } from '../txt-ref.ts';
import { type AwsApi, createAwsApi } from './aws-client.ts';

/** Seconds. */
const TTL = 60;
/** Milliseconds. A change is on all servers within 60 s as a rule. */
const WAIT = { interval: 3000, timeout: 120_000 };
/** Of a DELETE or CREATE whose record set is not, or no longer, as it was read. */
const CONFLICT = /Tried to (create|delete) resource record set/;

export const route53 = defineDnsProvider({
  id: 'aws',
  name: 'AWS Route 53',
  docs: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/access-control-managing-permissions.html',
  permissions:
    'IAM policy that allows route53:ListHostedZones, route53:GetHostedZone, route53:ListResourceRecordSets, route53:ChangeResourceRecordSets (CREATE and DELETE of TXT) and route53:GetChange.',
  needs: {
    list: 'route53:ListHostedZones',
    add: 'route53:ListResourceRecordSets, route53:ChangeResourceRecordSets (CREATE) or route53:GetChange',
    remove: 'route53:ChangeResourceRecordSets (DELETE)',
  },
  credentials: [
    {
      name: 'accessKeyId',
      label: 'Access key ID',
      secret: true,
      required: false,
      type: 'text',
      help: 'Leave empty to use the server’s AWS credentials (environment, ~/.aws, instance role).',
    },
    { name: 'secretAccessKey', label: 'Secret access key', secret: true, required: false, type: 'text' },
    { name: 'region', label: 'Region', secret: false, required: false, type: 'text', default: 'us-east-1' },
    {
      name: 'sessionToken',
      label: 'Session token',
      secret: true,
      required: false,
      type: 'text',
      help: 'Temporary credentials only. They expire within hours, so renewals will fail.',
    },
  ],
  propagation: { timeout: 180, interval: 2 },
  create(credentials, { http, endpoint, sleep, log }) {
    if ('accessKeyId' in credentials !== 'secretAccessKey' in credentials) {
      const field = 'accessKeyId' in credentials ? 'secretAccessKey' : 'accessKeyId';
      throw invalidCredential(field, 'is missing: enter both keys, or neither to use those of this server');
    }
    const api = createAwsApi(credentials, http, endpoint);
    return {
      listZones: (signal) => listZones(api, http, signal),
      ...createRecordSetProvider(createSets(api, http), { sleep, log, ttl: TTL, wait: WAIT }),
    };
  },
});

/** The public zones; a private one of the same name is none that the world sees. */
async function listZones(api: AwsApi, http: DnsHttp, signal: AbortSignal): Promise<readonly DnsZone[]> {
  const all = await allPages<HostedZone, string | undefined>(undefined, async (marker) => {
    const page = await api(signal, (client, sdk) =>
      client.send(new sdk.ListHostedZonesCommand({ Marker: marker, MaxItems: 100 }), { abortSignal: signal }),
    );
    if (page.HostedZones === undefined) throw http.unavailable('answered without a list of zones.');
    return { items: page.HostedZones, next: (page.IsTruncated && page.NextMarker) || null };
  });
  const zones = all
    .filter(({ Config }) => Config?.PrivateZone !== true)
    .map(({ Id = '', Name = '' }) => ({
      id: Id.replace(/^\/hostedzone\//, ''),
      name: readAnsweredName(Name),
    }));
  return Promise.all(
    zones.map(async (zone) => {
      // Two zones of one name are told apart by their name servers, which only this call says.
      if (zones.filter(({ name }) => name === zone.name).length < 2) return zone;
      const { DelegationSet: set } = await api(signal, (client, sdk) =>
        client.send(new sdk.GetHostedZoneCommand({ Id: zone.id }), { abortSignal: signal }),
      );
      return { ...zone, nameServers: (set?.NameServers ?? []).map(readAnsweredName) };
    }),
  );
}

function createSets(api: AwsApi, http: DnsHttp): RecordSetApi {
  return {
    async read({ zoneId, name }, signal) {
      const input = {
        HostedZoneId: zoneId,
        StartRecordName: `${name}.`,
        StartRecordType: 'TXT',
        MaxItems: 1,
      } as const;
      const { ResourceRecordSets: sets = [] } = await api(signal, (client, sdk) =>
        client
          .send(new sdk.ListResourceRecordSetsCommand(input), { abortSignal: signal })
          .catch((error: unknown) => {
            // No such zone: no such record. A write to it is refused.
            if (error instanceof sdk.NoSuchHostedZone) return { ResourceRecordSets: [] };
            throw error;
          }),
      );
      // The list starts there: where the name has no TXT, with whatever comes next.
      const first = sets[0];
      if (first === undefined || readAnsweredName(first.Name ?? '') !== name || first.Type !== 'TXT')
        return null;
      const values = (first.ResourceRecords ?? []).map(({ Value = '' }) => Value);
      return { ttl: first.TTL ?? TTL, values };
    },

    /** One transaction: a DELETE of exactly what was read, and a CREATE. An UPSERT would overwrite another's value. */
    async swap(ref, { found, wanted }, signal) {
      const Changes = [
        ...(found === null ? [] : [changeOf('DELETE', ref, found)]),
        ...(wanted === null ? [] : [changeOf('CREATE', ref, wanted)]),
      ];
      const input = { HostedZoneId: ref.zoneId, ChangeBatch: { Changes } };
      try {
        const { ChangeInfo: info } = await api(signal, (client, sdk) =>
          client.send(new sdk.ChangeResourceRecordSetsCommand(input), { abortSignal: signal }),
        );
        if (info?.Id === undefined) throw http.unavailable('answered a change without its id.');
        return { changeId: info.Id };
      } catch (error) {
        if (error instanceof CertdeskError && CONFLICT.test(error.message)) return { conflict: error };
        throw error;
      }
    },

    async isDone(_, changeId, signal) {
      const { ChangeInfo: info } = await api(signal, (client, sdk) =>
        client.send(new sdk.GetChangeCommand({ Id: changeId }), { abortSignal: signal }),
      );
      return info?.Status === 'INSYNC';
    },
  };
}

function changeOf(Action: 'CREATE' | 'DELETE', { name }: TxtRef, { ttl, values }: RecordSet): Change {
  const ResourceRecords = values.map((Value) => ({ Value }));
  return { Action, ResourceRecordSet: { Name: `${name}.`, Type: 'TXT', TTL: ttl, ResourceRecords } };
}
