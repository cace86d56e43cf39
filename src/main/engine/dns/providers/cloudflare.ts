// Cloudflare DNS with an API token or the account's Global API Key. Each value is a record with its own id:
// https://developers.cloudflare.com/api/resources/dns/subresources/records/
import { domainToUnicode } from 'node:url';
import { z } from 'zod';
import { readAnsweredName } from './answered-name.ts';
import { baseUrl } from './endpoint.ts';
import type { DnsHttp, DnsHttpRequest, DnsHttpResponse } from './http.ts';
import { allPages } from './paging.ts';
import { type DnsProvider, type DnsZone, defineDnsProvider } from './provider.ts';
import { readTxtRef, type TxtRef, txtRefFor } from './txt-ref.ts';
import { quoteTxt, unquoteTxt } from './txt-value.ts';

/** Cloudflare's maximum page size for zones. */
const PER_PAGE = 50;
/** Seconds; the minimum of plans below Enterprise. */
const TTL = 120;

/** "A record with the same settings already exists", "An identical record already exists". */
const EXISTS = [81057, 81058];
/** "Invalid request headers" (a malformed token), "Missing … headers", "Invalid access token". */
const BAD_TOKEN = [6003, 9106, 9109];

const ProblemSchema = z.object({ code: z.number(), message: z.string() });
type Problem = z.infer<typeof ProblemSchema>;
const FailureSchema = z.object({
  errors: z.array(ProblemSchema.extend({ error_chain: z.array(ProblemSchema).optional() })).min(1),
});
const InfoSchema = z.object({ total_pages: z.number().optional() }).optional();
const ZonesSchema = z.object({
  result: z
    .array(z.object({ id: z.string(), name: z.string(), name_servers: z.array(z.string()).optional() }))
    .default([]),
  result_info: InfoSchema,
});
const RecordSchema = z.object({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  content: z.string().optional(),
});
const RecordsSchema = z.object({ result: z.array(RecordSchema).default([]), result_info: InfoSchema });

export const GLOBAL_KEY_ADVICE =
  'The Global API Key gives access to the whole Cloudflare account. Create an API token for these zones, and use that instead.';

export const cloudflare = defineDnsProvider({
  id: 'cloudflare',
  name: 'Cloudflare',
  docs: 'https://developers.cloudflare.com/fundamentals/api/get-started/create-token/',
  permissions: 'API token with Zone:Read and DNS:Edit for the zones.',
  needs: { list: 'Zone:Read', add: 'DNS:Edit', remove: 'DNS:Edit' },
  credentials: [
    {
      name: 'apiToken',
      label: 'API token',
      secret: true,
      required: true,
      type: 'text',
      help: 'My Profile → API Tokens → template “Edit zone DNS”. Not the Global API Key.',
    },
    {
      name: 'email',
      label: 'Account email address',
      secret: false,
      required: false,
      type: 'text',
      alternativeTo: 'apiToken',
    },
    {
      name: 'apiKey',
      label: 'Global API Key',
      secret: true,
      required: false,
      type: 'text',
      alternativeTo: 'apiToken',
      help: 'It gives access to the whole account. Use an API token for these zones instead.',
    },
  ],
  propagation: { timeout: 120, interval: 2 },
  create({ apiToken, email, apiKey }, { http, endpoint }) {
    const base = baseUrl('https://api.cloudflare.com/client/v4', endpoint);
    if (apiToken !== undefined)
      return createCloudflare(createApi(http, base, { authorization: `Bearer ${apiToken}` }));
    const headers = { 'x-auth-email': String(email), 'x-auth-key': String(apiKey) };
    return { ...createCloudflare(createApi(http, base, headers)), advice: GLOBAL_KEY_ADVICE };
  },
});

type Expected = (problems: readonly Problem[], status: number) => boolean;

interface Api {
  /** `url` is a path below the base URL. @throws the provider's refusal unless the status is 2xx or `expected` */
  call(request: Omit<DnsHttpRequest, 'headers'>, expected?: Expected): Promise<DnsHttpResponse>;
  /** All pages. */
  list<T>(path: string, schema: z.ZodType<ListPage<T>>, signal: AbortSignal): Promise<readonly T[]>;
}

interface ListPage<T> {
  readonly result: readonly T[];
  readonly result_info?: { readonly total_pages?: number | undefined } | undefined;
}

