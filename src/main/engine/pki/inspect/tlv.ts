// DER (ITU-T X.690) as a run of tags, lengths and contents, without a tree: for CRLs, which may hold a hundred thousand
// entries. Everything is bounds-checked; what is not DER reads as nothing.

export interface Tlv {
  /** The identifier octet: 0x30 is a SEQUENCE, 0xa0 an explicit [0]. */
  readonly tag: number;
  /** The contents octets. */
  readonly value: Buffer;
  /** All of it, tag and length included. */
  readonly whole: Buffer;
}

/** The value that begins at `at`; null where there is none, it is cut off, or its form is not DER's. */
export function readTlv(bytes: Buffer, at = 0): Tlv | null {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return null;
  const lengthOctets = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + lengthOctets;
  if (first === 0x80 || lengthOctets > 4 || start > bytes.length) return null;
  const length = lengthOctets === 0 ? first : bytes.readUIntBE(at + 2, lengthOctets);
  const end = start + length;
  if (end > bytes.length) return null;
  return { tag, value: bytes.subarray(start, end), whole: bytes.subarray(at, end) };
}

/** The values in a row, as the contents of a SEQUENCE are; ends where something is not DER. */
export function* readTlvs(bytes: Buffer): Generator<Tlv> {
  for (let at = 0; at < bytes.length; ) {
    const tlv = readTlv(bytes, at);
    if (tlv === null) return;
    yield tlv;
    at += tlv.whole.length;
  }
}
