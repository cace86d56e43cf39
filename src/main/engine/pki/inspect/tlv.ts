// Reads DER (ITU-T X.690) as a stream of tag-length-value elements without building a tree, for CRLs with up to a hundred
// thousand entries. Every read is bounds-checked; anything that is not DER yields null or ends the stream.

export interface Tlv {
  /** The identifier octet: 0x30 is a SEQUENCE, 0xa0 an explicit [0]. */
  readonly tag: number;
  /** The contents octets. */
  readonly value: Buffer;
  /** The whole element, including tag and length. */
  readonly whole: Buffer;
}

/** Reads the element at `at`; null if there is none, or it is cut off or not DER. */
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

/** Reads consecutive elements, such as the content of a SEQUENCE, up to the first one that is not DER. */
export function* readTlvs(bytes: Buffer): Generator<Tlv> {
  for (let at = 0; at < bytes.length; ) {
    const tlv = readTlv(bytes, at);
    if (tlv === null) return;
    yield tlv;
    at += tlv.whole.length;
  }
}
