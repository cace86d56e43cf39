// A stand-in for acme-dns, after https://github.com/joohoi/acme-dns#api: POST /update with X-Api-User and X-Api-Key
// stores the last two values of the account's subdomain. Wrong or missing credentials and the subdomain of another
// account get 401 "forbidden", a value that is not 43 characters of base64url gets 400 "bad_txt".
import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type DnsStandIn, jsonBody, type RecordedRequest, startStandIn } from './stand-in.ts';
import { createZoneTable, type OnChange, PLAIN } from './zone-table.ts';

/** The domain of its name server. */
export const ACME_DNS_ZONE = 'auth.example.org';

export interface AcmeDns extends DnsStandIn {
  readonly account: {
    readonly username: string;
    readonly password: string;
    readonly subdomain: string;
    readonly fulldomain: string;
  };
  /** Oldest first; two at most. */
  readonly values: readonly string[];
}

export interface AcmeDnsOptions {
  /** Default: a random one. */
  readonly subdomain?: string;
  /** Writes the values into a real DNS server. */
  readonly onChange?: OnChange;
}

const UpdateSchema = z.object({ subdomain: z.string(), txt: z.string() });

export async function startAcmeDns({
  subdomain = randomUUID(),
  onChange,
}: AcmeDnsOptions = {}): Promise<AcmeDns> {
  const account = {
    username: randomUUID(),
    password: randomBytes(30).toString('base64url'),
    subdomain,
    fulldomain: `${subdomain}.${ACME_DNS_ZONE}`,
  };
  const zones = createZoneTable(PLAIN, onChange);
  const zone = zones.add(ACME_DNS_ZONE);

  async function update(request: RecordedRequest): Promise<{ status: number; body: object }> {
    const body = UpdateSchema.safeParse(jsonBody(request));
    if (!body.success) return { status: 400, body: { error: 'malformed_json_payload' } };
    if (body.data.subdomain !== subdomain) return { status: 401, body: { error: 'forbidden' } };
    const { txt } = body.data;
    if (!/^[A-Za-z0-9_-]{43}$/.test(txt)) return { status: 400, body: { error: 'bad_txt' } };
    const kept = [...zone.records, { data: txt, ttl: 1 }].slice(-2);
    await zones.replace(zone, account.fulldomain, kept);
    return { status: 200, body: { txt } };
  }

  const standIn = await startStandIn({
    credentials: {
      apiUser: account.username,
      apiKey: account.password,
      subdomain,
      fullDomain: account.fulldomain,
    },
    secrets: [account.username, account.password],
    zones,
    errorBody: (_, message) => ({ error: message }),
    async handle(request, { revoked }) {
      if (request.method !== 'POST' || request.path !== '/update') {
        return { status: 404, body: { error: 'not found' } };
      }
      const { 'x-api-user': user, 'x-api-key': key } = request.headers;
      const known = !revoked && user === account.username && key === account.password;
      return known ? update(request) : { status: 401, body: { error: 'forbidden' } };
    },
  });
  return {
    ...standIn,
    account,
    get values() {
      return zone.records.map(({ data }) => data);
    },
  };
}
