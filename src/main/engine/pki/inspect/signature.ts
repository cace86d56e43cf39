// Reads the signature algorithm of a certificate, and whether clients still trust it.
import { type AsnNode, childAt, childrenOf, isContext, oidOf } from './asn1.ts';

export interface SignatureAlgorithm {
  /** OpenSSL's name of a known algorithm, else the OID. */
  readonly name: string;
  /** Whether current TLS clients accept it: SHA-2 with RSA, RSASSA-PSS or ECDSA, or EdDSA. */
  readonly trusted: boolean;
}

/** RFC 3279, 4055, 5758, 8410. Broken algorithms are listed so that messages can name them. */
const ALGORITHMS: Readonly<Record<string, readonly [name: string, trusted: boolean]>> = {
  '1.2.840.113549.1.1.2': ['md2WithRSAEncryption', false],
  '1.2.840.113549.1.1.3': ['md4WithRSAEncryption', false],
  '1.2.840.113549.1.1.4': ['md5WithRSAEncryption', false],
  '1.2.840.113549.1.1.5': ['sha1WithRSAEncryption', false],
  '1.3.14.3.2.29': ['sha1WithRSA', false],
  '1.2.840.10040.4.3': ['dsaWithSHA1', false],
  '1.2.840.10045.4.1': ['ecdsa-with-SHA1', false],
  '1.2.840.113549.1.1.14': ['sha224WithRSAEncryption', true],
  '1.2.840.113549.1.1.11': ['sha256WithRSAEncryption', true],
  '1.2.840.113549.1.1.12': ['sha384WithRSAEncryption', true],
  '1.2.840.113549.1.1.13': ['sha512WithRSAEncryption', true],
  '1.2.840.10045.4.3.1': ['ecdsa-with-SHA224', true],
  '1.2.840.10045.4.3.2': ['ecdsa-with-SHA256', true],
  '1.2.840.10045.4.3.3': ['ecdsa-with-SHA384', true],
  '1.2.840.10045.4.3.4': ['ecdsa-with-SHA512', true],
  '1.3.101.112': ['ED25519', true],
  '1.3.101.113': ['ED448', true],
};

const RSASSA_PSS = '1.2.840.113549.1.1.10';
const PSS_HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'SHA256',
  '2.16.840.1.101.3.4.2.2': 'SHA384',
  '2.16.840.1.101.3.4.2.3': 'SHA512',
};

/** @param node The AlgorithmIdentifier of a signature. */
export function readSignature(node: AsnNode | undefined): SignatureAlgorithm {
  const oid = oidOf(childAt(node, 0)) ?? '?';
  if (oid === RSASSA_PSS) return readPss(childAt(node, 1));
  const [name, trusted] = ALGORITHMS[oid] ?? [oid, false];
  return { name, trusted };
}

/** RFC 4055 section 3.1: parameter [0] is the hash; the default is SHA-1. */
function readPss(parameters: AsnNode | undefined): SignatureAlgorithm {
  const hash = childrenOf(parameters).find((part) => isContext(part, 0));
  const name = PSS_HASHES[oidOf(childAt(hash, 0, 0)) ?? ''];
  return { name: `rsassaPss with ${name ?? 'SHA1 or unknown'}`, trusted: name !== undefined };
}
