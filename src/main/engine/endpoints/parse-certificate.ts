// Parses the certificates that servers send. The addresses of a host present the same ones, and many hosts share their
// intermediates, so the latest are remembered, and with them which one signed which (pki/inspect/issued-by.ts).
import { hash, X509Certificate } from 'node:crypto';

const KEPT = 500;
const latest = new Map<string, X509Certificate>();

/** @returns null if the DER is no certificate */
export function parseCertificate(der: Uint8Array): X509Certificate | null {
  const key = hash('sha256', der, 'base64');
  const certificate = latest.get(key) ?? parse(der);
  if (certificate === null) return null;
  latest.delete(key); // moves it to the end
  latest.set(key, certificate);
  const [oldest] = latest.keys();
  if (latest.size > KEPT && oldest !== undefined) latest.delete(oldest);
  return certificate;
}

function parse(der: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(der);
  } catch {
    return null;
  }
}
