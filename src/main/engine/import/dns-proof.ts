// The DNS credentials of certbot's plugins and of acme.sh's scripts in the fields of Certdesk's own providers.
import { realpath } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { DnsCredentials } from '../dns/credentials.ts';
import { checkDnsCredentials } from '../dns/providers.ts';
import { CertdeskError } from '../errors.ts';
import { readIni } from './config-text.ts';
import { readPlainFile } from './folder.ts';
import { byHand, dnsProof, type Proof } from './found.ts';

type Values = ReadonlyMap<string, string>;
/** Provider and its fields; a field is undefined where its value was not there. */
type Mapped = readonly [provider: string, fields: Readonly<Record<string, string | undefined>>];

/** By certbot's authenticator: what its credentials file holds (certbot's page of each plugin). */
const CERTBOT: Readonly<Record<string, (ini: Values, text: string) => Mapped>> = {
  'dns-cloudflare': (ini) => ['cloudflare', { apiToken: ini.get('dns_cloudflare_api_token') }],
  'dns-digitalocean': (ini) => ['digitalocean', { apiToken: ini.get('dns_digitalocean_token') }],
  'dns-godaddy': (ini) => [
    'godaddy',
    { apiKey: ini.get('dns_godaddy_key'), apiSecret: ini.get('dns_godaddy_secret') },
  ],
  'dns-google': (_, text) => ['google', { projectId: projectOf(text), credentials: text }],
  'dns-rfc2136': (ini) => [
    'rfc2136',
    {
      nameserver: withPort(ini.get('dns_rfc2136_server'), ini.get('dns_rfc2136_port')),
      tsigKeyName: ini.get('dns_rfc2136_name'),
      tsigSecret: ini.get('dns_rfc2136_secret'),
      // HMAC-MD5 is the plugin's default.
      tsigAlgorithm: (ini.get('dns_rfc2136_algorithm') ?? 'hmac-md5').toLowerCase(),
    },
  ],
};

/** @param params `[renewalparams]` of the renewal file. */
export async function certbotDnsProof(authenticator: string, params: Values): Promise<Proof> {
  if (authenticator === 'dns-route53') return machineRole();
  const map = CERTBOT[authenticator];
  if (map === undefined) {
    return byHand(
      authenticator === 'manual'
        ? 'certbot’s records were written by hand or by a hook.'
        : `Certdesk does not know certbot’s plugin ${authenticator}.`,
    );
  }
  const path = params.get(`${authenticator.replaceAll('-', '_')}_credentials`) ?? '';
  const text = await readCredentialsFile(path);
  const [provider, fields] = map(readIni(text ?? ''), text ?? '');
  if (text === null) return dnsProof(provider, null, `certbot’s credentials file ${path} cannot be read.`);
  return complete([provider, fields], `certbot’s credentials file ${path}`);
}

/** It lies where certbot was told, mostly outside of its folder; only known fields of it are taken. */
async function readCredentialsFile(path: string): Promise<string | null> {
  if (!isAbsolute(path)) return null;
  const real = await realpath(path).catch(() => null);
  return real === null ? null : (await readPlainFile(real)).text;
}

/** By acme.sh's script: its variables, as the page of the script names them. */
const ACME_SH: Readonly<Record<string, (get: (name: string) => string | undefined) => Mapped>> = {
  dns_cf: (get) => ['cloudflare', { apiToken: get('CF_Token') }],
  dns_dgon: (get) => ['digitalocean', { apiToken: get('DO_API_KEY') }],
  dns_gd: (get) => ['godaddy', { apiKey: get('GD_Key'), apiSecret: get('GD_Secret') }],
  dns_aws: (get) => [
    'aws',
    { accessKeyId: get('AWS_ACCESS_KEY_ID'), secretAccessKey: get('AWS_SECRET_ACCESS_KEY') },
  ],
};

export interface AcmeShScripts {
  /** Where acme.sh and dnsapi/ are; null where they are not in the folder. */
  readonly folder: string | null;
  /** The text of dnsapi/NAME.sh. */
  readonly text: string | null;
}

/** @param saved Of account.conf and of the certificate's own file. */
export async function acmeShDnsProof(script: string, saved: Values, scripts: AcmeShScripts): Promise<Proof> {
  const get = (name: string): string | undefined => saved.get(`SAVED_${name}`) ?? saved.get(name);
  const mapped = ACME_SH[script]?.(get);
  if (mapped !== undefined && Object.values(mapped[1]).every((value) => value !== undefined)) {
    return complete(mapped, 'acme.sh’s account.conf');
  }
  const { folder, text } = scripts;
  if (folder === null || text === null) {
    const why = `its script ${script} and acme.sh are not in the folder, or its credentials are not kept there.`;
    return mapped === undefined
      ? byHand(`acme.sh has proved it by DNS; ${why}`)
      : dnsProof(mapped[0], null, `No credentials of ${mapped[0]} were found: ${why}`);
  }
  // Only what this script asks for: other providers' secrets are none of its business.
  const words = new Set(text.match(/\w+/g));
  const environment = Object.fromEntries(
    [...saved.keys()]
      .filter((key) => key.startsWith('SAVED_'))
      .map((key) => key.slice('SAVED_'.length))
      .filter((name) => words.has(name))
      .map((name) => [name, saved.get(`SAVED_${name}`) ?? '']),
  );
  if (Object.keys(environment).length === 0) {
    return dnsProof('acme-sh', null, `acme.sh keeps no credentials for its script ${script}.`);
  }
  const proof = await checked('acme-sh', { script, environment }, 'acme.sh’s account.conf');
  return proof.credentials === null
    ? proof
    : {
        ...proof,
        notes: [
          ...proof.notes,
          `Certdesk runs this script only if it was started with --acme-sh-folder ${folder}.`,
        ],
      };
}

function machineRole(): Proof {
  const note =
    'certbot has used the AWS credentials of its own user: Certdesk uses those of the user that it runs as. Test a renewal.';
  return { ...dnsProof('aws', null, null), notes: [note] };
}

function complete([provider, fields]: Mapped, where: string): Promise<Proof> | Proof {
  const lacking = Object.entries(fields).find(([, value]) => value === undefined || value === '');
  if (lacking !== undefined) {
    return dnsProof(
      provider,
      null,
      `${where} does not hold what Certdesk needs for ${provider} (${lacking[0]}).`,
    );
  }
  return checked(provider, fields as DnsCredentials, where);
}

async function checked(provider: string, given: DnsCredentials, where: string): Promise<Proof> {
  try {
    return dnsProof(provider, await checkDnsCredentials(provider, given), null);
  } catch (error) {
    if (!(error instanceof CertdeskError)) throw error;
    return dnsProof(provider, null, `What ${where} holds cannot be taken over: ${error.message}`);
  }
}

function projectOf(text: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const id: unknown =
      typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'project_id') : null;
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined; // its message would quote the secret
  }
}

function withPort(server: string | undefined, port: string | undefined): string | undefined {
  if (server === undefined || port === undefined) return server;
  return server.includes(':') ? `[${server}]:${port}` : `${server}:${port}`;
}
