// Reads certbot's folder (/etc/letsencrypt): renewal/NAME.conf has the renewal settings, live/NAME/ links to the
// current files in archive/NAME/, accounts/HOST/PATH/ID/ holds the account's key as a JWK.
// https://eff-certbot.readthedocs.io/en/stable/using.html
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type Found,
  type FoundAccount,
  httpProof,
  type Proof,
  STANDALONE_NOTE,
  WEB_SERVER_NOTE,
} from './candidate.ts';
import { readCertbotHooks } from './certbot-hooks.ts';
import { readLineageVersion } from './certbot-version.ts';
import { readIni } from './config-text.ts';
import { currentDirectory, formerDirectories } from './directories.ts';
import { certbotDnsProof } from './dns-proof.ts';
import type { Folder } from './folder.ts';
import { fromJwk, parseJson } from './key-text.ts';

/** certbot's default, which its files do not always contain. */
const DEFAULT_SERVER = 'https://acme-v02.api.letsencrypt.org/directory';

/** Whether the folder has the layout of certbot. */
export async function isCertbot(folder: Folder): Promise<boolean> {
  const folders = await folder.folders('.');
  return folders.includes('renewal') && (folders.includes('live') || folders.includes('archive'));
}

/** Reads every lineage of the folder with its key and renewal settings. */
export async function readCertbot(folder: Folder): Promise<readonly Found[]> {
  const all = await folder.files('renewal');
  const files = all.filter((name) => name.endsWith('.conf'));
  for (const name of all.filter((each) => !files.includes(each)))
    folder.skip(join('renewal', name), 'its name does not end in .conf, so certbot does not read it either');
  const lineages = new Set([...(await folder.folders('live')), ...(await folder.folders('archive'))]);
  for (const name of lineages) {
    if (!files.includes(`${name}.conf`))
      folder.skip(
        name,
        `it has no renewal/${name}.conf. To import it without renewal settings, select its own folder`,
      );
  }
  const found: Found[] = [];
  for (const file of files) found.push(await readLineage(folder, file.slice(0, -'.conf'.length)));
  return found;
}

async function readLineage(folder: Folder, name: string): Promise<Found> {
  const [config, { certificate, privateKey, notes }] = await Promise.all([
    folder.read(join('renewal', `${name}.conf`)),
    readLineageVersion(folder, name),
  ]);
  const problems = [
    ...(certificate.problem === null ? [] : [`${certificate.source}: ${certificate.problem}`]),
    ...(privateKey.problem === null ? [] : [`${privateKey.source}: ${privateKey.problem}`]),
  ];
  const settings = readSettings(config.text ?? '');
  const names = namesOf(certificate.text);
  const hooks = await readCertbotHooks(folder, { name, names, ...settings });
  const unread = config.problem === null ? [] : [`Its renewal settings cannot be read: ${config.problem}`];
  return {
    source: certificate.source.startsWith('live/') ? `live/${name}` : certificate.source,
    certificate: certificate.text,
    privateKey: privateKey.text,
    renewal: config.text === null ? null : await readRenewal(folder, settings),
    deployments: hooks.deployments,
    problems,
    notes: [...notes, ...unread, ...hooks.notes],
  };
}

/** For the configuration of a server, which has names and not the certificate. */
function namesOf(pem: string | null): readonly string[] {
  try {
    const { subjectAltName = '' } = new X509Certificate(pem ?? '');
    return [...subjectAltName.matchAll(/DNS:([^,\s]+)/g)].map(([, name = '']) => name.toLowerCase());
  } catch {
    return []; // evaluate.ts reports it
  }
}

interface Settings {
  /** The values of [renewalparams]. */
  readonly params: ReadonlyMap<string, string>;
  readonly oldRoot: string | null;
}

function readSettings(text: string): Settings {
  const ini = readIni(text);
  const params = new Map(
    [...ini].flatMap(([key, value]) =>
      key.startsWith('renewalparams.') ? [[key.slice('renewalparams.'.length), value] as const] : [],
    ),
  );
  return { params, oldRoot: oldRootOf(ini) };
}

async function readRenewal(folder: Folder, { params, oldRoot }: Settings): Promise<Found['renewal']> {
  const directoryUrl = params.get('server') || DEFAULT_SERVER;
  const authenticator = params.get('authenticator');
  if (authenticator === undefined) return null;
  const given = (key: string): string | null => {
    const value = params.get(key);
    return value === undefined || value === 'None' || value === '' ? null : value;
  };
  const account = await readAccount(folder, directoryUrl, params.get('account') ?? '');
  return {
    directoryUrl,
    email: account?.email ?? null,
    proof: await proofOf(folder, { authenticator, params, oldRoot }),
    account,
    switchedOff: params.get('autorenew') === 'False',
    preferredChain: given('preferred_chain') ?? given('preferred_chains'),
    profile: given('required_profile') ?? given('preferred_profile'),
  };
}

/** The path of the folder when certbot wrote this file. It differs in a container and on another machine. */
function oldRootOf(ini: ReadonlyMap<string, string>): string | null {
  const archive = ini.get('archive_dir') ?? '';
  const at = archive.lastIndexOf('/archive/');
  return at === -1 ? null : archive.slice(0, at);
}

interface Method {
  readonly authenticator: string;
  readonly params: ReadonlyMap<string, string>;
  readonly oldRoot: string | null;
}

async function proofOf(folder: Folder, { authenticator, params, oldRoot }: Method): Promise<Proof> {
  if (authenticator === 'standalone') return httpProof(STANDALONE_NOTE);
  if (['webroot', 'nginx', 'apache'].includes(authenticator)) return httpProof(WEB_SERVER_NOTE);
  if (authenticator === 'manual' && !/dns/.test(params.get('pref_challs') ?? 'dns')) {
    return httpProof('The challenge files of certbot were created manually or by a hook. Test a renewal.');
  }
  return certbotDnsProof(authenticator, params, { folder, oldRoot });
}

const RegistrationSchema = z.object({
  uri: z.string(),
  body: z.object({ contact: z.array(z.string()).optional() }).optional(),
});

type Account = FoundAccount & { readonly email: string | null };

async function readAccount(folder: Folder, server: string, id: string): Promise<Account | null> {
  if (!/^[0-9a-f]{16,64}$/.test(id)) return null;
  // certbot keeps using the account that it had at the CA's former directory.
  const urls = [currentDirectory(server), server, ...formerDirectories(currentDirectory(server))];
  const places = urls.flatMap((each) => {
    const url = URL.parse(each);
    return url === null ? [] : [url.host + url.pathname];
  });
  for (const place of new Set(places.flatMap((each) => [each, each.replaceAll(':', '_')]))) {
    const at = join('accounts', place, id);
    const [key, registration] = await Promise.all([
      folder.read(join(at, 'private_key.json')),
      folder.read(join(at, 'regr.json')),
    ]);
    if (key.text === null) continue;
    const privateKey = fromJwk(key.text);
    if (privateKey === null) return null;
    const known = RegistrationSchema.safeParse(parseJson(registration.text ?? ''));
    const contact = known.data?.body?.contact?.find((entry) => entry.startsWith('mailto:'));
    return { privateKey, url: known.data?.uri ?? null, email: contact?.slice('mailto:'.length) ?? null };
  }
  return null;
}
