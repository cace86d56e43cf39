// lego's folder (.lego): certificates/NAME.crt, .key, .json; accounts/HOST/EMAIL/account.json and keys/EMAIL.key. lego
// keeps no word of how it has proved a name, that stands on its command line. https://go-acme.github.io/lego/
import { join } from 'node:path';
import { z } from 'zod';
import type { Folder } from './folder.ts';
import { byHand, type Found, type FoundAccount, type FoundRenewal, type Proof } from './found.ts';
import { parseJson, toPkcs8 } from './key-text.ts';

const ResourceSchema = z.object({ domain: z.string(), certUrl: z.string().optional() });
const AccountSchema = z.object({
  email: z.string().optional(),
  registration: z.object({ uri: z.string().optional() }).nullish(),
});

export async function isLego(folder: Folder): Promise<boolean> {
  const files = await folder.files('certificates');
  return files.some((name) => name.endsWith('.json')) && files.some((name) => name.endsWith('.crt'));
}

interface LegoAccount extends FoundAccount {
  /** `host` or `host_port` of the directory: its path is not kept. */
  readonly place: string;
  readonly email: string | null;
}

/** @param directories The directories that Certdesk knows: one of the account's host is taken for its own. */
export async function readLego(folder: Folder, directories: readonly string[]): Promise<readonly Found[]> {
  const accounts = await readAccounts(folder);
  const files = await folder.files('certificates');
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
  { domain, certUrl = '' }: z.infer<typeof ResourceSchema>,
  accounts: readonly LegoAccount[],
  directories: readonly string[],
): FoundRenewal | null {
  const host = URL.parse(certUrl)?.host ?? '';
  const account = accounts.find(({ place }) => place === host.replaceAll(':', '_')) ?? null;
  const directoryUrl = directories.find((url) => URL.parse(url)?.host === host);
  if (directoryUrl === undefined) return null;
  return {
    directoryUrl,
    email: account?.email ?? null,
    proof: proofOf(domain),
    account,
    switchedOff: false,
    preferredChain: null,
    profile: null,
  };
}

const UNKNOWN = 'lego does not write down how it proves a name, nor its credentials.';

function proofOf(domain: string): Proof {
  if (domain.startsWith('*.')) return byHand(UNKNOWN);
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
      const [key, about] = await Promise.all([
        folder.read(join(at, 'keys', `${owner}.key`)),
        folder.read(join(at, 'account.json')),
      ]);
      const privateKey = key.text === null ? null : toPkcs8(key.text);
      if (privateKey === null) continue;
      const known = AccountSchema.safeParse(parseJson(about.text ?? '')).data;
      const email = known?.email ?? (owner.includes('@') ? owner : null);
      accounts.push({ place, privateKey, email, url: known?.registration?.uri ?? null });
    }
  }
  return accounts;
}
