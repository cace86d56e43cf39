// Folders as certbot, acme.sh and lego leave them, built from certificates that the test issues, and a snapshot of a
// folder with which a test detects changes.
import { createHash, createPrivateKey } from 'node:crypto';
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CertifiedKey } from '../tools/openssl.ts';

export interface TestFolder {
  readonly path: string;
  write(relative: string, text: string): Promise<void>;
  link(relative: string, target: string): Promise<void>;
  /** Every path with its type, mode, time of change and hash of its content. */
  picture(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

export async function makeTestFolder(): Promise<TestFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'certdesk-import-')));
  const at = async (relative: string): Promise<string> => {
    await mkdir(dirname(join(path, relative)), { recursive: true });
    return join(path, relative);
  };
  return {
    path,
    write: async (relative, text) => writeFile(await at(relative), text, { mode: 0o600 }),
    link: async (relative, target) => symlink(target, await at(relative)),
    picture: () => pictureOf(path),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

async function pictureOf(path: string): Promise<readonly string[]> {
  const below = (await readdir(path, { recursive: true })).toSorted();
  return Promise.all(
    ['.', ...below].map(async (relative) => {
      const file = join(path, relative);
      const { mode, mtimeMs, ctimeMs, nlink } = await lstat(file);
      const [content] = await Promise.all([contentOf(file)]);
      return [relative, mode, mtimeMs, ctimeMs, nlink, content].join(' ');
    }),
  );
}

async function contentOf(file: string): Promise<string> {
  const found = await lstat(file);
  if (found.isSymbolicLink()) return readlink(file);
  return found.isFile()
    ? createHash('sha256')
        .update(await readFile(file))
        .digest('hex')
    : '';
}

export interface CertbotLineage {
  readonly name: string;
  readonly pair: CertifiedKey;
  readonly server: string;
  readonly accountId: string;
  /** Lines of [renewalparams]. */
  readonly params: readonly string[];
}

/** As certbot 2.1 writes it: live/ links to the second version in archive/. */
export async function writeLineage(folder: TestFolder, lineage: CertbotLineage): Promise<void> {
  const { name, pair, server, accountId, params } = lineage;
  for (const [what, text] of [
    ['fullchain', pair.certificate],
    ['privkey', pair.privateKey],
  ] as const) {
    await folder.write(`archive/${name}/${what}1.pem`, 'of the version before');
    await folder.write(`archive/${name}/${what}2.pem`, text);
    await folder.link(`live/${name}/${what}.pem`, `../../archive/${name}/${what}2.pem`);
  }
  const head = [
    '# renew_before_expiry = 30 days',
    'version = 2.1.0',
    `archive_dir = /elsewhere/archive/${name}`,
  ];
  const options = ['# Options used in the renewal process', '[renewalparams]', `account = ${accountId}`];
  const lines = [...head, '', ...options, `server = ${server}`, 'key_type = ecdsa', ...params];
  await folder.write(`renewal/${name}.conf`, `${lines.join('\n')}\n`);
}

/** private_key.json is a JWK, regr.json the CA's answer. */
export async function writeCertbotAccount(
  folder: TestFolder,
  {
    place,
    id,
    key,
    url,
  }: { readonly place: string; readonly id: string; readonly key: string; readonly url: string },
): Promise<void> {
  const jwk = createPrivateKey(key).export({ format: 'jwk' });
  await folder.write(`accounts/${place}/${id}/private_key.json`, JSON.stringify(jwk));
  await folder.write(`accounts/${place}/${id}/regr.json`, JSON.stringify({ body: {}, uri: url }));
  await folder.write(`accounts/${place}/${id}/meta.json`, '{"creation_host": "old"}');
}

/** As acme.sh 3.1 writes it. */
export async function writeAcmeSh(
  folder: TestFolder,
  {
    name,
    at,
    pair,
    conf,
  }: {
    readonly name: string;
    readonly at: string;
    readonly pair: CertifiedKey;
    readonly conf: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const lines = Object.entries({ Le_Domain: name, Le_Alt: 'no', ...conf }).map(
    ([key, value]) => `${key}='${value}'`,
  );
  await folder.write(`${at}/${name}.conf`, `${lines.join('\n')}\n`);
  await folder.write(`${at}/${name}.key`, pair.privateKey);
  await folder.write(`${at}/${name}.cer`, pair.certificate);
  await folder.write(`${at}/fullchain.cer`, pair.certificate);
}

/** As lego 4 writes it. */
export async function writeLego(
  folder: TestFolder,
  { name, pair, certUrl }: { readonly name: string; readonly pair: CertifiedKey; readonly certUrl: string },
): Promise<void> {
  const at = `certificates/${name}`;
  await folder.write(`${at}.crt`, pair.certificate);
  await folder.write(`${at}.key`, pair.privateKey);
  await folder.write(`${at}.json`, JSON.stringify({ domain: name, certUrl, certStableUrl: certUrl }));
}
