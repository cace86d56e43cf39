// Writes PKCS#12 files (.pfx) in strict DER, because Go's parsers reject BER.
import { createHash, createPrivateKey, randomBytes } from 'node:crypto';
import {
  Set as AsnSet,
  type BaseBlock,
  BmpString,
  Constructed,
  Integer,
  Null,
  ObjectIdentifier,
  OctetString,
  Primitive,
  Sequence,
} from 'asn1js';
import type { Certificate } from '../inspect/certificate.ts';
import { displayName } from '../inspect/facts.ts';
import { encrypt, macOf } from './password.ts';

export interface Pkcs12Input {
  /** Leaf first. */
  readonly chain: readonly Certificate[];
  /** PKCS#8 PEM; null: only the certificates. */
  readonly privateKey: string | null;
  readonly password: string;
  /** The name that certificate stores show. */
  readonly friendlyName: string;
  /** Use the LEGACY profile instead of MODERN. */
  readonly legacy: boolean;
}

interface Profile {
  readonly digest: 'sha256' | 'sha1';
  /** For key derivation and MAC. */
  readonly iterations: number;
  readonly seal: (plain: Uint8Array, password: string) => Promise<Sealed>;
}

interface Sealed {
  /** AlgorithmIdentifier. */
  readonly algorithm: BaseBlock;
  readonly data: Buffer;
}

/**
 * Works with OpenSSL 1.1, Java 8u301, Windows 10 (1709), macOS 15 and later. More than 20 times the iterations that OpenSSL
 * and Windows use, and still about a tenth of a second.
 */
const MODERN: Profile = { digest: 'sha256', iterations: 50_000, seal: sealPbes2 };

/** For older systems: 3DES and SHA-1, with the iterations that they expect. */
const LEGACY: Profile = { digest: 'sha1', iterations: 2048, seal: sealTripleDes };

/**
 * Writes a PFX (RFC 7292) as DER: the key, if any, in a shrouded bag, the certificates in an encrypted safe, and a MAC
 * over both.
 */
export async function writePkcs12(input: Pkcs12Input): Promise<Buffer> {
  const { privateKey, password } = input;
  const profile = input.legacy ? LEGACY : MODERN;
  const own = attributes(input);
  const certificateBags = input.chain.map((certificate, index) => {
    const value = sequence(oid(OID.x509Certificate), explicit(octets(certificate.x509.raw)));
    if (privateKey === null) return bag(OID.certificateBag, value, trusted(input, index));
    return bag(OID.certificateBag, value, index === 0 ? own : []);
  });
  const certificates = await profile.seal(toDer(sequence(...certificateBags)), password);
  const encryptedContent = sequence(oid(OID.data), certificates.algorithm, implicitOctets(certificates.data));
  const keySafe = privateKey === null ? [] : [await sealKey(privateKey, profile, { password, own })];
  const authenticatedSafe = toDer(
    sequence(...keySafe, contentInfo(OID.encryptedData, sequence(integer(0), encryptedContent))),
  );
  const mac = await macData(authenticatedSafe, profile, password);
  return toDer(sequence(integer(3), contentInfo(OID.data, octets(authenticatedSafe)), mac));
}

async function sealKey(
  privateKey: string,
  profile: Profile,
  { password, own }: { readonly password: string; readonly own: readonly BaseBlock[] },
): Promise<BaseBlock> {
  const der = createPrivateKey(privateKey).export({ type: 'pkcs8', format: 'der' });
  const key = await profile.seal(der, password);
  const keyBag = bag(OID.shroudedKeyBag, sequence(key.algorithm, octets(key.data)), own);
  return contentInfo(OID.data, octets(toDer(sequence(keyBag))));
}

/** PBES2 (RFC 8018 appendix A.4), with a new salt and IV each time. */
async function sealPbes2(plain: Uint8Array, password: string): Promise<Sealed> {
  const { digest, iterations } = MODERN;
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const pbe = { kdf: 'pbkdf2', iterations, salt, digest, cipher: 'aes-256-cbc', keyLength: 32, iv } as const;
  const prf = sequence(oid(OID.hmacWithSha256), new Null());
  const kdf = sequence(oid(OID.pbkdf2), sequence(octets(salt), integer(iterations), prf));
  const scheme = sequence(oid(OID.aes256Cbc), octets(iv));
  return {
    algorithm: sequence(oid(OID.pbes2), sequence(kdf, scheme)),
    data: await encrypt(pbe, plain, password),
  };
}

/** pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292 appendix C). */
async function sealTripleDes(plain: Uint8Array, password: string): Promise<Sealed> {
  const { digest, iterations } = LEGACY;
  const salt = randomBytes(8);
  const pbe = {
    kdf: 'pkcs12',
    iterations,
    salt,
    digest,
    cipher: 'des-ede3-cbc',
    keyLength: 24,
    iv: null,
  } as const;
  return {
    algorithm: sequence(oid(OID.pbeTripleDes), sequence(octets(salt), integer(iterations))),
    data: await encrypt(pbe, plain, password),
  };
}

async function macData(
  content: Uint8Array,
  { digest, iterations }: Profile,
  password: string,
): Promise<BaseBlock> {
  const salt = randomBytes(digest === 'sha1' ? 8 : 16);
  const value = await macOf({ digest, salt, iterations }, content, password);
  const digestInfo = sequence(sequence(oid(OID[digest]), new Null()), octets(value));
  return sequence(digestInfo, octets(salt), integer(iterations));
}

/** The same attributes for the key and its certificate: importers match the two by localKeyID. */
function attributes({ chain, friendlyName }: Pkcs12Input): readonly BaseBlock[] {
  const keyId = createHash('sha1')
    .update(chain[0]?.x509.raw ?? '')
    .digest();
  return [
    sequence(oid(OID.friendlyName), set(new BmpString({ value: friendlyName }))),
    sequence(oid(OID.localKeyId), set(octets(keyId))),
  ];
}

/**
 * Attributes for a certificate without a key. Java imports it only if it is marked as trusted, and requires a unique
 * friendly name (JDK, sun.security.pkcs12.PKCS12KeyStore).
 */
function trusted({ chain, friendlyName }: Pkcs12Input, index: number): readonly BaseBlock[] {
  const certificate = chain[index];
  const issuer = certificate === undefined ? '' : displayName(certificate);
  const name = index === 0 ? friendlyName : `${index}: ${issuer}`;
  return [
    sequence(oid(OID.friendlyName), set(new BmpString({ value: name }))),
    sequence(oid(OID.trustedKeyUsage), set(oid(OID.anyExtendedKeyUsage))),
  ];
}

const OID = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  trustedKeyUsage: '2.16.840.1.113894.746875.1.1',
  anyExtendedKeyUsage: '2.5.29.37.0',
  localKeyId: '1.2.840.113549.1.9.21',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacWithSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  pbeTripleDes: '1.2.840.113549.1.12.1.3',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha1: '1.3.14.3.2.26',
} as const;

const bag = (kind: string, value: BaseBlock, attributes: readonly BaseBlock[]) =>
  sequence(oid(kind), explicit(value), ...(attributes.length === 0 ? [] : [set(...attributes)]));
const contentInfo = (kind: string, content: BaseBlock) => sequence(oid(kind), explicit(content));

const CONTEXT_0 = { tagClass: 3, tagNumber: 0 };
const sequence = (...value: BaseBlock[]) => new Sequence({ value });
/** DER orders the elements of a SET OF by their encodings. */
const set = (...value: BaseBlock[]) =>
  new AsnSet({ value: value.toSorted((a, b) => Buffer.compare(toDer(a), toDer(b))) });
const explicit = (value: BaseBlock) => new Constructed({ idBlock: CONTEXT_0, value: [value] });
const oid = (value: string) => new ObjectIdentifier({ value });
const integer = (value: number) => new Integer({ value });
const octets = (bytes: Uint8Array) => new OctetString({ valueHex: new Uint8Array(bytes) });
const implicitOctets = (bytes: Uint8Array) =>
  new Primitive({ idBlock: CONTEXT_0, valueHex: new Uint8Array(bytes) });
const toDer = (block: BaseBlock) => Buffer.from(block.toBER());
