// Exports a project's certificate as a file to download (docs/rest-api.md: `download?format=…`).
import { fileStem } from '../../../shared/server-snippets.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import { parseChain } from './inspect/chain.ts';
import { leafFacts } from './inspect/facts.ts';
import { decodePem, readPemBlocks, toPem } from './inspect/pem.ts';
import { writePkcs12 } from './pkcs12/write.ts';
import { writeZip } from './zip.ts';

/**
 * `pem`: only the leaf; `chain`: the certificates above the leaf, possibly none; `fullchain`: both; `key`: the private
 * key; `pfx`: PKCS#12 with the full chain and the private key; `pfx-certs`: PKCS#12 without the private key; `der`: only
 * the leaf, binary; `combined`: private key, then full chain, as in a deployment; `zip`: `fullchain`, `key` and `combined`
 * with a README. `key`, `combined`, `pfx` and `zip` are secrets.
 */
export const EXPORT_FORMATS = [
  'pem',
  'chain',
  'fullchain',
  'key',
  'combined',
  'pfx',
  'pfx-certs',
  'der',
  'zip',
] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Whether an export of this format includes the private key. */
export function holdsKey(format: ExportFormat): boolean {
  return ['key', 'combined', 'pfx', 'zip'].includes(format);
}

export interface ExportRequest {
  /** PEM, leaf first. */
  readonly chain: string;
  /** PKCS#8 PEM, required for formats with the key; null if Certdesk does not have it. */
  readonly privateKey: string | null;
  readonly format: ExportFormat;
  /** For `pfx`: at least 8 characters. For `pfx-certs`: optional, because the file contains no secret. */
  readonly password?: string | undefined;
  /** For `pfx`: use 3DES and SHA-1, for Windows before 10 (1709) and Java before 8u301. */
  readonly legacy?: boolean | undefined;
  /** The domain: part of the file's name, and the name that certificate stores show. */
  readonly friendlyName: string;
}

export interface ExportedFile {
  readonly body: Buffer;
  readonly contentType: string;
  /** Letters, digits, dot, hyphen and underscore only. */
  readonly filename: string;
}

const PEM_TYPE = 'application/x-pem-file';
const FILES: Readonly<Record<ExportFormat, { readonly suffix: string; readonly contentType: string }>> = {
  pem: { suffix: '.pem', contentType: PEM_TYPE },
  chain: { suffix: '.chain.pem', contentType: PEM_TYPE },
  fullchain: { suffix: '.fullchain.pem', contentType: PEM_TYPE },
  key: { suffix: '.key', contentType: PEM_TYPE },
  combined: { suffix: '.combined.pem', contentType: PEM_TYPE },
  zip: { suffix: '.zip', contentType: 'application/zip' },
  pfx: { suffix: '.pfx', contentType: 'application/x-pkcs12' },
  'pfx-certs': { suffix: '.certificates.pfx', contentType: 'application/x-pkcs12' },
  der: { suffix: '.cer', contentType: 'application/pkix-cert' },
};

const MIN_PASSWORD = 8;

/**
 * Creates the file. Lines of PEM files end with LF.
 * @throws INVALID_REQUEST (`pfx` with a password under 8 characters) or KEY_NOT_HELD (formats with the key)
 */
export async function exportCertificate(request: ExportRequest): Promise<ExportedFile> {
  const { suffix, contentType } = FILES[request.format];
  return {
    body: await writeBody(request),
    contentType,
    filename: `${fileStem(request.friendlyName)}${suffix}`,
  };
}

/**
 * Creates one PEM file with the full chain, leaf first, and then the private key, which nginx, HAProxy and OpenSSL read
 * as both. A renewal between two downloads cannot separate them.
 */
export function exportKeyPair(chain: string, privateKey: string, friendlyName: string): ExportedFile {
  const pem = parseChain(chain).map(({ x509 }) => x509.toString());
  return {
    body: Buffer.from([...pem, privateKey].join('')),
    contentType: PEM_TYPE,
    filename: `${fileStem(friendlyName)}.key-pair.pem`,
  };
}

async function writeBody({ chain, format, ...request }: ExportRequest): Promise<Buffer> {
  // Deployments to many hosts write these all the time, so they do not look into the certificates.
  const ders = readPemBlocks(chain).flatMap((block) => decodePem(block)?.der ?? []);
  const pem = ders.map((der) => toPem('CERTIFICATE', der));
  if (format === 'pem') return Buffer.from(pem[0] ?? '');
  if (format === 'chain') return Buffer.from(pem.slice(1).join(''));
  if (format === 'fullchain') return Buffer.from(pem.join(''));
  if (format === 'der') return Buffer.from(ders[0] ?? []);
  const { privateKey, friendlyName } = request;
  if (format === 'key' && privateKey !== null) return Buffer.from(privateKey);
  const certificates = parseChain(chain);
  const [leaf] = certificates;
  if (format === 'pfx-certs') {
    const { password = '', legacy = false } = request;
    return writePkcs12({ chain: certificates, privateKey: null, friendlyName, password, legacy });
  }
  if (privateKey === null) throw new CertdeskError('KEY_NOT_HELD');
  const combined = [privateKey, ...pem].join('');
  if (format === 'combined') return Buffer.from(combined);
  if (format === 'zip') {
    if (leaf === undefined) throw new TypeError('A stored chain has a leaf');
    const { names, expiresAt } = leafFacts(leaf);
    const all = [friendlyName, ...names.filter((name) => name !== friendlyName)];
    return writeZip({ names: all, expiresAt, fullchain: pem.join(''), key: privateKey, combined });
  }
  const [password, legacy] = [requirePassword(request.password), request.legacy ?? false];
  return writePkcs12({ chain: certificates, privateKey, friendlyName, password, legacy });
}

/** There is no default: anyone could open the file with it. */
function requirePassword(password = ''): string {
  if (password.length >= MIN_PASSWORD) return password;
  const message = `A PFX file contains the private key: enter a password of at least ${MIN_PASSWORD} characters.`;
  throw invalid('password', message, message);
}
