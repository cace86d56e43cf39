// Reads certificates and keys from any input that users provide: PEM, DER, PKCS#7, PKCS#12, UTF-16, or base64 of these.
// The content decides what something is, not its PEM label or file name.
import { createPrivateKey } from 'node:crypto';
import { parseOutsideJson } from '../../core/outside-json.ts';
import { type AsnNode, parseAsn } from './asn1.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { certificatesOfPkcs7, type DerKind, kindOfDer } from './der-kind.ts';
import { looksLike } from './looks-like.ts';
import { cleanPastedText, decodeHex } from './pasted-text.ts';
import { decodePem, type PemBlock, readPemBlocks } from './pem.ts';
import { readTlv } from './tlv.ts';

/** A private key that is not decrypted yet. */
export interface GivenKey {
  /** The PEM label for its structure; for OpenSSL's traditional encryption, the label from the input. */
  readonly label: string;
  readonly der: Buffer;
  /** RFC 1421 headers, which describe the traditional encryption. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface Content {
  readonly certificates: readonly Certificate[];
  readonly keys: readonly GivenKey[];
  /** PKCS#12 files, not decrypted yet. */
  readonly pkcs12: readonly Buffer[];
  /** The number of certificates found, including those beyond the limit, which are not parsed. */
  readonly certificatesFound: number;
  /** The numbers, from 1, of the certificates that cannot be read. */
  readonly damagedCertificates: readonly number[];
  readonly hasDamagedKey: boolean;
  /** What the input is, as the end of the sentence "It cannot be read: …". */
  readonly description: string;
}

/** A real chain has 2 to 4 certificates; a longer list is probably a bundle of roots. */
export const MAX_CERTIFICATES = 100;
/** Levels of nested encodings, such as base64 of PEM. */
const MAX_DEPTH = 3;
/** DER values in a row in one file. */
const MAX_VALUES = 20;

/** @param limit The maximum number of certificates to parse. */
export function readContent(given: Uint8Array | string, limit: number = MAX_CERTIFICATES): Content {
  const bytes = typeof given === 'string' ? bytesOfText(given) : Buffer.from(given);
  const collector = createCollector(limit);
  readBytes(bytes, collector, 0);
  return collector.content(bytes);
}

/** Text that contains only code points up to U+00FF may be binary data, one character per octet; other text is UTF-8. */
function bytesOfText(text: string): Buffer {
  return Buffer.from(text, /^[\0-\xff]*$/.test(text) ? 'latin1' : 'utf8');
}

type Collector = ReturnType<typeof createCollector>;

function createCollector(limit: number) {
  const certificates: Certificate[] = [];
  const keys: GivenKey[] = [];
  const pkcs12: Buffer[] = [];
  const damaged: number[] = [];
  const seen: string[] = [];
  let found = 0;
  let hasDamagedKey = false;
  const collector = {
    addCertificate(der: Uint8Array): void {
      found += 1;
      if (found > limit) return;
      const certificate = readCertificate(der);
      if (certificate === null) damaged.push(found);
      else certificates.push(certificate);
    },
    addDamagedCertificate(): void {
      found += 1;
      damaged.push(found);
    },
    addKey(key: GivenKey): void {
      if (!keys.some(({ der }) => der.equals(key.der))) keys.push(key);
    },
    addDamagedKey(): void {
      hasDamagedKey = true;
    },
    addPkcs12: (bytes: Buffer): unknown => pkcs12.push(bytes),
    /** Notes something that is recognized but not usable. */
    see: (what: string): unknown => seen.push(what),
    content(bytes: Buffer): Content {
      const what =
        found > 0
          ? 'it contains a certificate'
          : keys.length > 0
            ? 'it contains a private key'
            : (seen[0] ??
              (hasDamagedKey ? 'it contains a private key' : (looksLike(bytes) ?? describeUnknown(bytes))));
      return {
        certificates,
        keys,
        pkcs12,
        certificatesFound: found,
        damagedCertificates: damaged,
        hasDamagedKey,
        description: pkcs12.length > 0 ? 'it is PKCS#12 (.pfx, .p12)' : what,
      };
    },
  };
  return collector;
}

