// Matches a certificate to its PKCS#10 request (RFC 2986) by the public key, which is unique to one order.
import { createPublicKey, X509Certificate } from 'node:crypto';
import { decodePem, readPemBlocks } from './pem.ts';
import { readTlv, readTlvs } from './tlv.ts';

/**
 * Whether the first certificate has the public key of the request; false if either is unreadable.
 * @param chain PEM, leaf first.
 * @param csr PEM.
 */
export function isIssuedForRequest(chain: string, csr: string): boolean {
  const requested = keyOfRequest(csr);
  if (requested === null) return false;
  try {
    // node:crypto encodes both keys again, so that different encodings of the same key compare as equal.
    const spki = { type: 'spki', format: 'der' } as const;
    const key = createPublicKey({ ...spki, key: requested }).export(spki);
    return key.equals(new X509Certificate(chain).publicKey.export(spki));
  } catch {
    return false;
  }
}

/** The third field of CertificationRequestInfo: version, subject, subjectPKInfo. */
const KEY_FIELD = 2;

function keyOfRequest(csr: string): Buffer | null {
  const [block] = readPemBlocks(csr);
  const decoded = block === undefined ? null : decodePem(block);
  const request = decoded === null ? null : readTlv(Buffer.from(decoded.der));
  const info = request === null ? null : readTlv(request.value);
  return (info === null ? undefined : [...readTlvs(info.value)][KEY_FIELD])?.whole ?? null;
}
