// Reads X.501 names (a certificate's subject and issuer) and formats them as text.
import { type AsnNode, childAt, childrenOf, octetsOf, oidOf, textOf } from './asn1.ts';

/** The attributes in DER order: usually country first, common name last. */
export type DistinguishedName = readonly { readonly oid: string; readonly value: string }[];

const SHORT_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

/** Reads a Name (RFC 5280 section 4.1.2.4). A value that is not a string becomes `#` and its octets in hex. */
export function readName(node: AsnNode | undefined): DistinguishedName {
  return childrenOf(node)
    .flatMap((set) => childrenOf(set))
    .map((attribute) => ({
      oid: oidOf(childAt(attribute, 0)) ?? '?',
      value: readValue(childAt(attribute, 1)),
    }));
}

function readValue(node: AsnNode | undefined): string {
  return textOf(node) ?? `#${Buffer.from(octetsOf(node) ?? []).toString('hex')}`;
}

/** The last CN, which is the most specific one, or null. */
export function commonName(name: DistinguishedName): string | null {
  return lastValue(name, '2.5.4.3');
}

/** The last O, or null. */
export function organization(name: DistinguishedName): string | null {
  return lastValue(name, '2.5.4.10');
}

function lastValue(name: DistinguishedName, oid: string): string | null {
  const value = name.findLast((attribute) => attribute.oid === oid)?.value.trim() ?? '';
  return value === '' ? null : value;
}

/** RFC 4514: most specific first, special characters escaped: `CN=api.example.com,O=Example\, Inc.,C=DE`. */
export function nameText(name: DistinguishedName): string {
  return name
    .toReversed()
    .map(({ oid, value }) => `${SHORT_NAMES[oid] ?? oid}=${value.replace(/[\\,+"<>;]/g, '\\$&')}`)
    .join(',');
}
