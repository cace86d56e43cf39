// Typed access to parsed DER (ITU-T X.690): what node:crypto does not tell of a certificate or an encrypted key is
// read through these few functions. asn1js does the parsing and bounds its depth and its nodes.
import {
  type BaseBlock,
  BaseStringBlock,
  Constructed,
  EndOfContent,
  fromBER,
  Integer,
  ObjectIdentifier,
  OctetString,
  Primitive,
  Sequence,
} from 'asn1js';

export type AsnNode = BaseBlock;

/** Far above any certificate's need (2,000 names make some 4,000 nodes), and still parsed in a fraction of a second. */
const MAX_NODES = 50_000;

/** The first value in `bytes`, or undefined where they are not BER. Octets that follow it are ignored. */
export function parseAsn(bytes: Uint8Array): AsnNode | undefined {
  try {
    const { offset, result } = fromBER(new Uint8Array(bytes), { maxNodes: MAX_NODES, parseEmbedded: false });
    return offset < 0 ? undefined : result;
  } catch {
    return undefined; // asn1js throws for some malformed values instead of saying -1
  }
}

/** The parts of a SEQUENCE, a SET or an explicit tag; none where the value is primitive or absent. */
export function childrenOf(node: AsnNode | undefined): readonly AsnNode[] {
  if (!(node instanceof Constructed)) return [];
  return node.valueBlock.value.filter((part) => !(part instanceof EndOfContent));
}

/** The part that the indexes lead to: `childAt(node, 0, 2)` is the third part of the first. */
export function childAt(node: AsnNode | undefined, ...path: readonly number[]): AsnNode | undefined {
  return path.reduce<AsnNode | undefined>((parent, index) => childrenOf(parent)[index], node);
}

export function isSequence(node: AsnNode | undefined): boolean {
  return node instanceof Sequence;
}

/** Whether the node is context-specific with this number (`[0]` in an ASN.1 module). */
export function isContext(node: AsnNode | undefined, tag: number): boolean {
  return node?.idBlock.tagClass === 3 && node.idBlock.tagNumber === tag;
}

/** An OBJECT IDENTIFIER in dotted form, or null. */
export function oidOf(node: AsnNode | undefined): string | null {
  return node instanceof ObjectIdentifier ? node.getValue() : null;
}

/** The content octets of an INTEGER as they stand, an OCTET STRING (joined where BER splits it) or an implicit tag. */
export function octetsOf(node: AsnNode | undefined): Uint8Array | null {
  if (node instanceof OctetString) return new Uint8Array(node.getValue());
  if (node instanceof Integer || node instanceof Primitive) return node.valueBlock.valueHexView;
  return null;
}

/** An INTEGER as a number; null where it is none, negative, or too large to be exact. */
export function numberOf(node: AsnNode | undefined): number | null {
  if (!(node instanceof Integer)) return null;
  const hex = Buffer.from(node.valueBlock.valueHexView).toString('hex');
  const value = Number.parseInt(hex, 16);
  return Number.isSafeInteger(value) && Number.parseInt(hex.slice(0, 1), 16) < 8 ? value : null;
}

/** The value as it stood in what was parsed, tag and length included. */
export function bytesOf(node: AsnNode): Uint8Array {
  return node.valueBeforeDecodeView;
}

/** A character string of any of ASN.1's kinds (UTF8String, PrintableString, BMPString …), or null. */
export function textOf(node: AsnNode | undefined): string | null {
  return node instanceof BaseStringBlock ? node.getValue() : null;
}
