// Everything that dns-01 needs end to end: a real BIND that Pebble and Certdesk query, and the stand-ins of the five
// providers' APIs, which write the records that they receive into it.

import { type Pebble, type PebbleOptions, startPebble } from '../acme/pebble.ts';
import { documentedJson } from '../server/specification.ts';
import { type Bind, type BindZone, startBind } from './bind.ts';
import { startCloudflareStandIn } from './stand-ins/cloudflare.ts';
import { startDigitalOceanStandIn } from './stand-ins/digitalocean.ts';
import { startGoDaddyStandIn } from './stand-ins/godaddy.ts';
import { startGoogleStandIn } from './stand-ins/google.ts';
import { createKeyFile } from './stand-ins/google-token.ts';
import { startRoute53StandIn } from './stand-ins/route53.ts';
import type { DnsStandIn } from './stand-ins/stand-in.ts';

export const PROVIDERS = ['cloudflare', 'aws', 'digitalocean', 'godaddy', 'google'] as const;
export type ProviderId = (typeof PROVIDERS)[number];

export interface DnsRig {
  readonly bind: Bind;
  readonly pebble: Pebble;
  readonly standIns: Readonly<Record<ProviderId, DnsStandIn>>;
  /** The specification's example request of each provider, verbatim; Google's service account is made up. */
  readonly requests: Readonly<Record<ProviderId, object>>;
  /** For Platform.dns. */
  readonly dns: {
    readonly resolvers: readonly string[];
    readonly endpoints: Readonly<Record<string, string>>;
    readonly authorityPort: number;
  };
  /** From now on providers that report when a change is everywhere (Route 53, Google) report it at once. */
  changeAtOnce(provider: ProviderId): void;
  stop(): Promise<void>;
}

/** @param zones Of BIND; each is also in every provider's account, unless `elsewhere`. */
export async function startDnsRig(
  zones: readonly (BindZone & { readonly elsewhere?: boolean })[],
  pebbleOptions: PebbleOptions = {},
): Promise<DnsRig> {
  const bind = await startBind({ zones });
  const pebble = await startPebble({ ...pebbleOptions, dnsServer: bind.server });
  const onChange = (zone: string, name: string, values: readonly string[]) => bind.update(zone, name, values);
  const credentials = documentedCredentials();
  const aws = await startRoute53StandIn(onChange, { keys: credentials.aws });
  const google = await startGoogleStandIn(createKeyFile('your-project-id'), onChange);
  const standIns: Record<ProviderId, DnsStandIn> = {
    cloudflare: await startCloudflareStandIn(onChange, credentials.cloudflare.apiToken),
    aws,
    digitalocean: await startDigitalOceanStandIn(onChange, credentials.digitalocean.apiToken),
    godaddy: await startGoDaddyStandIn(onChange, credentials.godaddy),
    google,
  };
  const all = Object.values(standIns);
  for (const { zones: table } of all) {
    for (const zone of zones) if (zone.elsewhere !== true) table.add(zone.name);
  }
  const endpoints = Object.fromEntries(Object.entries(standIns).map(([id, { endpoint }]) => [id, endpoint]));
  return {
    bind,
    pebble,
    standIns,
    requests: documentedRequests(standIns.google),
    dns: { resolvers: [bind.server], endpoints, authorityPort: bind.port },
    changeAtOnce(provider) {
      for (const slow of [aws, google]) if (slow === standIns[provider]) slow.setPending(0);
    },
    async stop() {
      await Promise.all([bind.stop(), pebble.stop(), ...all.map((standIn) => standIn.close())]);
    },
  };
}

type Strings = Readonly<Record<string, string>>;

/** "DNS Provider Credentials" of the specification. */
function documentedCredentials() {
  const read = (label: string) => documentedJson('DNS Provider Credentials', label) as Strings;
  const [cloudflare, aws, digitalocean, godaddy] = [
    read('Cloudflare'),
    read('AWS Route 53'),
    read('DigitalOcean'),
    read('GoDaddy'),
  ];
  return {
    cloudflare: { apiToken: cloudflare?.apiToken ?? '' },
    aws: { accessKeyId: aws?.accessKeyId ?? '', secretAccessKey: aws?.secretAccessKey ?? '' },
    digitalocean: { apiToken: digitalocean?.apiToken ?? '' },
    godaddy: { apiKey: godaddy?.apiKey ?? '', apiSecret: godaddy?.apiSecret ?? '' },
  };
}

/** The specification has two complete requests; the other three combine its credentials with the same fields. */
function documentedRequests(google: DnsStandIn): Record<ProviderId, object> {
  const OBTAIN = "Obtain Let's Encrypt Certificate";
  const cloudflare = documentedJson(OBTAIN, 'DNS-01 Challenge (Cloudflare)');
  const framed = (dnsProvider: string, dnsCredentials: object) => ({
    ...cloudflare,
    dnsProvider,
    dnsCredentials,
  });
  return {
    cloudflare,
    aws: documentedJson(OBTAIN, 'DNS-01 Challenge (AWS Route 53)'),
    digitalocean: framed('digitalocean', documentedJson('DNS Provider Credentials', 'DigitalOcean')),
    godaddy: framed('godaddy', documentedJson('DNS Provider Credentials', 'GoDaddy')),
    google: framed('google', {
      ...documentedJson('DNS Provider Credentials', 'Google Cloud DNS'),
      credentials: google.credentials.credentials,
    }),
  };
}
