// AWS Route 53 by access key, or by the default credential chain of the machine. All values of a name are one
// record set: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
import type { Change, HostedZone, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { CertdeskError } from '../errors.ts';
import { type AwsApi, createAwsApi } from './aws-client.ts';
import type { DnsHttp } from './http.ts';
import { allPages } from './paging.ts';
import { type DnsProvider, type DnsZone, defineDnsProvider, type ProviderTools } from './provider.ts';
import { readTxtRef, type TxtRef, txtRefFor } from './txt-ref.ts';
import { quoteTxt, unquoteTxt } from './txt-value.ts';

/** Seconds; of a new record set. Another keeps its own. */
const TTL = 60;
/** How often another writer may come between reading and writing. */
const ATTEMPTS = 6;
/** Milliseconds. A change is on all servers within 60 s as a rule. */
const SYNC = { interval: 3000, timeout: 120_000 };
/** Of a DELETE or CREATE whose record set is not, or no longer, as it was read. */
const CONFLICT = /Tried to (create|delete) resource record set/;

export const route53 = defineDnsProvider({
  id: 'aws',
  name: 'AWS Route 53',
  docs: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/access-control-managing-permissions.html',
  permissions:
    'An IAM policy that allows route53:ListHostedZones, route53:GetHostedZone, route53:ListResourceRecordSets, route53:ChangeResourceRecordSets (CREATE and DELETE of TXT) and route53:GetChange.',
  credentials: [
    {
      name: 'accessKeyId',
      label: 'Access key ID',
      secret: true,
      required: false,
      type: 'text',
      help: 'Without keys: those of the machine (environment, ~/.aws, instance role).',
    },
    { name: 'secretAccessKey', label: 'Secret access key', secret: true, required: false, type: 'text' },
    { name: 'region', label: 'Region', secret: false, required: false, type: 'text', default: 'us-east-1' },
    {
      name: 'sessionToken',
      label: 'Session token',
      secret: true,
      required: false,
      type: 'text',
      help: 'Of temporary credentials, which expire within hours: renewal fails then.',
    },
  ],
  propagation: { timeout: 180, interval: 2 },
  create(credentials, tools) {
    if ('accessKeyId' in credentials !== 'secretAccessKey' in credentials) {
      const field = `dnsCredentials.${'accessKeyId' in credentials ? 'secretAccessKey' : 'accessKeyId'}`;
      const problem = 'is missing: AWS wants both keys, or neither for those of the machine';
      throw new CertdeskError('INVALID_REQUEST', `${field} ${problem}.`, { field, problem });
    }
    return createRoute53(createAwsApi(credentials, tools.http, tools.endpoint), tools);
  },
});

function createRoute53(api: AwsApi, tools: ProviderTools): DnsProvider {
  const { rewrite, awaitSync } = createRecordSets(api, tools);
  return {
    listZones: (signal) => listZones(api, tools.http, signal),
    async addTxt(record, signal) {
      const ref = txtRefFor(record);
      const add = (values: readonly string[]) =>
        values.some((value) => unquoteTxt(value) === ref.value) ? null : [...values, quoteTxt(ref.value)];
      const change = await rewrite(ref, add, signal);
      if (change !== null) await awaitSync(change, signal);
      return ref;
    },
    async removeTxt(stored, signal) {
      const ref = readTxtRef(stored);
      const remove = (values: readonly string[]) => {
        const rest = values.filter((value) => unquoteTxt(value) !== ref.value);
        return rest.length === values.length ? null : rest;
      };
      await rewrite(ref, remove, signal);
    },
    refFor: txtRefFor,
  };
}

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
      name: Name.toLowerCase().replace(/\.$/, ''),
    }));
  return Promise.all(
    zones.map(async (zone) => {
      // Two zones of one name are told apart by their name servers, which only this call says.
      if (zones.filter(({ name }) => name === zone.name).length < 2) return zone;
      const { DelegationSet: set } = await api(signal, (client, sdk) =>
        client.send(new sdk.GetHostedZoneCommand({ Id: zone.id }), { abortSignal: signal }),
      );
      return { ...zone, nameServers: (set?.NameServers ?? []).map((host) => host.toLowerCase()) };
    }),
  );
}

function createRecordSets(api: AwsApi, { http, sleep, log }: ProviderTools) {
  const read = async ({ zoneId, name }: TxtRef, signal: AbortSignal): Promise<ResourceRecordSet | null> => {
    const { ResourceRecordSets: sets = [] } = await api(signal, (client, sdk) =>
      client.send(
        new sdk.ListResourceRecordSetsCommand({
          HostedZoneId: zoneId,
          StartRecordName: `${name}.`,
          StartRecordType: 'TXT',
          MaxItems: 1,
        }),
        { abortSignal: signal },
      ),
    );
    // The list starts there: where the name has no TXT, with whatever comes next.
    const first = sets[0];
    return first?.Name?.toLowerCase() === `${name}.` && first.Type === 'TXT' ? first : null;
  };

  /**
   * Rewrites the set by a DELETE of exactly what was read and a CREATE: one transaction, which Route 53 refuses
   * where another writer was quicker, so that nobody's value is lost. An UPSERT would overwrite it.
   * @param edit Null where there is nothing to do. @returns The id of the change.
   */
  const rewrite = async (
    ref: TxtRef,
    edit: (values: readonly string[]) => readonly string[] | null,
    signal: AbortSignal,
  ): Promise<string | null> => {
    for (let attempt = 1; ; attempt++) {
      const set = await read(ref, signal);
      const values = (set?.ResourceRecords ?? []).map(({ Value = '' }) => Value);
      const wanted = edit(values);
      if (wanted === null) return null;
      try {
        return await change(ref, changesOf(ref, set, wanted), signal);
      } catch (error) {
        const conflict = error instanceof CertdeskError && CONFLICT.test(error.message);
        if (!conflict || attempt === ATTEMPTS) throw error;
        await sleep(100 * attempt, signal);
      }
    }
  };

  const change = async ({ zoneId }: TxtRef, Changes: Change[], signal: AbortSignal): Promise<string> => {
    const { ChangeInfo: info } = await api(signal, (client, sdk) =>
      client.send(
        new sdk.ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes } }),
        { abortSignal: signal },
      ),
    );
    if (info?.Id === undefined) throw http.unavailable('answered a change without its id.');
    return info.Id;
  };

  const awaitSync = async (Id: string, signal: AbortSignal): Promise<void> => {
    for (let waited = 0; waited <= SYNC.timeout; waited += SYNC.interval) {
      const { ChangeInfo: info } = await api(signal, (client, sdk) =>
        client.send(new sdk.GetChangeCommand({ Id }), { abortSignal: signal }),
      );
      if (info?.Status === 'INSYNC') return;
      await sleep(SYNC.interval, signal);
    }
    // Not a failure: the record is written, and propagation.ts has the last word.
    log.warn({ provider: 'AWS Route 53', change: Id }, 'the change is still not on all servers');
  };

  return { rewrite, awaitSync };
}

function changesOf({ name }: TxtRef, set: ResourceRecordSet | null, values: readonly string[]): Change[] {
  const wanted: ResourceRecordSet = {
    Name: `${name}.`,
    Type: 'TXT',
    TTL: set?.TTL ?? TTL,
    ResourceRecords: values.map((Value) => ({ Value })),
  };
  return [
    ...(set === null ? [] : [{ Action: 'DELETE' as const, ResourceRecordSet: set }]),
    ...(values.length === 0 ? [] : [{ Action: 'CREATE' as const, ResourceRecordSet: wanted }]),
  ];
}
