// What a certificate may be used for, and what certificates below it may be (RFC 5280 section 4.2.1): read from DER without
// parsing the rest, because every check of an endpoint needs it.
import type { X509Certificate } from 'node:crypto';
import { readTlv, readTlvs, type Tlv } from './tlv.ts';

export interface Limits {
  /** KeyUsage as bits, digitalSignature first (0x80); null without the extension. */
  readonly keyUsage: number | null;
  /** How many intermediates may be below it; null if it sets no limit. */
  readonly pathLength: number | null;
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
  /** DNS names and IP addresses of the SAN. */
  readonly names: readonly GeneralName[];
  /** OIDs of critical extensions that OpenSSL does not know, so that its clients reject the certificate. */
  readonly unknownCritical: readonly string[];
  /** The length of an RSA key; null for other keys. */
  readonly rsaBits: number | null;
  /** `SHA-1`, `MD5` …; null if the signature is not known to be broken. */
  readonly brokenDigest: string | null;
}

export interface GeneralName {
  readonly kind: 'dns' | 'ip';
  /** `.example.com`, or the octets of an address, in constraints followed by those of the mask. */
  readonly value: Buffer;
}

const remembered = new WeakMap<X509Certificate, Limits>();

export function limitsOf(certificate: X509Certificate): Limits {
  const limits = remembered.get(certificate) ?? read(certificate.raw);
  remembered.set(certificate, limits);
  return limits;
}

/** By their OID as hex. */
const BASIC_CONSTRAINTS = '551d13';
const KEY_USAGE = '551d0f';
const NAME_CONSTRAINTS = '551d1e';
const SAN = '551d11';
/** The others of OpenSSL's X509_supported_extension. */
const OTHERS_KNOWN = [
  ...['551d1f', '551d20', '551d21', '551d24', '551d25', '551d36'],
  ...['2b06010505070107', '2b06010505070108', '2b0601050507010e', '6086480186f8420101'],
];
const KNOWN = new Set([BASIC_CONSTRAINTS, KEY_USAGE, NAME_CONSTRAINTS, SAN, ...OTHERS_KNOWN]);

const BROKEN: Readonly<Record<string, string>> = {
  '2a864886f70d010102': 'MD2',
  '2a864886f70d010103': 'MD4',
  '2a864886f70d010104': 'MD5',
  '2a864886f70d010105': 'SHA-1',
  '2b0e03021d': 'SHA-1',
  '2a8648ce380403': 'SHA-1',
  '2a8648ce3d0401': 'SHA-1',
};

const RSA_KEYS = ['2a864886f70d010101', '2a864886f70d01010a'];

const INTEGER = 0x02;
const EXPLICIT_0 = 0xa0;
const EXTENSIONS = 0xa3;

function read(der: Buffer): Limits {
  const [tbs, algorithm] = childrenOf(readTlv(der));
  const fields = childrenOf(tbs);
  const list = fields.find(({ tag }) => tag === EXTENSIONS);
  const extensions = childrenOf(childrenOf(list)[0]).map((extension) => {
    const parts = childrenOf(extension);
    const value = parts.at(-1)?.value;
    return {
      oid: parts[0]?.value.toString('hex') ?? '',
      isCritical: parts.length === 3 && parts[1]?.value[0] !== 0,
      value: value === undefined ? null : readTlv(value),
    };
  });
  const contentOf = (oid: string) => extensions.find((each) => each.oid === oid)?.value ?? null;
  const trees = childrenOf(contentOf(NAME_CONSTRAINTS));
  const subtrees = (tag: number) =>
    childrenOf(trees.find((each) => each.tag === tag)).flatMap((tree) => toName(childrenOf(tree)[0]));
  return {
    keyUsage: contentOf(KEY_USAGE)?.value[1] ?? null,
    pathLength: toSmallNumber(childrenOf(contentOf(BASIC_CONSTRAINTS)).find(({ tag }) => tag === INTEGER)),
    permitted: subtrees(0xa0),
    excluded: subtrees(0xa1),
    names: childrenOf(contentOf(SAN)).flatMap(toName),
    unknownCritical: extensions
      .filter(({ oid, isCritical }) => isCritical && !KNOWN.has(oid))
      .map(({ oid }) => toDotted(Buffer.from(oid, 'hex'))),
    // After the serial number, the signature, the issuer, the validity and the subject.
    rsaBits: readRsaBits(fields[fields[0]?.tag === EXPLICIT_0 ? 6 : 5]),
    brokenDigest: BROKEN[childrenOf(algorithm)[0]?.value.toString('hex') ?? ''] ?? null,
  };
}

