// Parses the certificates that servers send. The addresses of a host present the same ones, and many hosts share their
// intermediates, so the latest are remembered, and with them which one signed which (pki/inspect/issued-by.ts).
import { hash, X509Certificate } from 'node:crypto';
import { rememberLatest } from '../core/remember-latest.ts';

const latest = rememberLatest<X509Certificate | null>(500);

/** @returns null if the DER is no certificate */
export function parseCertificate(der: Uint8Array): X509Certificate | null {
  return latest(hash('sha256', der, 'base64'), () => parse(der));
}

function parse(der: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(der);
  } catch {
    return null;
  }
}
