// Google Cloud DNS with a service account. All values of a name are one record set, which is changed in transactions:
// https://cloud.google.com/dns/docs/reference/rest/v1/changes
import { z } from 'zod';
import { readAnsweredName } from '../answered-name.ts';
import { baseUrl } from '../endpoint.ts';
import type { DnsHttp, DnsHttpRequest, DnsHttpResponse } from '../http.ts';
import { allPages } from '../paging.ts';
import { type DnsZone, defineDnsProvider } from '../provider.ts';
import { createRecordSetProvider, type RecordSet, type RecordSetApi } from '../record-set.ts';
import type { TxtRef } from '../txt-ref.ts';
import { createTokenSource, readServiceAccount } from './token.ts';

/** Seconds. */
const TTL = 60;
/** Milliseconds. */
const WAIT = { interval: 2000, timeout: 60_000 };
/** The set has changed since it was read: "alreadyExists" for additions, "notFound" and "conditionNotMet" for deletions. */
const CONFLICT = { addition: [409], deletion: [404, 409, 412] };
/** Google also uses 403 for throttling: https://cloud.google.com/dns/quotas */
const THROTTLED = /"reason":\s*"(rateLimitExceeded|userRateLimitExceeded|quotaExceeded)"/;

const FailureSchema = z.object({
  error: z.object({
    message: z.string(),
    status: z.string().optional(),
    errors: z.array(z.object({ reason: z.string().optional() })).optional(),
  }),
});
const ZonesSchema = z.object({
  managedZones: z
    .array(
      z.object({
        name: z.string(),
        dnsName: z.string(),
        visibility: z.string().optional(),
        nameServers: z.array(z.string()).optional(),
      }),
    )
    .optional(),
  nextPageToken: z.string().optional(),
});
const SetsSchema = z.object({
  rrsets: z
    .array(
      z.object({
        name: z.string(),
        type: z.string(),
        ttl: z.number(),
        rrdatas: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});
const ChangeSchema = z.object({ id: z.string(), status: z.string() });

export const google = defineDnsProvider({
  id: 'google',
  name: 'Google Cloud DNS',
  docs: 'https://cloud.google.com/iam/docs/keys-create-delete',
  permissions:
    'Service account with the role roles/dns.admin, or with dns.managedZones.list, dns.resourceRecordSets.list, .create, .update and .delete, dns.changes.create and dns.changes.get.',
  needs: {
    list: 'dns.managedZones.list',
    add: 'dns.resourceRecordSets.list, dns.resourceRecordSets.create, dns.changes.create or dns.changes.get',
    remove: 'dns.resourceRecordSets.delete',
  },
  credentials: [
    { name: 'projectId', label: 'Project ID', secret: false, required: true, type: 'text' },
    {
      name: 'credentials',
      label: 'Service-account key file',
      secret: true,
      required: true,
      type: 'json',
      help: 'Paste the JSON key (IAM → Service accounts → Keys → Add key).',
    },
  ],
  propagation: { timeout: 180, interval: 2 },
  create({ projectId, credentials }, { http, endpoint, sleep, log }) {
    const token = createTokenSource(readServiceAccount('credentials', credentials), http, endpoint);
    const base = `${baseUrl('https://dns.googleapis.com/dns/v1', endpoint)}/projects/${encodeURIComponent(String(projectId))}`;
    const call: Call = async (request, expected = []) => {
      const headers = { authorization: `Bearer ${await token(request.signal)}` };
      const throttled = (answer: { status: number; text: string }) =>
        answer.status === 403 && THROTTLED.test(answer.text);
      const response = await http.request({ ...request, url: `${base}${request.url}`, headers, throttled });
      if (response.status < 300 || expected.includes(response.status)) return response;
      throw http.refused(response, reasonOf(response));
    };
    return {
      listZones: (signal) => listZones(call, http, signal),
      ...createRecordSetProvider(createSets(call, http), { sleep, log, ttl: TTL, wait: WAIT }),
    };
  },
});

/** `url` is a path below the project. @throws the provider's refusal unless the status is 2xx or `expected` */
type Call = (
  request: Omit<DnsHttpRequest, 'headers' | 'throttled'>,
  expected?: readonly number[],
) => Promise<DnsHttpResponse>;

/** The public zones; their id is their name in the Google project. */
async function listZones(call: Call, http: DnsHttp, signal: AbortSignal): Promise<readonly DnsZone[]> {
  const all = await allPages('', async (pageToken) => {
    const url = `/managedZones${pageToken === '' ? '' : `?${new URLSearchParams({ pageToken })}`}`;
    const page = http.read(ZonesSchema, await call({ method: 'GET', url, signal }));
    return { items: page.managedZones ?? [], next: page.nextPageToken ?? null };
  });
  return all
    .filter(({ visibility = 'public' }) => visibility === 'public')
    .map(({ name, dnsName, nameServers }) => ({
      id: name,
      name: readAnsweredName(dnsName),
      ...(nameServers === undefined ? {} : { nameServers: nameServers.map(readAnsweredName) }),
    }));
}

function createSets(call: Call, http: DnsHttp): RecordSetApi {
  return {
    async read({ zoneId, name }, signal) {
      const query = new URLSearchParams({ name: `${name}.`, type: 'TXT' });
      const url = `/managedZones/${zoneId}/rrsets?${query}`;
      const response = await call({ method: 'GET', url, signal }, [404]);
      // 404 means that the zone does not exist, so it has no record. Creating one would fail.
      if (response.status === 404) return null;
      const { rrsets } = http.read(SetsSchema, response);
      const set = rrsets.find((one) => readAnsweredName(one.name) === name && one.type === 'TXT');
      return set === undefined ? null : { ttl: set.ttl, values: set.rrdatas };
    },

    /** Deletion and addition are one atomic change; with two changes, the name would be empty in between. */
    async swap(ref, { found, wanted }, signal) {
      const body = {
        ...(found === null ? {} : { deletions: [toRrset(ref, found)] }),
        ...(wanted === null ? {} : { additions: [toRrset(ref, wanted)] }),
      };
      const url = `/managedZones/${ref.zoneId}/changes`;
      // Safe to repeat: a second identical change is a conflict.
      const conflict = found === null ? CONFLICT.addition : CONFLICT.deletion;
      const response = await call({ method: 'POST', url, body, signal, idempotent: true }, conflict);
      if (response.status >= 300) return { conflict: http.refused(response, reasonOf(response)) };
      return { changeId: http.read(ChangeSchema, response).id };
    },

    async isDone({ zoneId }, changeId, signal) {
      const url = `/managedZones/${zoneId}/changes/${changeId}`;
      return http.read(ChangeSchema, await call({ method: 'GET', url, signal })).status === 'done';
    },
  };
}

function toRrset({ name }: TxtRef, { ttl, values }: RecordSet): object {
  return { name: `${name}.`, type: 'TXT', ttl, rrdatas: values };
}

function reasonOf({ json }: DnsHttpResponse): string {
  const failure = FailureSchema.safeParse(json);
  if (!failure.success) return JSON.stringify(json) ?? 'no reason given';
  const { message, status, errors = [] } = failure.data.error;
  return `${message} (${errors[0]?.reason ?? status ?? 'no reason'})`;
}
