// What is asked of thousands of stored certificates each day (who revokes them, what ARI calls them), read from the DER
// without a tree of it: a twentieth of the time that parseChain takes.
import { X509Certificate } from 'node:crypto';
import { decodePem, readPemBlocks } from './pem.ts';
import { readTlv, readTlvs } from './tlv.ts';

export interface RawCertificate {
  readonly der: Buffer;
  /** The content octets of the serial number, a leading 00 included. */
  readonly serial: Buffer;
  /** The contents of the extension's OCTET STRING; null where there is none. @param oid DER, tag and length included. */
  extension(oid: Buffer): Buffer | null;
}

const EXPLICIT_0 = 0xa0;
const EXTENSIONS = 0xa3;

/** Null where it is no certificate. */
export function readRaw(der: Uint8Array): RawCertificate | null {
  const bytes = Buffer.from(der.buffer, der.byteOffset, der.byteLength);
  const tbs = readTlv(readTlv(bytes)?.value ?? Buffer.alloc(0));
  const fields = tbs === null ? [] : [...readTlvs(tbs.value)];
  const serial = fields[fields[0]?.tag === EXPLICIT_0 ? 1 : 0];
  if (serial === undefined) return null;
  const list = fields.find(({ tag }) => tag === EXTENSIONS);
  const extensions = list === undefined ? null : readTlv(list.value);
  return {
    der: bytes,
    serial: serial.value,
    extension(oid) {
      for (const { value } of extensions === null ? [] : readTlvs(extensions.value)) {
        if (value.subarray(0, oid.length).equals(oid)) return [...readTlvs(value)].at(-1)?.value ?? null;
      }
      return null;
    },
  };
}

/** The first certificate of a PEM text, and the second one where there is one; null where the first cannot be read. */
export function readStored(
  chain: string,
): { readonly leaf: RawCertificate; readonly issuer: () => X509Certificate | null } | null {
  const [first, second] = readPemBlocks(chain).map((block) => decodePem(block)?.der ?? null);
  const leaf = first == null ? null : readRaw(first);
  if (leaf === null) return null;
  return { leaf, issuer: () => (second == null ? null : new X509Certificate(second)) };
}
