// Converts uploaded texts and files of any format into the two PEM texts that `checkKeyPair` expects. The content decides
// what each part is, so a key in the certificate field counts as a key.

import type { KeyPairRequest } from '../../../shared/certificate.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import { certificatesOf } from './inspect/chain.ts';
import { type Content, readContent } from './inspect/content.ts';
import { toPem } from './inspect/pem.ts';
import { readPkcs12 } from './pkcs12/read.ts';

export interface GivenPair {
  /** PEM. */
  readonly certificate: string;
  /** PEM of one key or several, perhaps encrypted. */
  readonly privateKey: string;
  readonly passphrase?: string | undefined;
  /** What each of `files` contains, if it was given as files: also what is in PKCS#12 files. */
  readonly files?: readonly FileContent[];
}

/**
 * @throws CERTIFICATE_UNREADABLE or KEY_UNREADABLE if a file has an unknown format or lacks the key; PASSPHRASE_REQUIRED
 * or PASSPHRASE_WRONG for PKCS#12; INVALID_REQUEST (details.issues) if neither text nor file is given
 */
export async function readGivenPair(body: KeyPairRequest): Promise<GivenPair> {
  const { passphrase } = body;
  if (body.files !== undefined) return { ...(await pairOfFiles(body.files, passphrase)), passphrase };
  const first = body.file === undefined ? body.certificate : fromBase64(body.file);
  const second = body.keyFile === undefined ? body.privateKey : fromBase64(body.keyFile);
  if (first === undefined) throw invalid('certificate', 'is missing: send it as text or as a file');
  if (second === undefined && body.file === undefined)
    throw invalid('privateKey', 'is missing: send it as text or as a file');
  const main = await open(first, passphrase);
  const beside = second === undefined ? null : await open(second, passphrase);
  const certificate = main.certificate || beside?.certificate || refuseCertificate(main);
  const privateKey = beside?.privateKey || main.privateKey || (beside?.text ?? refuseKey(main));
  return { certificate, privateKey, passphrase };
}

interface Opened {
  readonly content: Content;
  /** PEM; empty if there is none. */
  readonly certificate: string;
  readonly privateKey: string;
  readonly counts: Pick<FileContent, 'certificates' | 'keys' | 'pkcs12'>;
  /** The input itself. If it has no key, the key reader explains what it is. */
  readonly text: string;
}

async function open(given: Buffer | string, passphrase: string | undefined): Promise<Opened> {
  const content = readContent(given);
  const certificates = content.certificatesFound === 0 ? [] : certificatesOf(content);
  const keys = content.keys.map(({ label, der, headers }) =>
    toPem(
      label,
      der,
      [...headers].map(([name, value]) => `${name}: ${value}`),
    ),
  );
  const opened = { certificate: certificates.map(({ x509 }) => x509.toString()), privateKey: keys };
  for (const file of content.pkcs12) {
    const inside = await readPkcs12(file, passphrase ?? '');
    opened.certificate.push(inside.certificate);
    opened.privateKey.push(inside.privateKey);
  }
  return {
    content,
    counts: {
      certificates: countPem(opened.certificate),
      keys: countPem(opened.privateKey),
      pkcs12: content.pkcs12.length,
    },
    certificate: opened.certificate.join(''),
    privateKey: opened.privateKey.join(''),
    text: typeof given === 'string' ? given : given.toString('latin1'),
  };
}

const countPem = (texts: readonly string[]): number => texts.join('').split('-----BEGIN ').length - 1;

function refuseCertificate({ content }: Opened): never {
  if (content.pkcs12.length > 0)
    throw new CertdeskError('CERTIFICATE_UNREADABLE', 'The file cannot be read: it contains no certificate.');
  certificatesOf(content);
  throw new CertdeskError('CERTIFICATE_UNREADABLE');
}

function refuseKey({ content }: Opened): never {
  const message =
    content.pkcs12.length > 0
      ? 'The file contains no private key: export it again with its private key, or send the key too (privateKey, keyFile).'
      : 'The file contains only a certificate: send its private key too, as text (privateKey) or as a file (keyFile).';
  throw new CertdeskError('KEY_UNREADABLE', message, { missing: 'privateKey' });
}

/** The contents of one of several uploaded files, for the user. */
export interface FileContent {
  readonly certificates: number;
  readonly keys: number;
  /** PKCS#12 files. Their contents are counted if the passphrase is right. */
  readonly pkcs12: number;
  /** What an unusable file is; null if the file is usable. */
  readonly problem: string | null;
}

/** @param files base64. */
export function describeFiles(files: readonly string[]): readonly FileContent[] {
  return files.map((file) => {
    const { certificatesFound, keys, pkcs12, hasDamagedKey, description } = readContent(fromBase64(file));
    const isUsable = certificatesFound + keys.length + pkcs12.length > 0 || hasDamagedKey;
    const counts = { certificates: certificatesFound, keys: keys.length, pkcs12: pkcs12.length };
    return { ...counts, problem: isUsable ? null : description };
  });
}

/** Reads any number of files, in any order, that together contain the certificate and key. */
async function pairOfFiles(
  files: readonly string[],
  passphrase: string | undefined,
): Promise<Omit<GivenPair, 'passphrase'>> {
  const opened: Opened[] = [];
  for (const [index, file] of files.entries()) {
    const each = await open(fromBase64(file), passphrase);
    if (each.certificate + each.privateKey === '' && !each.content.hasDamagedKey) {
      const message = `File ${index + 1} cannot be read: ${each.content.description}.`;
      throw new CertdeskError('CERTIFICATE_UNREADABLE', message);
    }
    opened.push(each);
  }
  const certificate = opened.map((each) => each.certificate).join('');
  const damaged = opened.find(({ content }) => content.hasDamagedKey);
  const privateKey = opened.map((each) => each.privateKey).join('') || damaged?.text;
  if (certificate === '')
    throw new CertdeskError('CERTIFICATE_UNREADABLE', 'The certificate is missing. Add it.', {
      missing: 'certificate',
    });
  if (privateKey === undefined)
    throw new CertdeskError('KEY_UNREADABLE', 'The private key is missing. Add it.', {
      missing: 'privateKey',
    });
  return { certificate, privateKey, files: opened.map(({ counts }) => ({ ...counts, problem: null })) };
}

function fromBase64(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
