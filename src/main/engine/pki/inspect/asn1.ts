// Typed access to parsed DER (ITU-T X.690), for the fields of certificates and encrypted keys that node:crypto does not
// expose. asn1js parses, within limits on depth and number of nodes.
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

/** Far more than any certificate has (2,000 names are about 4,000 nodes), but still parsed in a fraction of a second. */
const MAX_NODES = 50_000;

/** Parses the first value in `bytes` and ignores octets after it; undefined if it is not BER. */
export function parseAsn(bytes: Uint8Array): AsnNode | undefined {
  return parseFirst(bytes)?.node;
}

/** Parses a SEQUENCE that fills `bytes`; undefined if it is anything else, or if octets follow it. */
export function parseSequence(bytes: Uint8Array): AsnNode | undefined {
  const first = parseFirst(bytes);
  return first !== null && first.length === bytes.length && isSequence(first.node) ? first.node : undefined;
}

function parseFirst(bytes: Uint8Array): { readonly node: AsnNode; readonly length: number } | null {
  try {
    const { offset, result } = fromBER(new Uint8Array(bytes), { maxNodes: MAX_NODES, parseEmbedded: false });
    return offset < 0 ? null : { node: result, length: offset };
  } catch {
    return null; // asn1js throws for some malformed values instead of returning -1
  }
}

/** The children of a SEQUENCE, a SET or an explicit tag; empty if the value is primitive or absent. */
export function childrenOf(node: AsnNode | undefined): readonly AsnNode[] {
  if (!(node instanceof Constructed)) return [];
  return node.valueBlock.value.filter((part) => !(part instanceof EndOfContent));
}

/** The descendant at a path of indexes: `childAt(node, 0, 2)` is the third child of the first child. */
export function childAt(node: AsnNode | undefined, ...path: readonly number[]): AsnNode | undefined {
  return path.reduce<AsnNode | undefined>((parent, index) => childrenOf(parent)[index], node);
}

/** Whether the node is a SEQUENCE. */
export function isSequence(node: AsnNode | undefined): boolean {
  return node instanceof Sequence;
}

/** Whether the node has this context-specific tag (`[0]` in an ASN.1 module). */
export function isContext(node: AsnNode | undefined, tag: number): boolean {
  return node?.idBlock.tagClass === 3 && node.idBlock.tagNumber === tag;
}

/** An OBJECT IDENTIFIER in dotted form, or null. */
export function oidOf(node: AsnNode | undefined): string | null {
  return node instanceof ObjectIdentifier ? node.getValue() : null;
}

/** The content octets of an INTEGER, an OCTET STRING (joined if BER splits it) or an implicit tag. */
export function octetsOf(node: AsnNode | undefined): Uint8Array | null {
  if (node instanceof OctetString) return new Uint8Array(node.getValue());
  if (node instanceof Integer || node instanceof Primitive) return node.valueBlock.valueHexView;
  return null;
}

/** An INTEGER as a number; null if the node is not an INTEGER, or is negative or too large to be exact. */
export function numberOf(node: AsnNode | undefined): number | null {
  if (!(node instanceof Integer)) return null;
  const hex = Buffer.from(node.valueBlock.valueHexView).toString('hex');
  const value = Number.parseInt(hex, 16);
  return Number.isSafeInteger(value) && Number.parseInt(hex.slice(0, 1), 16) < 8 ? value : null;
}

/** The encoded value as it was parsed, including tag and length. */
export function bytesOf(node: AsnNode): Uint8Array {
  return node.valueBeforeDecodeView;
}

/** A character string of any ASN.1 type (UTF8String, PrintableString, BMPString …), or null. */
export function textOf(node: AsnNode | undefined): string | null {
  return node instanceof BaseStringBlock ? node.getValue() : null;
}
