// The limits of certificates as read from DER, compared with what Node reads, for the roots that Node trusts.
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { limitsOf } from '../../../../src/main/engine/pki/inspect/limits.ts';

const roots = rootCertificates.map((pem) => new X509Certificate(pem));

it('reads the key, the usage and the extensions of real root certificates', () => {
  for (const root of roots) {
    const { asymmetricKeyType, asymmetricKeyDetails } = root.publicKey;
    const { rsaBits, keyUsage, unknownCritical } = limitsOf(root);
    const bits = asymmetricKeyType === 'rsa' ? asymmetricKeyDetails?.modulusLength : null;
    expect({ name: root.subject, rsaBits, unknownCritical }).toEqual({
      name: root.subject,
      rsaBits: bits,
      unknownCritical: [],
    });
    const mayCertify = keyUsage === null || (keyUsage & 0x04) !== 0;
    expect(mayCertify, root.subject).toBe(true);
  }
  expect(new Set(roots.map((root) => limitsOf(root).rsaBits))).toContain(4096);
});

it('survives certificates that are damaged anywhere', () => {
  const damaged = fc.tuple(
    fc.constantFrom(...roots.slice(0, 10).map(({ raw }) => raw)),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(255),
    fc.boolean(),
  );
  fc.assert(
    fc.property(damaged, ([der, place, octet, isCut]) => {
      const at = Math.floor(place * (der.length - 1));
      const raw = Buffer.from(isCut ? der.subarray(0, at) : der);
      if (!isCut) raw.writeUInt8(octet, at);
      expect(() => limitsOf({ raw } as X509Certificate)).not.toThrow();
    }),
    { numRuns: 2_000 },
  );
});