function readBytes(bytes: Buffer, into: Collector, depth: number): void {
  if (bytes[0] === 0x30 && readDer(bytes, into)) return;
  // Removing NUL turns UTF-16 into Latin-1, with either byte order, even if only a part of the text is UTF-16.
  const text = cleanPastedText(bytes.toString('latin1').replaceAll('\0', ''));
  const blocks = readPemBlocks(text);
  for (const block of blocks) readBlock(block, into, depth);
  if (blocks.length > 0) return;
  const jwk = text.includes('"kty"') ? readJwk(text) : null;
  if (jwk !== null) into.addKey(jwk);
  else if (depth < MAX_DEPTH) for (const file of membersOf(text)) readBytes(file, into, depth + 1);
  const inner = jwk === null && depth < MAX_DEPTH ? decodeBase64(text) : null;
  if (inner === null) return;
  readBytes(inner, into, depth + 1);
  const kind = looksLike(inner);
  if (kind !== null) into.see(kind);
}

/** Files embedded as base64 in JSON or YAML, as in Traefik's acme.json or a Kubernetes Secret. */
function membersOf(text: string): readonly Buffer[] {
  const fileOf = (value: string): readonly Buffer[] =>
    value.length > SHORTEST_FILE ? [decodeBase64(value)].filter((file) => file !== null) : [];
  if (!/^\s*[{[]/.test(text))
    return text.split('\n').flatMap((line) => fileOf(line.slice(line.indexOf(':') + 1 || line.length)));
  const files: Buffer[] = [];
  try {
    parseOutsideJson(text, (_name, value) => {
      if (typeof value === 'string') files.push(...fileOf(value));
      return value;
    });
  } catch {
    return []; // not JSON, or too large
  }
  return files;
}

/** Characters of base64; an Ed25519 key in DER has 64. */
const SHORTEST_FILE = 60;

/** Decodes text that is only base64 (also base64url, quoted, or a data URL) or hexadecimal digits; otherwise null. */
function decodeBase64(text: string): Buffer | null {
  const hex = decodeHex(text);
  if (hex !== null) return hex;
  const data = text
    .replace(/^(ÿþ|þÿ|ï»¿)/, '')
    .replace(/^\s*data:[^,]{0,100};base64,/, '')
    .replace(/-----(?:BEGIN|END) [A-Z0-9 ]{1,60}-----/gi, '')
    .replace(/[\s"']+/g, '');
  if (data.length < 40 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(data)) return null;
  const decoded = Buffer.from(data, 'base64');
  if (decoded[0] === 0x30 || looksLike(decoded) !== null) return decoded;
  const inner = decoded.toString('latin1').replaceAll('\0', '');
  return inner.includes('-----BEGIN ') || decodeBase64(inner) !== null ? decoded : null;
}

function readBlock(block: PemBlock, into: Collector, depth: number): void {
  const { label } = block;
  const decoded = decodePem(block);
  if (label === 'OPENSSH PRIVATE KEY') into.see(OPENSSH);
  else if (decoded === null) seeLabel(label, into);
  else if (/ENCRYPTED/.test(decoded.headers.get('Proc-Type') ?? '')) into.addKey({ label, ...decoded });
  else if (decoded.der.includes('-----BEGIN ') && depth < MAX_DEPTH) readBytes(decoded.der, into, depth + 1);
  else if (!readDer(decoded.der, into)) seeLabel(label, into);
}

/** If the content is unreadable, the label still tells what it should have been. */
function seeLabel(label: string, into: Collector): void {
  if (label.endsWith('PRIVATE KEY')) into.addDamagedKey();
  else if (/^(X509 |TRUSTED )?CERTIFICATE$/.test(label)) into.addDamagedCertificate();
  else {
    const known = LABELS.find(([pattern]) => pattern.test(label))?.[1];
    into.see(known ?? `it contains a PEM block of another kind (${label})`);
  }
}

const OPENSSH = 'it is in OpenSSH format: convert a copy with `ssh-keygen -p -m PKCS8 -f FILE`';
const REQUEST = 'it contains a certificate signing request (CSR); the CA turns it into the certificate';
const PUBLIC_KEY = 'it contains only a public key';
const REVOCATION_LIST = 'it contains a revocation list';
const DAMAGED = 'a line is missing, cut or changed';

const LABELS: readonly (readonly [RegExp, string])[] = [
  [/CERTIFICATE REQUEST$/, REQUEST],
  [/PUBLIC KEY$/, PUBLIC_KEY],
  [/^X509 CRL$/, REVOCATION_LIST],
  [/^(PKCS7|CMS|PKCS #7 SIGNED DATA)$/, `it is a damaged PKCS#7 file: ${DAMAGED}`],
  [/^(PKCS12|PFX)$/, `it is a damaged PKCS#12 file: ${DAMAGED}`],
  [/^PGP /, 'it is from PGP, whose keys and certificates do not work for TLS'],
];

/** @returns whether the octets start with a known structure */
function readDer(bytes: Buffer, into: Collector): boolean {
  let rest = bytes;
  for (let count = 0; count < MAX_VALUES && rest[0] === 0x30; count += 1) {
    const node = parseAsn(rest);
    const kind = kindOfDer(node);
    if (kind === null || node === undefined) break;
    collect(kind, { node, bytes: rest, into });
    const value = readTlv(rest);
    // Nothing can follow an indefinite length (BER), or the trust settings in OpenSSL's TRUSTED CERTIFICATE.
    if (value === null || value.whole.length === rest.length) return true;
    const next = rest.subarray(value.whole.length);
    if (kind === 'certificate' && kindOfDer(parseAsn(next)) !== 'certificate') return true;
    rest = next;
  }
  return rest.length < bytes.length;
}

interface Found {
  readonly node: AsnNode;
  readonly bytes: Buffer;
  readonly into: Collector;
}

function collect(kind: DerKind, { node, bytes, into }: Found): void {
  if (kind === 'certificate') into.addCertificate(bytes);
  else if (kind === 'pkcs12') into.addPkcs12(bytes);
  else if (kind === 'pkcs7') {
    const certificates = certificatesOfPkcs7(node);
    for (const der of certificates) into.addCertificate(der);
    if (certificates.length === 0) into.see('it is PKCS#7 without a certificate');
  } else if (kind.endsWith('PRIVATE KEY')) {
    const whole = readTlv(bytes)?.whole ?? bytes;
    into.addKey({ label: kind, der: Buffer.from(whole), headers: new Map() });
  } else {
    const description = UNUSABLE[kind];
    if (description !== undefined) into.see(description);
  }
}

const UNUSABLE: Partial<Record<DerKind, string>> = {
  request: REQUEST,
  'public key': PUBLIC_KEY,
  'revocation list': REVOCATION_LIST,
  'pkcs7 without certificates':
    'it is an encrypted or bare PKCS#7 message: use the original certificates and key',
};

/** A private key as a JWK (RFC 7517). */
function readJwk(text: string): GivenKey | null {
  try {
    const key = createPrivateKey({ key: JSON.parse(text.replace(/^(ÿþ|þÿ|ï»¿)/, '')), format: 'jwk' });
    return {
      label: 'PRIVATE KEY',
      der: key.export({ type: 'pkcs8', format: 'der' }),
      headers: new Map(),
    };
  } catch {
    return null;
  }
}

function describeUnknown(bytes: Buffer): string {
  const start = bytes.subarray(0, 400).toString('latin1').trim();
  if (start === '') return 'it is empty';
  if (bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80)
    return 'it is binary, but not a complete certificate, key, PKCS#7 or PKCS#12: copy it again as a binary file';
  if (bytes.subarray(0, 400).includes(0)) return 'it is binary, of an unknown format';
  if (/^M[A-Za-z0-9+/=\s]{40,}$/.test(start))
    return 'it looks like base64 that was cut or changed: copy all of it, with the lines -----BEGIN …----- and -----END …-----';
  return 'it is not PEM, DER, PKCS#7 or PKCS#12 (PEM starts with a line -----BEGIN …-----)';
}
