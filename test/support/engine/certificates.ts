// Certificates that several test files share: created once per file, because keys and processes take time.
import type { CertifiedKey, OpenSsl } from '../tools/openssl.ts';

/** The date of these tests. */
export const NOW = new Date('2026-06-01T12:00:00Z');
export const daysFromNow = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
export const VALIDITY = { notBefore: daysFromNow(-10), notAfter: daysFromNow(80) } as const;

export interface TestChain {
  readonly root: CertifiedKey;
  readonly intermediate: CertifiedKey;
  readonly leaf: CertifiedKey;
}

/** A root, an intermediate and a leaf for api.example.com. */
export async function makeChain(openssl: OpenSsl, name = 'Test'): Promise<TestChain> {
  const root = await openssl.createCa({ subject: `/O=${name} Trust/CN=${name} Root`, ...VALIDITY });
  const subject = `/C=DE/O=${name} Trust/CN=${name} Intermediate`;
  const intermediate = await openssl.createCa({ subject, ca: root, ...VALIDITY });
  const san = ['DNS:api.example.com'];
  const leaf = await openssl.issue({ subject: '/CN=api.example.com', san, ca: intermediate, ...VALIDITY });
  return { root, intermediate, leaf };
}
