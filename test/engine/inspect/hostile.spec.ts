// Uploads of noise, of damage and of what is made to take long.
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { CertdeskError } from '../../../src/main/engine/errors.ts';
import { VALIDITY } from '../../support/certificates.ts';
import { failureOf } from '../../support/failure.ts';
import { createOpenSsl } from '../../support/openssl.ts';
import { createUploads } from '../../support/uploads.ts';

const openssl = await createOpenSsl();
afterAll(() => openssl.remove());

const { root, intermediate, leaf, fullChain, check } = await createUploads(openssl);

describe('hostile input', () => {
  /** Milliseconds of this process alone, whatever else the machine does. */
  const cpuSince = (start: NodeJS.CpuUsage) => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  const SIZE = 5_000_000;
  const fill = (piece: string) => piece.repeat(Math.ceil(SIZE / piece.length)).slice(0, SIZE);
  const block = (body: string, label = 'CERTIFICATE') =>
    `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
  const noise: readonly (readonly [string, string])[] = [
    ['letters', fill('lorem ipsum ')],
    ['dashes', fill('-')],
    ['spaces', fill(' ')],
    ['base64', fill('MIIC')],
    ['BEGIN without END', fill('-----BEGIN CERTIFICATE-----')],
    ['END without BEGIN', fill('-----END CERTIFICATE-----')],
    ['unfinished boundaries', fill('-----BEGIN A')],
    ['long labels', fill(`-----BEGIN ${'A'.repeat(60)}`)],
    ['one huge block', block(fill('MIIC'))],
    ['one huge block of spaces', block(fill(' \n'))],
    ['headers', block(fill('A: b\n'))],
    ['colons', block(fill(':'))],
    ['equal signs', block(fill('='))],
    ['a huge key block', block(fill('MIIC'), 'PRIVATE KEY')],
    ['many empty blocks', fill(block(''))],
    ['many key blocks', fill(block('AAAA', 'PRIVATE KEY'))],
    ['nested SEQUENCEs', block(Buffer.alloc(3_000_000, 0x30).toString('base64'))],
  ];
  test.each(noise)('5 MB of %s end within a second, in either field', (_name, text) => {
    const start = process.cpuUsage();
    failureOf(() => check({ certificate: text }));
    failureOf(() => check({ privateKey: text }));
    expect(cpuSince(start)).toBeLessThan(1000);
  });

  test('100 certificates of one name and key do not multiply the signature checks', async () => {
    const subject = '/C=DE/O=Test Trust/CN=Test Intermediate';
    const twins = await Promise.all(
      Array.from({ length: 12 }, () =>
        openssl.createCa({ subject, key: { pem: intermediate.privateKey }, ca: root, ...VALIDITY }),
      ),
    );
    const certificate =
      fullChain +
      twins
        .map((twin) => twin.certificate)
        .join('')
        .repeat(8);
    const start = process.cpuUsage();
    expect(check({ certificate }).chain).toContain(leaf.certificate);
    expect(cpuSince(start)).toBeLessThan(1000);
  });

  test('a path is followed for ten certificates', async () => {
    const path = [root];
    while (path.length < 12) {
      path.push(
        await openssl.createCa({ subject: `/CN=CA ${path.length}`, ca: path.at(-1) ?? root, ...VALIDITY }),
      );
    }
    const san = ['DNS:api.example.com'];
    const end = await openssl.issue({ subject: '/', san, ca: path.at(-1) ?? root, ...VALIDITY });
    const certificate = [end, ...path.toReversed()].map((item) => item.certificate).join('');
    expect(check({ certificate, privateKey: end.privateKey }).chain.match(/BEGIN/g)).toHaveLength(10);
  });

  test('any text, any bytes and any damage: a result or a CertdeskError', () => {
    const damaged = fc
      .tuple(fc.nat(fullChain.length), fc.string({ maxLength: 3 }), fc.nat(40))
      .map(([at, text, cut]) => fullChain.slice(0, at) + text + fullChain.slice(at + cut));
    const flipped = fc.tuple(fc.nat(10_000), fc.integer({ min: 1, max: 255 })).map(([at, mask]) => {
      const der = Buffer.from(leaf.certificate.replaceAll(/-----.*-----|\n/g, ''), 'base64');
      der[at % der.length] = (der[at % der.length] ?? 0) ^ mask;
      return block(der.toString('base64'));
    });
    const bytes = fc
      .uint8Array({ maxLength: 300 })
      .map((data) => block(Buffer.from(data).toString('base64')));
    fc.assert(
      fc.property(fc.oneof(fc.string(), damaged, flipped, bytes), (certificate) => {
        try {
          expect(check({ certificate }).leaf.names.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(CertdeskError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
