// GoDaddy DNS with API key and secret. A write replaces all values of a name, so it reads, merges and writes them.
// https://developer.godaddy.com/doc/endpoint/domains
import { z } from 'zod';
import { readAnsweredName } from './answered-name.ts';
import { baseUrl } from './endpoint.ts';
import type { DnsHttp, DnsHttpRequest, DnsHttpResponse } from './http.ts';
import { allPages } from './paging.ts';
import { type DnsProvider, defineDnsProvider } from './provider.ts';
import { readTxtRef, relativeName, type TxtRef, txtRefFor } from './txt-ref.ts';

/** Seconds; GoDaddy's minimum. */
const TTL = 600;
/** GoDaddy's maximum. */
const DOMAINS_PER_PAGE = 250;

const NO_ACCESS =
  'GoDaddy offers its DNS API only to accounts with 10 or more domains, or with Discount Domain Club Premier. ' +
  'Otherwise, create one CNAME record at GoDaddy, _acme-challenge of the domain, that points to a name in a zone at ' +
  'another provider, and use that provider here: Certdesk follows the CNAME.';

const FailureSchema = z.object({
  code: z.string(),
  message: z.string().optional(),
  fields: z.array(z.object({ path: z.string(), message: z.string().optional() })).optional(),
});
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullable()
    .transform((list) => list ?? []);
const DomainsSchema = listOf(z.object({ domain: z.string() }));
const RecordsSchema = listOf(z.object({ data: z.string(), ttl: z.number() }));
type GoDaddyRecord = z.infer<typeof RecordsSchema>[number];

export const godaddy = defineDnsProvider({
  id: 'godaddy',
  name: 'GoDaddy',
  docs: 'https://developer.godaddy.com/keys',
  permissions:
    'Production API key of the account that owns the domain. GoDaddy requires 10 or more domains, or Discount Domain Club Premier.',
  credentials: [
    {
      name: 'apiKey',
      label: 'API key',
      secret: true,
      required: true,
      type: 'text',
      help: 'developer.godaddy.com → API Keys; environment Production.',
    },
    { name: 'apiSecret', label: 'API secret', secret: true, required: true, type: 'text' },
  ],
  propagation: { timeout: 180, interval: 3 },
  create({ apiKey, apiSecret }, { http, endpoint }) {
    const base = baseUrl('https://api.godaddy.com/v1', endpoint);
    return createGoDaddy(http, base, `sso-key ${apiKey}:${apiSecret}`);
  },
});

function createGoDaddy(http: DnsHttp, base: string, authorization: string): DnsProvider {
  /** Null for 404. */
  const call = async (request: Omit<DnsHttpRequest, 'headers'>): Promise<DnsHttpResponse | null> => {
    const response = await http.request({
      ...request,
      url: `${base}${request.url}`,
      headers: { authorization },
    });
    if (response.status < 300) return response;
    if (response.status === 404 && request.method !== 'PUT') return null;
    const denied = response.status === 403;
    throw http.refused(response, reasonOf(response), denied ? { advice: NO_ACCESS } : {});
  };

  const urlOf = ({ zoneId, name }: TxtRef): string =>
    `/domains/${zoneId}/records/TXT/${encodeURIComponent(relativeName(name, zoneId))}`;

  const read = async (ref: TxtRef, signal: AbortSignal): Promise<readonly GoDaddyRecord[]> => {
    const response = await call({ method: 'GET', url: urlOf(ref), signal });
    if (response === null) return [];
    // Deleted values may remain as empty ones, which a write must not contain.
    return http.read(RecordsSchema, response).filter(({ data }) => data.trim() !== '' && data !== '""');
  };

  const write = async (
    ref: TxtRef,
    records: readonly GoDaddyRecord[],
    signal: AbortSignal,
  ): Promise<void> => {
    if (records.length === 0) await call({ method: 'DELETE', url: urlOf(ref), signal });
    else await call({ method: 'PUT', url: urlOf(ref), body: records, signal });
  };

  return {
    async listZones(signal) {
      const domains = await allPages('', async (marker) => {
        const query = new URLSearchParams({ statuses: 'ACTIVE', limit: `${DOMAINS_PER_PAGE}` });
        if (marker !== '') query.set('marker', marker);
        const response = await call({ method: 'GET', url: `/domains?${query}`, signal });
        const items = response === null ? [] : http.read(DomainsSchema, response);
        const full = items.length >= DOMAINS_PER_PAGE;
        return { items, next: full ? (items.at(-1)?.domain ?? null) : null };
      });
      return domains.map(({ domain }) => ({ id: readAnsweredName(domain), name: readAnsweredName(domain) }));
    },

    async addTxt(record, signal) {
      const ref = txtRefFor(record);
      const records = await read(ref, signal);
      if (!records.some(({ data }) => data === ref.value)) {
        await write(ref, [...records, { data: ref.value, ttl: TTL }], signal);
      }
      return ref;
    },

    async removeTxt(stored, signal) {
      const ref = readTxtRef(stored);
      const records = await read(ref, signal);
      const rest = records.filter(({ data }) => data !== ref.value);
      if (rest.length < records.length) await write(ref, rest, signal);
    },

    refFor: txtRefFor,
  };
}

function reasonOf({ json }: DnsHttpResponse): string {
  const failure = FailureSchema.safeParse(json);
  if (!failure.success) return JSON.stringify(json) ?? 'no reason given';
  const { code, message = '', fields = [] } = failure.data;
  const where = fields.map((field) => `${field.path} ${field.message ?? ''}`.trim());
  return [`${message} (${code})`, ...where].join('; ').trim();
}
