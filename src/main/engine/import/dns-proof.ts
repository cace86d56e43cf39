// Maps the DNS credentials of certbot's plugins and acme.sh's scripts to the fields of Certdesk's DNS providers.
import { realpath } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { CertdeskError } from '../core/errors.ts';
import type { DnsCredentials } from '../dns/credentials/values.ts';
import { GLOBAL_KEY_ADVICE } from '../dns/providers/cloudflare.ts';
import { checkDnsCredentials } from '../dns/providers/registry.ts';
import { dnsProof, manualProof, type Proof } from './candidate.ts';
import { readIni } from './config-text.ts';
import { type Folder, readPlainFile } from './folder.ts';

type Values = ReadonlyMap<string, string>;
/** A provider and its fields. A field is undefined if its value was not found. */
export type Mapped = readonly [provider: string, fields: Readonly<Record<string, string | undefined>>];

/** By certbot's authenticator: the values of its credentials file, as documented for each plugin. */
const CERTBOT: Readonly<Record<string, (ini: Values, text: string, params: Values) => Mapped>> = {
  'dns-cloudflare': (ini) =>
    mapCloudflare(ini.get('dns_cloudflare_api_token'), {
      email: ini.get('dns_cloudflare_email'),
      apiKey: ini.get('dns_cloudflare_api_key'),
    }),
  'dns-digitalocean': (ini) => ['digitalocean', { apiToken: ini.get('dns_digitalocean_token') }],
  'dns-godaddy': (ini) => [
    'godaddy',
    { apiKey: ini.get('dns_godaddy_key'), apiSecret: ini.get('dns_godaddy_secret') },
  ],
  'dns-google': (_, text, params) => [
    'google',
    // The zone's project may differ from the service account's.
    { projectId: params.get('dns_google_project') ?? projectOf(text), credentials: text },
  ],
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

interface Tree {
  readonly folder: Folder;
  /** The path of the folder when certbot wrote its settings; null if they do not contain it. */
  readonly oldRoot: string | null;
}

/**
 * Returns how a certbot certificate with a DNS plugin is validated.
 * @param params `[renewalparams]` of the renewal file.
 */
export async function certbotDnsProof(authenticator: string, params: Values, tree: Tree): Promise<Proof> {
  if (authenticator === 'dns-route53') return machineRole();
  const map = CERTBOT[authenticator];
  if (map === undefined) {
    return manualProof(
      authenticator === 'manual'
        ? 'The TXT records of certbot were created manually or by a hook.'
        : `Certdesk does not know certbot’s plugin ${authenticator}.`,
    );
  }
  const path = given(params.get(`${authenticator.replaceAll('-', '_')}_credentials`));
  if (path === undefined) {
    const [provider] = map(new Map(), '', params);
    return dnsProof(provider, null, authenticator === 'dns-google' ? AMBIENT_GOOGLE : NO_FILE);
  }
  const text = await readCredentialsFile(path, tree);
  const [provider, fields] = map(readIni(text ?? ''), text ?? '', withoutNone(params));
  if (text === null) return dnsProof(provider, null, `certbot’s credentials file ${path} cannot be read.`);
  return toDnsProof([provider, fields], `certbot’s credentials file ${path}`);
}

const NO_FILE = 'certbot’s renewal settings name no credentials file.';
const AMBIENT_GOOGLE =
  'certbot used the credentials of its machine (Application Default Credentials), which are not in a file here. ' +
  'Certdesk needs the key file of a service account.';

/** certbot writes Python's None for an option without a value. */
const given = (value: string | undefined): string | undefined =>
  value === undefined || value === '' || value === 'None' ? undefined : value;

const withoutNone = (params: Values): Values =>
  new Map([...params].filter(([, value]) => given(value) !== undefined));

/**
 * Reads the plugin's credentials file, which is usually outside of certbot's folder. Only known fields of it are
 * used. If the folder was moved, or a container sees it under another path, the file is looked up below the folder's
 * current root.
 */
async function readCredentialsFile(path: string, { folder, oldRoot }: Tree): Promise<string | null> {
  if (oldRoot !== null && path.startsWith(`${oldRoot}/`)) {
    const { text } = await folder.read(path.slice(oldRoot.length + 1));
    if (text !== null) return text;
  }
  if (!isAbsolute(path)) return null;
  const real = await realpath(path).catch(() => null);
  return real === null ? null : (await readPlainFile(real)).text;
}

/** By acme.sh's script: its variables, as documented on the script's page. */
const ACME_SH: Readonly<Record<string, (get: (name: string) => string | undefined) => Mapped>> = {
  dns_cf: (get) => mapCloudflare(get('CF_Token'), { email: get('CF_Email'), apiKey: get('CF_Key') }),
  dns_dgon: (get) => ['digitalocean', { apiToken: get('DO_API_KEY') }],
  dns_gd: (get) => ['godaddy', { apiKey: get('GD_Key'), apiSecret: get('GD_Secret') }],
  dns_aws: (get) => [
    'aws',
    { accessKeyId: get('AWS_ACCESS_KEY_ID'), secretAccessKey: get('AWS_SECRET_ACCESS_KEY') },
  ],
  dns_acmedns: (get) => [
    'acmedns',
    {
      baseUrl: get('ACMEDNS_BASE_URL') ?? get('ACMEDNS_UPDATE_URL')?.replace(/\/update\/?$/, '') ?? ACME_DNS,
      apiUser: get('ACMEDNS_USERNAME'),
      apiKey: get('ACMEDNS_PASSWORD'),
      subdomain: get('ACMEDNS_SUBDOMAIN'),
    },
  ],
  dns_knot: (get) => [
    'rfc2136',
    { nameserver: get('KNOT_SERVER') ?? 'localhost', ...tsigOf(get('KNOT_KEY')) },
  ],
};

/** The script's default. */
const ACME_DNS = 'https://auth.acme-dns.io';

/** knsupdate -y: `[ALGORITHM:]NAME:SECRET`. */
function tsigOf(key = ''): Readonly<Record<string, string | undefined>> {
  const parts = key.split(':');
  const [secret, name, algorithm = 'hmac-sha256'] = parts.toReversed();
  return { tsigKeyName: parts.length > 1 ? name : undefined, tsigSecret: secret, tsigAlgorithm: algorithm };
}

/** A token, or the Global API Key with its e-mail address. */
export function mapCloudflare(
  apiToken: string | undefined,
  global: { email?: string | undefined; apiKey?: string | undefined },
): Mapped {
  const isGlobal = apiToken === undefined && global.apiKey !== undefined;
  return ['cloudflare', isGlobal ? { email: global.email, apiKey: global.apiKey } : { apiToken }];
}

/** Variables that acme.sh saves for its own use. */
const OWN_VARIABLE =
  /^(Le_|LE_|ACME_|ACCOUNT_|CA_|USER_PATH$|LOG_|AUTO_UPGRADE$|UPGRADE_HASH$|DEFAULT_|NOTIFY_|CERT_HOME$|CERT_PATH$)/;

export interface AcmeShScripts {
  /** The folder of acme.sh and dnsapi/; null if they are not in the scanned folder. */
  readonly folder: string | null;
  /** The text of dnsapi/NAME.sh. */
  readonly text: string | null;
}

/**
 * Returns how an acme.sh certificate with a DNS script is validated.
 * @param saved Variables of account.conf and of the certificate's own file.
 */
export async function acmeShDnsProof(script: string, saved: Values, scripts: AcmeShScripts): Promise<Proof> {
  const get = (name: string): string | undefined =>
    saved.get(`SAVED_${name}`) || saved.get(name) || undefined;
  const mapped = ACME_SH[script]?.(get);
  if (mapped !== undefined && Object.values(mapped[1]).every((value) => value !== undefined)) {
    return toDnsProof(mapped, 'acme.sh’s account.conf');
  }
  const { folder, text } = scripts;
  if (folder === null || text === null) {
    const why = `its script ${script} and acme.sh are not in the folder, or the folder has no credentials.`;
    return mapped === undefined
      ? manualProof(`acme.sh used DNS-01; ${why}`)
      : dnsProof(mapped[0], null, `No credentials of ${mapped[0]} were found: ${why}`);
  }
  // Only the variables that this script reads: it must not get other providers' secrets.
  const words = new Set(text.match(/\w+/g));
  // _saveaccountconf and _savedomainconf save a variable under its own name, the _mutable functions with the prefix
  // SAVED_.
  const names = [...saved.keys()].map((key) => key.replace(/^SAVED_/, ''));
  const environment = Object.fromEntries(
    names
      .filter((name) => words.has(name) && !OWN_VARIABLE.test(name))
      .flatMap((name) => {
        const value = get(name);
        return value === undefined ? [] : [[name, value]];
      }),
  );
  if (Object.keys(environment).length === 0) {
    return dnsProof('acme-sh', null, `acme.sh has no saved credentials for its script ${script}.`);
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
    'certbot used the AWS credentials of its own user. Certdesk uses those of its own user. Test a renewal.';
  return { ...dnsProof('aws', null, null), notes: [note] };
}

/** Checks the provider's fields; if one is missing, the proof says which. */
export function toDnsProof([provider, fields]: Mapped, where: string): Promise<Proof> | Proof {
  const lacking = Object.entries(fields).find(([, value]) => value === undefined || value === '');
  if (lacking !== undefined) {
    return dnsProof(
      provider,
      null,
      `${where} does not contain what Certdesk needs for ${provider} (${lacking[0]}).`,
    );
  }
  return checked(provider, fields as DnsCredentials, where);
}

async function checked(provider: string, given: DnsCredentials, where: string): Promise<Proof> {
  try {
    const proof = dnsProof(provider, await checkDnsCredentials(provider, given), null);
    return provider === 'cloudflare' && 'apiKey' in given ? { ...proof, notes: [GLOBAL_KEY_ADVICE] } : proof;
  } catch (error) {
    if (!(error instanceof CertdeskError)) throw error;
    return dnsProof(provider, null, `The contents of ${where} cannot be imported: ${error.message}`);
  }
}

function projectOf(text: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const id: unknown =
      typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'project_id') : null;
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined; // the parser's message would quote the secret
  }
}

function withPort(server: string | undefined, port: string | undefined): string | undefined {
  if (server === undefined || port === undefined) return server;
  return server.includes(':') ? `[${server}]:${port}` : `${server}:${port}`;
}
