// Whether one certificate signed another. Apart from inspect/certificate.ts, so that it loads without a parser.
import type { X509Certificate } from 'node:crypto';

/** Verified pairs: a check of a chain asks about the same pair several times, and a signature costs 0.1 ms. */
const verified = new WeakMap<X509Certificate, WeakMap<X509Certificate, boolean>>();

/** Whether `issuer` signed `certificate`: checks names, key identifiers, key usage and the signature. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const known = verified.get(certificate) ?? new WeakMap<X509Certificate, boolean>();
  const result = known.get(issuer) ?? verify(certificate, issuer);
  verified.set(certificate, known.set(issuer, result));
  return result;
}

function verify(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    return false; // OpenSSL does not support the type of key or signature
  }
}

/** Whether the key and the name are those of its issuer. Unlike `isIssuedBy`, the issuer need not be a CA. */
export function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.issuer === issuer.subject && certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

/** Whether its own key signed it. `isIssuedBy` cannot tell: a self-signed server certificate may lack keyCertSign. */
export function isSignedByItself(certificate: X509Certificate): boolean {
  return isSignedBy(certificate, certificate);
}
