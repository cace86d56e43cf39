// Creates the content of the files of a deployment from a certificate version.
import { createHash } from 'node:crypto';
import { type DeploymentFile, type FileContent, hasKey } from '../../../shared/deployment.ts';
import { type ExportFormat, exportCertificate } from '../pki/export.ts';

/** A version with its private key in clear. It must not be logged or stored. */
export interface KeyPair {
  /** PEM, leaf first. */
  readonly chain: string;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
  readonly domain: string;
}

export interface DesiredFile extends DeploymentFile {
  readonly bytes: Buffer;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Whether the same version always gives the same bytes. PKCS#12 is encrypted with a new salt each time. */
  readonly isStable: boolean;
  readonly newFileMode: '0600' | '0644';
}

const FORMATS: Readonly<Record<Exclude<FileContent, 'combined'>, ExportFormat>> = {
  certificate: 'pem',
  chain: 'chain',
  fullchain: 'fullchain',
  privkey: 'key',
  pkcs12: 'pfx',
  der: 'der',
};

/** @param password Of a PKCS#12 file. @throws INVALID_REQUEST if that is too short */
export async function createContent(
  content: FileContent,
  { chain, privateKey, domain }: KeyPair,
  password: string | null,
): Promise<Buffer> {
  const request = { chain, privateKey, friendlyName: domain };
  const write = async (format: ExportFormat) =>
    (await exportCertificate({ ...request, format, ...(password === null ? {} : { password }) })).body;
  if (content !== 'combined') return write(FORMATS[content]);
  // The key comes first: Postfix requires it, and all other services accept it. No blank line between the parts.
  const [key, certificates] = await Promise.all([write('key'), write('fullchain')]);
  return Buffer.concat([withNewline(key), certificates]);
}

/** @param passwords By credential id. */
export function createFiles(
  files: readonly DeploymentFile[],
  pair: KeyPair,
  passwords: ReadonlyMap<string, string>,
): Promise<readonly DesiredFile[]> {
  return Promise.all(
    files.map(async (file): Promise<DesiredFile> => {
      const password = passwords.get(file.passwordCredentialId ?? '') ?? null;
      const bytes = await createContent(file.content, pair, password);
      return {
        ...file,
        bytes,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        isStable: file.content !== 'pkcs12',
        newFileMode: hasKey(file.content) ? '0600' : '0644',
      };
    }),
  );
}

function withNewline(text: Buffer): Buffer {
  return text.at(-1) === 0x0a ? text : Buffer.concat([text, Buffer.from('\n')]);
}
