// PKCS#12 files (RFC 7292) that cause as much work as possible: without a MAC, with noise as ciphertexts.
import {
  type BaseBlock,
  Constructed,
  Integer,
  Null,
  ObjectIdentifier,
  OctetString,
  Primitive,
  Sequence,
} from 'asn1js';

const DATA = '1.2.840.113549.1.7.1';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';
const CONTEXT_0 = { tagClass: 3, tagNumber: 0 };

const sequence = (...value: BaseBlock[]) => new Sequence({ value });
const explicit = (value: BaseBlock) => new Constructed({ idBlock: CONTEXT_0, value: [value] });
const oid = (value: string) => new ObjectIdentifier({ value });
const integer = (value: number) => new Integer({ value });
const octets = (bytes: Uint8Array) => new OctetString({ valueHex: new Uint8Array(bytes) });
const toDer = (block: BaseBlock) => Buffer.from(block.toBER());
const bag = (kind: string, value: BaseBlock) => sequence(oid(kind), explicit(value));
const NOISE = Buffer.alloc(64, 0x5a);

/** PBES2 with PBKDF2 and HMAC-SHA-256, AES-256 (RFC 8018). */
function pbes2(iterations: number): BaseBlock {
  const prf = sequence(oid('1.2.840.113549.2.9'), new Null());
  const kdf = sequence(
    oid('1.2.840.113549.1.5.12'),
    sequence(octets(NOISE.subarray(0, 16)), integer(iterations), prf),
  );
  const cipher = sequence(oid('2.16.840.1.101.3.4.1.42'), octets(NOISE.subarray(0, 16)));
  return sequence(oid('1.2.840.113549.1.5.13'), sequence(kdf, cipher));
}

function pfx(...safes: BaseBlock[]): Buffer {
  const content = sequence(oid(DATA), explicit(octets(toDer(sequence(...safes)))));
  return toDer(sequence(integer(3), content));
}

/** One certificate and many encrypted keys in one unencrypted safe. @param certificate DER */
export function shroudedKeys(certificate: Uint8Array, keys: number, iterations: number): Buffer {
  const key = bag('1.2.840.113549.1.12.10.1.2', sequence(pbes2(iterations), octets(NOISE)));
  const own = bag(
    '1.2.840.113549.1.12.10.1.3',
    sequence(oid('1.2.840.113549.1.9.22.1'), explicit(octets(certificate))),
  );
  const bags = toDer(sequence(own, ...Array.from({ length: keys }, () => key)));
  return pfx(sequence(oid(DATA), explicit(octets(bags))));
}

export function encryptedSafes(safes: number, iterations: number): Buffer {
  const data = new Primitive({ idBlock: CONTEXT_0, valueHex: new Uint8Array(NOISE) });
  const safe = sequence(
    oid(ENCRYPTED_DATA),
    explicit(sequence(integer(0), sequence(oid(DATA), pbes2(iterations), data))),
  );
  return pfx(...Array.from({ length: safes }, () => safe));
}
