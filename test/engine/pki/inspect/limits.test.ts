// The limits of certificates as read from DER, compared with what Node reads, for the roots that Node trusts.
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
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

it('survives certificates that are damaged or cut anywhere', () => {
  for (const { raw } of roots.slice(0, 3)) {
    for (const at of raw.keys()) {
      const damaged = [0, 1, 0x7f, 0x80, 0x84, 0xff].map((octet) => {
        const copy = Buffer.from(raw);
        copy.writeUInt8(octet, at);
        return copy;
      });
      for (const der of [...damaged, raw.subarray(0, at)])
        expect(() => limitsOf({ raw: der } as X509Certificate), `at ${at}`).not.toThrow();
    }
  }
});
