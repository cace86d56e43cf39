// Reads acme.sh's folder (~/.acme.sh): NAME/ or NAME_ecc/ with NAME.conf, NAME.key and fullchain.cer; account.conf
// with the saved credentials; ca/HOST/PATH/ with the account's key. https://github.com/acmesh-official/acme.sh/wiki
import { join } from 'node:path';
import { readDeployHooks } from './acme-sh-deploy-hooks.ts';
import { readAcmeShHooks } from './acme-sh-hooks.ts';
import {
  alpnProof,
  type Found,
  type FoundAccount,
  type FoundRenewal,
  httpProof,
  manualProof,
  type Proof,
  STANDALONE_NOTE,
  WEB_SERVER_NOTE,
} from './candidate.ts';
import { readAssignments } from './config-text.ts';
import { acmeShDnsProof } from './dns-proof.ts';
import type { Folder } from './folder.ts';
import { toPkcs8 } from './key-text.ts';

type Values = ReadonlyMap<string, string>;

/** Whether the folder has the layout of acme.sh. */
export async function isAcmeSh(folder: Folder): Promise<boolean> {
  const files = await folder.files('.');
  if (files.includes('account.conf') || files.includes('acme.sh')) return true;
  return (await certificateFolders(folder)).length > 0;
}

/** Lists the folders that hold a certificate, with the certificate's name. */
async function certificateFolders(
  folder: Folder,
  skip: Folder['skip'] = () => undefined,
): Promise<readonly { at: string; name: string }[]> {
  const found: { at: string; name: string }[] = [];
  for (const at of await folder.folders('.')) {
    if (!at.includes('.') || at.startsWith('.')) continue;
    const name = at.replace(/_ecc$/, '');
    const files = await folder.files(at);
    if (files.includes(`${name}.conf`)) found.push({ at, name });
    else if (files.some((file) => /\.(cer|key)$/.test(file)))
      skip(at, `it has no ${name}.conf. To import it without renewal settings, select this folder`);
  }
  return found;
}

/** Reads every certificate of the folder with its key and renewal settings. */
export async function readAcmeSh(folder: Folder): Promise<readonly Found[]> {
  const account = readAssignments((await folder.read('account.conf')).text ?? '');
  const found: Found[] = [];
  for (const { at, name } of await certificateFolders(folder, folder.skip)) {
    const [conf, full, leaf, key] = await Promise.all([
      folder.read(join(at, `${name}.conf`)),
      folder.read(join(at, 'fullchain.cer')),
      folder.read(join(at, `${name}.cer`)),
      folder.read(join(at, `${name}.key`)),
    ]);
    const certificate = full.text === null ? leaf : full;
    const own = readAssignments(conf.text ?? '');
    const [installed, hooks] = await Promise.all([
      readAcmeShHooks(own),
      readDeployHooks(folder, own, account),
    ]);
    // acme.sh leaves such a folder behind when the first order fails.
    const empty = certificate.text === null && certificate.problem === null;
    found.push({
      source: at,
      certificate: certificate.text,
      privateKey: key.text,
      renewal: await readRenewal(folder, own, account),
      problems: [
        ...(empty ? ['acme.sh has never obtained this certificate.'] : []),
        ...[certificate, key].flatMap(({ problem }) => problem ?? []),
      ],
      deployments: [...installed.deployments, ...hooks.deployments],
      notes: [...installed.notes, ...hooks.notes],
    });
  }
  return found;
}

async function readRenewal(folder: Folder, own: Values, account: Values): Promise<FoundRenewal | null> {
  const directoryUrl = own.get('Le_API') || undefined;
  const methods = (own.get('Le_Webroot') ?? '').split(',').filter((method) => method !== '');
  if (directoryUrl === undefined || methods.length === 0) return null;
  const { account: found, email } = await readAccount(folder, directoryUrl);
  return {
    directoryUrl,
    email: email ?? account.get('ACCOUNT_EMAIL') ?? null,
    proof: await proofOf(folder, [...new Set(methods)], new Map([...account, ...own])),
    account: found,
    switchedOff: false,
    preferredChain: own.get('Le_Preferred_Chain') || null,
    profile: own.get('Le_CertificateProfile') || null,
  };
}

/**
 * Values of Le_Webroot: `no` is standalone, `dns_NAME` a script, `nginx:` and `apache` a web server, anything else a
 * web root folder.
 */
async function proofOf(folder: Folder, methods: readonly string[], saved: Values): Promise<Proof> {
  const scripts = methods.filter((method) => /^dns_\w+$/.test(method));
  const [script] = scripts;
  if (script === undefined) {
    if (methods.includes('dns')) return manualProof('the TXT records were created manually.');
    if (methods.includes('alpn')) return alpnProof;
    return httpProof(methods.every((method) => method === 'no') ? STANDALONE_NOTE : WEB_SERVER_NOTE);
  }
  if (methods.length > 1) return manualProof('acme.sh used several challenge methods.');
  const [files, hook] = await Promise.all([folder.files('.'), folder.read(join('dnsapi', `${script}.sh`))]);
  const home = files.includes('acme.sh') ? folder.path : null;
  return acmeShDnsProof(script, saved, { folder: home, text: hook.text });
}

async function readAccount(
  folder: Folder,
  server: string,
): Promise<{ readonly account: FoundAccount | null; readonly email: string | null }> {
  const url = URL.parse(server);
  if (url === null) return { account: null, email: null };
  // acme.sh omits the port; before version 3.0 also the path.
  for (const at of [join('ca', url.hostname, url.pathname), join('ca', url.hostname)]) {
    const [key, conf] = await Promise.all([
      folder.read(join(at, 'account.key')),
      folder.read(join(at, 'ca.conf')),
    ]);
    if (key.text === null) continue;
    const values = readAssignments(conf.text ?? '');
    const privateKey = toPkcs8(key.text);
    const email = values.get('CA_EMAIL') || null;
    const accountUrl = values.get('ACCOUNT_URL') || null;
    return { account: privateKey === null ? null : { privateKey, url: accountUrl }, email };
  }
  return { account: null, email: null };
}
