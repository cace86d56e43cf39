// AWS Route 53 with an access key or the SDK's default credential chain. All values of a name are one record set:
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html

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
/** Milliseconds. A change usually reaches all servers within 60 s. */
const WAIT = { interval: 3000, timeout: 120_000 };
/** The error of a DELETE or CREATE if the record set has changed since it was read. */
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

/** The public zones. Private zones are not visible on the internet. */
async function listZones(api: AwsApi, http: DnsHttp, signal: AbortSignal): Promise<readonly DnsZone[]> {
  const all = await allPages<HostedZone, string | undefined>(undefined, async (marker) => {
    const page = await api(signal, (client, sdk) =>
      client.send(new sdk.ListHostedZonesCommand({ Marker: marker, MaxItems: 100 }), { abortSignal: signal }),
    );
    if (page.HostedZones === undefined) throw http.unavailable('sent a response without a list of zones.');
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
      // Zones of the same name differ in their name servers, which only this call returns.
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
            // The zone does not exist, so it has no record. Creating one would fail.
            if (error instanceof sdk.NoSuchHostedZone) return { ResourceRecordSets: [] };
            throw error;
          }),
      );
      // The list starts at this name; if it has no TXT record, the first item is another record.
      const first = sets[0];
      if (first === undefined || readAnsweredName(first.Name ?? '') !== name || first.Type !== 'TXT')
        return null;
      const values = (first.ResourceRecords ?? []).map(({ Value = '' }) => Value);
      return { ttl: first.TTL ?? TTL, values };
    },

    /** One transaction with a DELETE of exactly the set that was read, and a CREATE. UPSERT would overwrite others' values. */
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
        if (info?.Id === undefined) throw http.unavailable('sent a change without an id.');
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
