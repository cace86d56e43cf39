// Maps how lego validates a certificate to Certdesk's terms: its challenge, and the DNS credentials of its
// environment file.
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  alpnProof,
  dnsProof,
  httpProof,
  manualProof,
  type Proof,
  STANDALONE_NOTE,
  WEB_SERVER_NOTE,
} from './candidate.ts';
import { readAssignments } from './config-text.ts';
import { type Mapped, mapCloudflare, toDnsProof } from './dns-proof.ts';
import { readPlainFile } from './folder.ts';
import type { LegoCertificate } from './lego-config.ts';

type Get = (...names: readonly string[]) => string | undefined;

/** By lego's provider: its environment variables, as documented on the provider's page. */
const PROVIDERS: Readonly<Record<string, (get: Get) => Mapped>> = {
  cloudflare: (get) =>
    mapCloudflare(get('CLOUDFLARE_DNS_API_TOKEN', 'CF_DNS_API_TOKEN'), {
      email: get('CLOUDFLARE_EMAIL', 'CF_API_EMAIL'),
      apiKey: get('CLOUDFLARE_API_KEY', 'CF_API_KEY'),
    }),
  digitalocean: (get) => ['digitalocean', { apiToken: get('DO_AUTH_TOKEN') }],
  godaddy: (get) => ['godaddy', { apiKey: get('GODADDY_API_KEY'), apiSecret: get('GODADDY_API_SECRET') }],
  route53: (get) => [
    'aws',
    { accessKeyId: get('AWS_ACCESS_KEY_ID'), secretAccessKey: get('AWS_SECRET_ACCESS_KEY') },
  ],
  gcloud: (get) => [
    'google',
    { projectId: get('GCE_PROJECT', 'GOOGLE_CLOUD_PROJECT'), credentials: get('GCE_SERVICE_ACCOUNT') },
  ],
  rfc2136: (get) => [
    'rfc2136',
    {
      nameserver: get('RFC2136_NAMESERVER'),
      tsigKeyName: get('RFC2136_TSIG_KEY'),
      tsigSecret: get('RFC2136_TSIG_SECRET'),
      tsigAlgorithm: (get('RFC2136_TSIG_ALGORITHM') ?? 'hmac-sha1').replace(/\.$/, '').toLowerCase(),
    },
  ],
};

/**
 * Returns how the certificate is validated; null if lego's configuration does not say.
 * @param place Folder of lego's configuration file, absolute.
 */
export async function legoProof({ challenge }: LegoCertificate, place: string): Promise<Proof | null> {
  if (challenge === null) return null;
  if (challenge.http) return httpProof(challenge.http.webroot ? WEB_SERVER_NOTE : STANDALONE_NOTE);
  if (challenge.tls) return alpnProof;
  if (challenge.dnsPersist) return manualProof('lego used DNS-PERSIST-01, which Certdesk does not support.');
  const { provider = '', envFile } = challenge.dns ?? {};
  const map = PROVIDERS[provider];
  if (map === undefined)
    return manualProof(`Certdesk does not know lego’s DNS provider ${provider || '(none)'}.`);
  if (envFile === undefined) {
    const [id] = map(() => undefined);
    const why =
      'lego reads the credentials from its environment, and its configuration names no file for them (envFile). Save them as a DNS credential.';
    return dnsProof(id, null, why);
  }
  const values = await readEnvironment(resolve(place, envFile));
  if (values === null) {
    const [id] = map(() => undefined);
    return dnsProof(id, null, `lego’s environment file ${envFile} cannot be read.`);
  }
  const get: Get = (...names) => names.map((name) => values.get(name)).find((value) => value);
  return toDnsProof(map(get), `lego’s environment file ${envFile}`);
}

/** Maximum number of files that variables ending in _FILE may name. */
const MAX_FILES = 20;

/** @returns null if the file cannot be read */
async function readEnvironment(path: string): Promise<ReadonlyMap<string, string> | null> {
  const content = await readLinked(path);
  if (content === null) return null;
  const values = new Map(readAssignments(content));
  const files = [...values].filter(([name]) => name.endsWith('_FILE')).slice(0, MAX_FILES);
  for (const [name, file] of files) {
    const value = await readLinked(resolve(path, '..', file));
    if (value !== null) values.set(name.slice(0, -'_FILE'.length), value.trim());
  }
  return values;
}

async function readLinked(path: string): Promise<string | null> {
  const real = await realpath(path).catch(() => null);
  return real === null ? null : (await readPlainFile(real)).text;
}