function createApi(http: DnsHttp, base: string, headers: Readonly<Record<string, string>>): Api {
  const call: Api['call'] = async (request, expected = () => false) => {
    const url = `${base}${request.url}`;
    const response = await http.request({ ...request, url, headers });
    if (response.status < 300) return response;
    const problems = problemsOf(response);
    if (expected(problems, response.status)) return response;
    const text = problems.map(({ code, message }) => `${message} (${code})`).join('; ');
    const badToken = problems.some(({ code }) => BAD_TOKEN.includes(code));
    throw http.refused(response, text, badToken ? { credentials: true } : {});
  };
  return {
    call,
    list: (path, schema, signal) =>
      allPages(1, async (page) => {
        const url = `${path}&per_page=${PER_PAGE}&page=${page}`;
        const { result, result_info: info } = http.read(schema, await call({ method: 'GET', url, signal }));
        // Without a total count, a page that is not full is the last one.
        const more = info?.total_pages === undefined ? result.length >= PER_PAGE : page < info.total_pages;
        return { items: result, next: more ? page + 1 : null };
      }),
  };
}

function createCloudflare(api: Api): DnsProvider {
  const find = async (ref: TxtRef, signal: AbortSignal) => {
    const query = new URLSearchParams({ type: 'TXT', 'name.exact': ref.name });
    const records = await api.list(`/zones/${ref.zoneId}/dns_records?${query}`, RecordsSchema, signal);
    return records.filter(
      ({ type, name, content = '' }) =>
        type === 'TXT' && readAnsweredName(name) === ref.name && unquoteTxt(content) === ref.value,
    );
  };

  /** @param name Lists only this zone. Default: all zones of the account. */
  const listZones = async (signal: AbortSignal, name?: string): Promise<readonly DnsZone[]> => {
    // The registry does not delegate to a pending or moved zone.
    const query = new URLSearchParams({ status: 'active', ...(name === undefined ? {} : { name }) });
    const zones = await api.list(`/zones?${query}`, ZonesSchema, signal);
    return zones.map(({ id, name, name_servers: nameServers }) => ({
      id,
      name: readAnsweredName(name),
      ...(nameServers === undefined ? {} : { nameServers: nameServers.map(readAnsweredName) }),
    }));
  };

  return {
    listZones: (signal) => listZones(signal),

    // A token for some zones may not be allowed to list all of them.
    async zonesAround(name, signal) {
      const labels = name.split('.');
      const found: DnsZone[] = [];
      for (let start = 0; start < labels.length - 1; start += 1) {
        const suffix = labels.slice(start).join('.');
        // Cloudflare uses Unicode names for IDN zones.
        for (const form of new Set([suffix, domainToUnicode(suffix)]))
          found.push(...(await listZones(signal, form)));
      }
      return found;
    },

    async addTxt(record, signal) {
      const { zone, name, value } = record;
      const url = `/zones/${zone.id}/dns_records`;
      const body = { type: 'TXT', name, content: quoteTxt(value), ttl: TTL };
      // Safe to repeat: Cloudflare rejects an identical record.
      await api.call({ method: 'POST', url, body, signal, idempotent: true }, (problems) =>
        problems.some(({ code }) => EXISTS.includes(code)),
      );
      return txtRefFor(record);
    },

    async removeTxt(ref, signal) {
      const wanted = readTxtRef(ref);
      const records = await find(wanted, signal).catch(async (error: unknown) => {
        // For a deleted zone, Cloudflare returns 403, as for a zone without permission.
        const zones = await listZones(signal);
        if (zones.some(({ id }) => id === wanted.zoneId)) throw error;
        return [];
      });
      for (const { id } of records) {
        const url = `/zones/${wanted.zoneId}/dns_records/${id}`;
        await api.call({ method: 'DELETE', url, signal }, (_, status) => status === 404);
      }
    },

    refFor: txtRefFor,
  };
}

function problemsOf({ json }: DnsHttpResponse): readonly Problem[] {
  const failure = FailureSchema.safeParse(json);
  if (!failure.success) return [{ code: 0, message: JSON.stringify(json) ?? 'no reason given' }];
  return failure.data.errors.flatMap((problem) => [problem, ...(problem.error_chain ?? [])]);
}
