// DigitalOcean DNS with an API token. Each value is a record with its own id:
// https://docs.digitalocean.com/reference/api/reference/domain-records/
import { z } from 'zod';
import { readAnsweredName } from './answered-name.ts';
import { baseUrl } from './endpoint.ts';
import type { DnsHttp, DnsHttpRequest, DnsHttpResponse } from './http.ts';
import { allPages } from './paging.ts';
import { type DnsProvider, defineDnsProvider } from './provider.ts';
import { readTxtRef, relativeName, type TxtRef, txtRefFor } from './txt-ref.ts';

/** Seconds; DigitalOcean's minimum. */
const TTL = 30;

const FailureSchema = z.object({ id: z.string(), message: z.string() });
const LinksSchema = z.object({ pages: z.object({ next: z.string().optional() }).optional() }).optional();
const DomainsSchema = z.object({
  domains: z.array(z.object({ name: z.string() })).default([]),
  links: LinksSchema,
});
const RecordsSchema = z.object({
  domain_records: z
    .array(z.object({ id: z.number(), type: z.string(), name: z.string(), data: z.string().optional() }))
    .default([]),
  links: LinksSchema,
});

export const digitalocean = defineDnsProvider({
  id: 'digitalocean',
  name: 'DigitalOcean',
  docs: 'https://docs.digitalocean.com/reference/api/create-personal-access-token/',
  permissions:
    'Personal access token with the scopes domain:read, domain:create, domain:update and domain:delete.',
  needs: { list: 'domain:read', add: 'domain:create', remove: 'domain:delete' },
  credentials: [
    {
      name: 'apiToken',
      label: 'Personal access token',
      secret: true,
      required: true,
      type: 'text',
      help: 'API → Tokens → Generate New Token; custom scopes: domain (all).',
    },
  ],
  propagation: { timeout: 120, interval: 2 },
  create({ apiToken }, { http, endpoint }) {
    const base = baseUrl('https://api.digitalocean.com/v2', endpoint);
    return createDigitalOcean(http, base, `Bearer ${apiToken}`);
  },
});

function createDigitalOcean(http: DnsHttp, base: string, authorization: string): DnsProvider {
  /** @param expected Statuses other than 2xx that do not throw. */
  const call = async (
    request: Omit<DnsHttpRequest, 'headers'>,
    expected: readonly number[] = [],
  ): Promise<DnsHttpResponse> => {
    const response = await http.request({
      ...request,
      url: `${base}${request.url}`,
      headers: { authorization },
    });
    if (response.status < 300 || expected.includes(response.status)) return response;
    throw http.refused(response, reasonOf(response));
  };

  /** The ids of all records with this name and value: a repeated POST may have created two. */
  const find = async ({ zoneId, name, value }: TxtRef, signal: AbortSignal): Promise<readonly number[]> => {
    const query = new URLSearchParams({ type: 'TXT', name, per_page: '200' });
    const records = await allPages(1, async (page) => {
      const url = `/domains/${zoneId}/records?${query}&page=${page}`;
      const response = await call({ method: 'GET', url, signal }, [404]);
      // 404 means that the domain does not exist, so it has no record. Creating one would fail.
      if (response.status === 404) return { items: [], next: null };
      const answer = http.read(RecordsSchema, response);
      return { items: answer.domain_records, next: answer.links?.pages?.next ? page + 1 : null };
    });
    const relative = relativeName(name, zoneId);
    return records
      .filter(
        (record) =>
          record.type === 'TXT' && readAnsweredName(record.name) === relative && record.data === value,
      )
      .map(({ id }) => id);
  };

  return {
    async listZones(signal) {
      const domains = await allPages(1, async (page) => {
        const url = `/domains?per_page=200&page=${page}`;
        const answer = http.read(DomainsSchema, await call({ method: 'GET', url, signal }));
        // Use only the page number of the next page's URL, so that the token is sent to this host only.
        return { items: answer.domains, next: answer.links?.pages?.next ? page + 1 : null };
      });
      return domains.map(({ name }) => ({ id: readAnsweredName(name), name: readAnsweredName(name) }));
    },

    async addTxt(record, signal) {
      const ref = txtRefFor(record);
      if ((await find(ref, signal)).length > 0) return ref;
      const name = relativeName(record.name, record.zone.name);
      const body = { type: 'TXT', name, data: record.value, ttl: TTL };
      const url = `/domains/${record.zone.id}/records`;
      // Safe to repeat: removeTxt removes every record of this value.
      const response = await call({ method: 'POST', url, body, signal, idempotent: true }, [422]);
      // If the first response was lost, the retry may fail because the record exists.
      if (response.status === 422 && (await find(ref, signal)).length === 0) {
        throw http.refused(response, reasonOf(response));
      }
      return ref;
    },

    async removeTxt(stored, signal) {
      const ref = readTxtRef(stored);
      for (const id of await find(ref, signal)) {
        await call({ method: 'DELETE', url: `/domains/${ref.zoneId}/records/${id}`, signal }, [404]);
      }
    },

    refFor: txtRefFor,
  };
}

function reasonOf({ json }: DnsHttpResponse): string {
  const failure = FailureSchema.safeParse(json);
  if (!failure.success) return JSON.stringify(json) ?? 'no reason given';
  return `${failure.data.message} (${failure.data.id})`;
}
