// lego's folder (.lego): certificates/NAME.crt, .key, .json; accounts/HOST/ID/account.json with the key beside it
// (version 5: ID.key) or below it (version 4: keys/EMAIL.key). lego writes down no method: it stands on its command line
// or in its configuration file. https://go-acme.github.io/lego/
import { join } from 'node:path';
import { z } from 'zod';
import { byHand, type Found, type FoundAccount, type FoundRenewal, type Proof } from './candidate.ts';
import type { Folder } from './folder.ts';
import { parseJson, toPkcs8 } from './key-text.ts';

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
});
/** The URL of the account is `registration.uri`, or `accountURL` there or at the top; `server` is the directory. */
const AccountSchema = z.object({
  email: text,
  server: text,
  accountURL: text,
  registration: z.object({ uri: text, accountURL: text }).nullish(),
});
type Resource = z.infer<typeof ResourceSchema>;

export async function isLego(folder: Folder): Promise<boolean> {
  const files = await folder.files('certificates');
  return files.some((name) => name.endsWith('.json')) && files.some((name) => name.endsWith('.crt'));
}

interface LegoAccount extends FoundAccount {
  /** `host` or `host_port` of the directory: its path is not kept. */
  readonly place: string;
  readonly email: string | null;
  /** The directory; null where the account does not name it (version 4). */
  readonly server: string | null;
}

/** @param directories The directories that Certdesk knows: one of the account's host is taken for its own. */
export async function readLego(folder: Folder, directories: readonly string[]): Promise<readonly Found[]> {
  const accounts = await readAccounts(folder);
  const files = await folder.files('certificates');
  for (const file of files.filter((name) => /\.(key|json)$/.test(name))) {
    const name = file.replace(/\.(key|json)$/, '');
    if (!files.includes(`${name}.crt`))
      folder.skip(join('certificates', file), `there is no ${name}.crt beside it`);
  }
  const found: Found[] = [];
  for (const file of files.filter((name) => /\.crt$/.test(name) && !/\.issuer\.crt$/.test(name))) {
    const name = file.slice(0, -'.crt'.length);
    const at = (extension: string) => join('certificates', `${name}.${extension}`);
    const [certificate, issuer, key, resource] = await Promise.all([
      folder.read(at('crt')),
      folder.read(at('issuer.crt')),
      folder.read(at('key')),
      folder.read(at('json')),
    ]);
    const kept = ResourceSchema.safeParse(parseJson(resource.text ?? '')).data ?? null;
    found.push({
      source: at('crt'),
      certificate: certificate.text === null ? null : `${certificate.text}\n${issuer.text ?? ''}`,
      privateKey: key.text,
      renewal: kept === null ? null : renewalOf(kept, accounts, directories),
      problems: [certificate, key].flatMap(({ problem }) => problem ?? []),
      notes: [],
    });
  }
  return found;
}

function renewalOf(
  { domain, id, domains, certUrl = '' }: Resource,
  accounts: readonly LegoAccount[],
  directories: readonly string[],
): FoundRenewal | null {
  const names = domains ?? [domain ?? id ?? ''];
  const host = URL.parse(certUrl)?.host ?? '';
  const atHost = accounts.filter(({ place }) => place === host.replace(/[:/\\]/g, '_'));
  // A CA may hand its certificates out at another host than its directory's: one account alone is the certificate's.
  const account = atHost[0] ?? (accounts.length === 1 ? accounts[0] : undefined) ?? null;
  const directoryUrl = account?.server ?? directories.find((url) => URL.parse(url)?.host === host);
  if (directoryUrl === undefined) return null;
  return {
    directoryUrl,
    email: account?.email ?? null,
    proof: proofOf(names),
    account,
    switchedOff: false,
    preferredChain: null,
    profile: null,
  };
}

/** lego's name for an account without an address. */
const NO_EMAIL = 'noemail@example.com';
const UNKNOWN = 'lego does not write down how it proves a name, nor its credentials.';

function proofOf(names: readonly string[]): Proof {
  if (names.some((name) => name.startsWith('*.'))) return byHand(UNKNOWN);
  return {
    challengeType: 'http-01',
    dnsProvider: null,
    credentials: null,
    lacking: `${UNKNOWN} HTTP-01 is assumed: turn auto-renewal on after a renewal has worked, or obtain it anew by DNS-01.`,
    notes: [],
  };
}

async function readAccounts(folder: Folder): Promise<readonly LegoAccount[]> {
  const accounts: LegoAccount[] = [];
  for (const place of await folder.folders('accounts')) {
    for (const owner of await folder.folders(join('accounts', place))) {
      const at = join('accounts', place, owner);
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
      accounts.push({ place, privateKey, email, url, server: known?.server ?? null });
    }
  }
  return accounts;
}