function childrenOf(tlv: Tlv | null | undefined): readonly Tlv[] {
  return tlv == null ? [] : [...readTlvs(tlv.value)];
}

function toName(tlv: Tlv | undefined): readonly GeneralName[] {
  if (tlv?.tag === 0x82) return [{ kind: 'dns', value: tlv.value }];
  return tlv?.tag === 0x87 ? [{ kind: 'ip', value: tlv.value }] : [];
}

/** From SubjectPublicKeyInfo: creating a key object only for its length costs as much as parsing the certificate. */
function readRsaBits(publicKey: Tlv | undefined): number | null {
  const [algorithm, key] = childrenOf(publicKey);
  if (!RSA_KEYS.includes(childrenOf(algorithm)[0]?.value.toString('hex') ?? '') || key === undefined)
    return null;
  const [modulus] = childrenOf(readTlv(key.value, 1)); // after the number of unused bits
  const first = modulus?.value.findIndex((octet) => octet !== 0) ?? -1;
  if (modulus === undefined || first === -1) return null;
  return (modulus.value.length - first) * 8 - (Math.clz32(modulus.value.readUInt8(first)) - 24);
}

/** Null for numbers that no chain reaches. */
function toSmallNumber(tlv: Tlv | undefined): number | null {
  return tlv?.value.length === 1 ? tlv.value.readUInt8(0) : null;
}

/** The content octets of an OBJECT IDENTIFIER in dotted form. */
function toDotted(octets: Buffer): string {
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const octet of octets) {
    arc = arc * 128n + BigInt(octet & 0x7f);
    if (octet >= 0x80) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [first = 0n, ...rest] = arcs;
  const root = first < 40n ? 0n : first < 80n ? 1n : 2n;
  return [root, first - root * 40n, ...rest].join('.');
}

/** Whether a CA with these constraints may certify the name. As OpenSSL: a wildcard counts as the text that it is. */
export function permitsName({ permitted, excluded }: Limits, name: GeneralName): boolean {
  const ofKind = permitted.filter(({ kind }) => kind === name.kind);
  if (ofKind.length > 0 && !ofKind.some((base) => isWithin(name, base))) return false;
  return !excluded.some((base) => base.kind === name.kind && isWithin(name, base));
}

function isWithin({ kind, value }: GeneralName, base: GeneralName): boolean {
  if (kind === 'ip') {
    if (base.value.length !== value.length * 2) return false;
    return value.every((octet, at) => {
      const mask = base.value[value.length + at] ?? 0;
      return (octet & mask) === ((base.value[at] ?? 0) & mask);
    });
  }
  const [name, suffix] = [value, base.value].map((text) => text.toString('latin1').toLowerCase());
  if (name === undefined || suffix === undefined) return false;
  if (suffix === '' || suffix.startsWith('.')) return name.endsWith(suffix);
  return name === suffix || name.endsWith(`.${suffix}`);
}

/** `mail.example.com`, `192.0.2.1`, `2001:db8:0:0:0:0:0:1` */
export function formatName({ kind, value }: GeneralName): string {
  if (kind === 'dns') return value.toString('latin1');
  if (value.length === 4) return value.join('.');
  return (value.toString('hex').match(/.{1,4}/g) ?? [])
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':');
}
