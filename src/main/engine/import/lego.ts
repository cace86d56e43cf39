// Reads lego's folder (.lego): certificates/NAME.crt, .key, .json; accounts/HOST/ID/account.json with the key next to
// it (version 5: ID.key) or below it (version 4: keys/EMAIL.key). The challenge is in the configuration file
// (lego-config.ts); without one, it was on lego's command line. https://go-acme.github.io/lego/
import { join } from 'node:path';
import { z } from 'zod';
import { type Found, type FoundAccount, type FoundRenewal, manualProof, type Proof } from './candidate.ts';
import type { Folder } from './folder.ts';
import { parseJson, toPkcs8 } from './key-text.ts';
import { type LegoConfig, readLegoConfig } from './lego-config.ts';
import { legoProof } from './lego-proof.ts';

const text = z
  .string()
  .nullish()
  .transform((value) => value || undefined);
/** Version 4 has `domain`, version 5 `id` and `domains`. */
const ResourceSchema = z.object({
  domain: text,
  id: text,
  domains: z.array(z.string()).nullish(),
  certUrl: text,
  preferredChain: text,
  profile: text,
});
/** The account's URL is `registration.uri`, or `accountURL` there or at the top level; `server` is the directory. */
const AccountSchema = z.object({
  email: text,
  server: text,
  accountURL: text,
  registration: z.object({ uri: text, accountURL: text }).nullish(),
});
type Resource = z.infer<typeof ResourceSchema>;

/** Whether the folder has the layout of lego. */
export async function isLego(folder: Folder): Promise<boolean> {
  return (await findStorage(folder, await readLegoConfig(folder))) !== null;
}

/**
 * Finds the folder that contains certificates/: the selected one, or the storage folder of the configuration file.
 * @returns null if it is not a folder of lego
 */
async function findStorage(folder: Folder, config: LegoConfig | null): Promise<string | null> {
  for (const storage of new Set(['.', config?.storage ?? '.lego'])) {
    const files = await folder.files(join(storage, 'certificates'));
    const has = (extension: string): boolean => files.some((name) => name.endsWith(extension));
    if (has('.json') && has('.crt')) return storage;
  }
  return null;
}

interface LegoAccount extends FoundAccount {
  /** `host` or `host_port` of the directory. lego does not store its path. */
  readonly place: string;
  /** lego's name of the account, by default the e-mail address. */
  readonly id: string;
  readonly email: string | null;
  /** The directory's URL; null if the account does not contain it (version 4). */
  readonly server: string | null;
}

/**
 * Reads every certificate of the folder with its key and renewal settings.
 * @param directories URLs of the directories that Certdesk knows, to find the one of an account's host.
 */
export async function readLego(folder: Folder, directories: readonly string[]): Promise<readonly Found[]> {
  const config = await readLegoConfig(folder);
  const storage = (await findStorage(folder, config)) ?? '.';
  const accounts = await readAccounts(folder, join(storage, 'accounts'));
  const certificates = join(storage, 'certificates');
  const files = await folder.files(certificates);
  for (const file of files.filter((name) => /\.(key|json)$/.test(name))) {
    const name = file.replace(/\.(key|json)$/, '');
    if (!files.includes(`${name}.crt`))
      folder.skip(join(certificates, file), `there is no ${name}.crt beside it`);
  }
  const found: Found[] = [];
  for (const file of files.filter((name) => /\.crt$/.test(name) && !/\.issuer\.crt$/.test(name))) {
    const name = file.slice(0, -'.crt'.length);
    const at = (extension: string) => join(certificates, `${name}.${extension}`);
    const [certificate, issuer, key, resource] = await Promise.all([
      folder.read(at('crt')),
      folder.read(at('issuer.crt')),
      folder.read(at('key')),
      folder.read(at('json')),
    ]);
    const stored = ResourceSchema.safeParse(parseJson(resource.text ?? '')).data ?? null;
    found.push({
      source: at('crt'),
      certificate: certificate.text === null ? null : `${certificate.text}\n${issuer.text ?? ''}`,
      privateKey: key.text,
      renewal: stored === null ? null : await renewalOf(stored, { accounts, directories, config }),
      problems: [certificate, key].flatMap(({ problem }) => problem ?? []),
      notes: [],
    });
  }
  return found;
}

interface Known {
  readonly accounts: readonly LegoAccount[];
  readonly directories: readonly string[];
  readonly config: LegoConfig | null;
}

async function renewalOf(resource: Resource, known: Known): Promise<FoundRenewal | null> {
  const { domain, id, domains, certUrl = '' } = resource;
  const { accounts, directories, config } = known;
  const names = domains ?? [domain ?? id ?? ''];
  const settings = config?.certificate(id ?? domain ?? '') ?? null;
  const host = URL.parse(certUrl)?.host ?? '';
  const atHost = accounts.filter(({ place }) => place === host.replace(/[:/\\]/g, '_'));
  const named = accounts.filter((each) => each.id === settings?.accountId);
  // A CA may serve its certificates from another host than its directory. A single account must be the certificate's.
  const account =
    named.find((each) => atHost.includes(each)) ??
    named[0] ??
    atHost[0] ??
    (accounts.length === 1 ? accounts[0] : undefined) ??
    null;
  const directoryUrl =
    account?.server ?? settings?.directoryUrl ?? directories.find((url) => URL.parse(url)?.host === host);
  if (directoryUrl === undefined) return null;
  const proof = settings === null ? null : await legoProof(settings, config?.place ?? '/');
  return {
    directoryUrl,
    email: account?.email ?? settings?.email ?? null,
    proof: proof ?? proofOf(names),
    account,
    switchedOff: false,
    preferredChain: settings?.preferredChain ?? resource.preferredChain ?? null,
    profile: settings?.profile ?? resource.profile ?? null,
  };
}

/** lego's name for an account without e-mail address. */
const NO_EMAIL = 'noemail@example.com';
const UNKNOWN = 'lego stores neither its challenge method nor its credentials.';

function proofOf(names: readonly string[]): Proof {
  if (names.some((name) => name.startsWith('*.'))) return manualProof(UNKNOWN);
  return {
    challengeType: 'http-01',
    dnsProvider: null,
    credentials: null,
    lacking: `${UNKNOWN} Certdesk assumes HTTP-01: turn auto-renewal on after a successful renewal, or request the certificate again with DNS-01.`,
    notes: [],
  };
}

async function readAccounts(folder: Folder, root: string): Promise<readonly LegoAccount[]> {
  const accounts: LegoAccount[] = [];
  for (const place of await folder.folders(root)) {
    for (const owner of await folder.folders(join(root, place))) {
      const at = join(root, place, owner);
      const [beside, below, about] = await Promise.all([
        folder.read(join(at, `${owner}.key`)),
        folder.read(join(at, 'keys', `${owner}.key`)),
        folder.read(join(at, 'account.json')),
      ]);
      const key = beside.text ?? below.text;
      const privateKey = key === null ? null : toPkcs8(key);
      if (privateKey === null) continue;
      const known = AccountSchema.safeParse(parseJson(about.text ?? '')).data;
      const email = known?.email ?? (owner.includes('@') && owner !== NO_EMAIL ? owner : null);
      const { registration } = known ?? {};
      const url = registration?.uri ?? registration?.accountURL ?? known?.accountURL ?? null;
      accounts.push({ place, id: owner, privateKey, email, url, server: known?.server ?? null });
    }
  }
  return accounts;
}
