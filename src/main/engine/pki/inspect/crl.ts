// Reads certificate revocation lists (RFC 5280 section 5): finds a certificate's CRL and looks the certificate up in it.
import { verify, type X509Certificate } from 'node:crypto';
import { CertdeskError } from '../../core/errors.ts';
import { childAt, oidOf, parseAsn } from './asn1.ts';
import type { RawCertificate } from './leaf.ts';
import { readTlv, readTlvs, type Tlv } from './tlv.ts';

/** cRLDistributionPoints, 2.5.29.31: DistributionPoints, each with [0] distributionPoint, [0] fullName, [6] URI. */
const CRL_DISTRIBUTION_POINTS = Buffer.from('0603551d1f', 'hex');
const EXPLICIT_0 = 0xa0;
const URI = 0x86;

/** The http and https URLs of a certificate's distribution points (RFC 5280 section 4.2.1.13), in order. */
export function distributionPoints(leaf: RawCertificate): readonly string[] {
  const value = leaf.extension(CRL_DISTRIBUTION_POINTS);
  const list = value === null ? null : readTlv(value);
  const urls: string[] = [];
  for (const point of list === null ? [] : readTlvs(list.value)) {
    const name = readTlv(point.value);
    const full = name?.tag === EXPLICIT_0 ? readTlv(name.value) : null;
    for (const { tag, value } of full?.tag === EXPLICIT_0 ? readTlvs(full.value) : []) {
      if (tag === URI) urls.push(value.toString('latin1'));
    }
  }
  return urls.filter((url) => /^https?:\/\//i.test(url));
}

export interface Revoked {
  readonly at: Date;
  /** CRLReason (RFC 5280 section 5.3.1); 0 if the entry has none. */
  readonly reason: number;
}

export interface CrlQuestion {
  /** The CRL as downloaded. */
  readonly crl: Buffer;
  /** Where the CRL came from: its scope may be limited to certain URLs. */
  readonly url: string;
  readonly leaf: Pick<RawCertificate, 'serial'>;
  readonly issuer: X509Certificate;
  readonly now: Date;
}

/**
 * Looks the certificate up in the CRL. An entry in an expired CRL counts as well.
 * @returns null if the certificate is not listed
 * @throws ACME_PROTOCOL_ERROR if the data is not a CRL, the issuer did not sign it, its scope excludes the certificate,
 * or it has expired
 */
export function findRevocation({ crl, url, leaf, issuer, now }: CrlQuestion): Revoked | null {
  const fields = verified(crl, issuer);
  if (!isInScope(fields, url)) throw refused('it is for other certificates', url);
  const revoked = findEntry(fields, leaf.serial);
  if (revoked !== null && revoked.reason !== REMOVED_FROM_CRL) return revoked;
  const until = nextUpdate(fields);
  if (until !== null && until < now) throw refused(`it expired at ${until.toISOString()}`, url);
  return null;
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const REMOVED_FROM_CRL = 8;

/** Node's hash names for signature algorithms (RFC 3279, 4055, 5758); null for Ed25519, which includes its own hash. */
const HASHES: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
};

/** Verifies the CRL's signature. @returns its fields, starting with `signature` */
function verified(crl: Buffer, issuer: X509Certificate): readonly Tlv[] {
  const outer = readTlv(crl);
  const [tbs, algorithm, signature] = outer?.tag === SEQUENCE ? [...readTlvs(outer.value)] : [];
  if (tbs === undefined || algorithm === undefined || signature?.tag !== BIT_STRING)
    throw refused('it is not a CRL');
  const hash = HASHES[oidOf(childAt(parseAsn(algorithm.whole), 0)) ?? ''];
  if (hash === undefined) throw refused('its signature algorithm is unknown');
  if (!isSigned({ hash, tbs, signature }, issuer))
    throw refused('it is not signed by the issuer of the certificate');
  // version [v2 only], signature, issuer, thisUpdate, nextUpdate [optional], revokedCertificates [optional], [0]
  const all = [...readTlvs(tbs.value)];
  const fields = all[0]?.tag === INTEGER ? all.slice(1) : all;
  // Section 5.1.1.2: the signed part must name the same algorithm.
  if (fields[0]?.whole.equals(algorithm.whole) !== true) throw refused('it is not a CRL');
  return fields;
}

function isSigned(
  { hash, tbs, signature }: { readonly hash: string | null; readonly tbs: Tlv; readonly signature: Tlv },
  { publicKey }: X509Certificate,
): boolean {
  const [unusedBits] = signature.value;
  if (unusedBits !== 0) return false;
  try {
    return verify(hash, tbs.whole, publicKey, signature.value.subarray(1));
  } catch {
    return false; // the issuer's key does not fit the algorithm
  }
}

function nextUpdate(fields: readonly Tlv[]): Date | null {
  const [, , , next] = fields;
  return next === undefined ? null : timeOf(next);
}

/** UTCTime with years 1950 to 2049, or GeneralizedTime (section 5.1.2.4); null for anything else. */
function timeOf({ tag, value }: Tlv): Date | null {
  if (tag !== UTC_TIME && tag !== GENERALIZED_TIME) return null;
  const text = value.toString('latin1');
  const full = tag === GENERALIZED_TIME ? text : `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}`;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second] = parts;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function findEntry(fields: readonly Tlv[], wanted: Buffer): Revoked | null {
  const list = fields.slice(3).find(({ tag }) => tag === SEQUENCE);
  if (list === undefined) return null;
  for (const entry of readTlvs(list.value)) {
    const number = readTlv(entry.value);
    if (number === null || !number.value.equals(wanted)) continue;
    const [, at, extensions] = [...readTlvs(entry.value)];
    return { at: (at && timeOf(at)) ?? new Date(0), reason: reasonOf(extensions) };
  }
  return null;
}

/** reasonCode, 2.5.29.21: an ENUMERATED in an OCTET STRING. */
const REASON_CODE = Buffer.from('0603551d15', 'hex');

function reasonOf(extensions: Tlv | undefined): number {
  for (const extension of extensions === undefined ? [] : readTlvs(extensions.value)) {
    const [oid, ...rest] = [...readTlvs(extension.value)];
    const value = rest.at(-1);
    if (oid?.whole.equals(REASON_CODE) && value !== undefined) return readTlv(value.value)?.value[0] ?? 0;
  }
  return 0;
}

/** issuingDistributionPoint, 2.5.29.28 (section 5.2.5). */
const ISSUING_DISTRIBUTION_POINT = Buffer.from('0603551d1c', 'hex');
const [POINT, ONLY_CA, INDIRECT, ONLY_ATTRIBUTES] = [0xa0, 0x82, 0x84, 0x85];

function isInScope(fields: readonly Tlv[], url: string): boolean {
  const last = fields.at(-1);
  const extensions = last?.tag === 0xa0 ? readTlv(last.value) : null;
  for (const extension of extensions === null ? [] : readTlvs(extensions.value)) {
    const [oid, ...rest] = [...readTlvs(extension.value)];
    const value = rest.at(-1);
    if (!oid?.whole.equals(ISSUING_DISTRIBUTION_POINT) || value === undefined) continue;
    const parts = [...readTlvs(readTlv(value.value)?.value ?? Buffer.alloc(0))];
    const isSet = (wanted: number) => parts.some(({ tag, value }) => tag === wanted && value[0] !== 0);
    if (isSet(ONLY_CA) || isSet(INDIRECT) || isSet(ONLY_ATTRIBUTES)) return false;
    const point = parts.find(({ tag }) => tag === POINT);
    return point === undefined || point.value.includes(Buffer.from(url, 'latin1'));
  }
  return true;
}

function refused(why: string, url?: string): CertdeskError {
  const message = `The CA's revocation list cannot be used: ${why}.`;
  return new CertdeskError('ACME_PROTOCOL_ERROR', message, url === undefined ? undefined : { url });
}
