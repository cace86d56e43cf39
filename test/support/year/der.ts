// Certificates and CRLs in DER (RFC 5280), encoded by hand: real ones, at a fraction of a millisecond each.
import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { readTlv, readTlvs } from '../../../src/main/engine/pki/inspect/tlv.ts';

function tlv(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const { length } = body;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), body]);
  const octets = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...octets), body]);
}
const seq = (...parts: readonly Uint8Array[]) => tlv(0x30, ...parts);
const hex = (text: string) => Buffer.from(text, 'hex');
const text = (tag: number, value: string) => tlv(tag, Buffer.from(value, 'latin1'));

const ECDSA_SHA256 = seq(hex('06082a8648ce3d040302'));
const OIDS = {
  commonName: hex('0603550403'),
  subjectAltName: hex('0603551d11'),
  authorityKeyId: hex('0603551d23'),
  crlPoints: hex('0603551d1f'),
  basicConstraints: hex('0603551d13'),
  reason: hex('0603551d15'),
} as const;

const nameOf = (commonName: string) => seq(tlv(0x31, seq(OIDS.commonName, text(0x0c, commonName))));

/** UTCTime, which is valid until 2049. */
function time(ms: number): Buffer {
  return text(0x17, `${new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`);
}

const extension = (oid: Buffer, critical: boolean, value: Buffer) =>
  seq(oid, ...(critical ? [hex('0101ff')] : []), tlv(0x04, value));

export interface Issuer {
  readonly name: string;
  readonly key: KeyObject;
  readonly keyId: Buffer;
  /** PEM. */
  readonly certificate: string;
}

interface Leaf {
  /** The content octets of the INTEGER. */
  readonly serial: Buffer;
  readonly names: readonly string[];
  readonly publicKey: Buffer;
  readonly from: number;
  readonly to: number;
  readonly crlUrl: string | null;
}

function signed(tbs: Buffer, key: KeyObject): Buffer {
  const signature = sign('sha256', tbs, key);
  return seq(tbs, ECDSA_SHA256, tlv(0x03, Buffer.of(0), signature));
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** A CA with its own key and a self-signed certificate. */
export function makeIssuer(name: string, from: number, to: number): Issuer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyId = Buffer.from(name.padEnd(20).slice(0, 20));
  const tbs = seq(
    hex('a003020102'),
    tlv(0x02, Buffer.of(1)),
    ECDSA_SHA256,
    nameOf(name),
    seq(time(from), time(to)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, seq(extension(OIDS.basicConstraints, true, seq(hex('0101ff'))))),
  );
  return { name, key: privateKey, keyId, certificate: pem(signed(tbs, privateKey)) };
}

/** PEM. */
export function issueLeaf({ name, key, keyId }: Issuer, leaf: Leaf): string {
  const names = leaf.names.map((dns) => text(0x82, dns));
  const points =
    leaf.crlUrl === null
      ? []
      : [extension(OIDS.crlPoints, false, seq(seq(tlv(0xa0, tlv(0xa0, text(0x86, leaf.crlUrl))))))];
  const tbs = seq(
    hex('a003020102'),
    tlv(0x02, leaf.serial),
    ECDSA_SHA256,
    nameOf(name),
    seq(time(leaf.from), time(leaf.to)),
    seq(),
    leaf.publicKey,
    tlv(
      0xa3,
      seq(
        extension(OIDS.subjectAltName, true, seq(...names)),
        extension(OIDS.authorityKeyId, false, seq(tlv(0x80, keyId))),
        ...points,
      ),
    ),
  );
  return pem(signed(tbs, key));
}

/** DER; valid for a week. */
export function makeCrl(
  { name, key }: Issuer,
  revoked: readonly { readonly serial: Buffer; readonly at: number; readonly reason: number }[],
  now: number,
): Buffer {
  const entries = revoked.map(({ serial, at, reason }) =>
    seq(tlv(0x02, serial), time(at), seq(extension(OIDS.reason, false, tlv(0x0a, Buffer.of(reason))))),
  );
  const tbs = seq(
    tlv(0x02, Buffer.of(1)),
    ECDSA_SHA256,
    nameOf(name),
    time(now),
    time(now + 7 * 86_400_000),
    ...(entries.length === 0 ? [] : [seq(...entries)]),
  );
  return signed(tbs, key);
}

export interface Csr {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  readonly names: readonly string[];
}

/** PKCS#10 (RFC 2986) with its signature checked; null where it is not one. */
export function readCsr(csrPem: string): Csr | null {
  const der = Buffer.from(csrPem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const [info, , signature] = [...readTlvs(readTlv(der)?.value ?? Buffer.alloc(0))];
  const publicKey = info === undefined ? undefined : [...readTlvs(info.value)][2]?.whole;
  if (info === undefined || signature === undefined || publicKey === undefined) return null;
  const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
  if (!verify('sha256', info.whole, key, signature.value.subarray(1))) return null;
  const at = info.whole.indexOf(OIDS.subjectAltName);
  const value = at < 0 ? null : readTlv(info.whole, at + OIDS.subjectAltName.length);
  const list = value === null ? null : readTlv(value.value);
  const names = list === null ? [] : [...readTlvs(list.value)].map((name) => name.value.toString('latin1'));
  return { publicKey, names };
}
