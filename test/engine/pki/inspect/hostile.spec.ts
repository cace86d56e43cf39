// Uploads of noise, damaged files, and files built to take long.
import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { CertdeskError } from '../../../../src/main/engine/core/errors.ts';
import { VALIDITY } from '../../../support/engine/certificates.ts';
import { failureOf } from '../../../support/engine/failure.ts';
import { createUploads } from '../../../support/engine/uploads.ts';
import { createOpenSsl } from '../../../support/tools/openssl.ts';

const openssl = await createOpenSsl();
afterAll(() => openssl.remove());

const { root, intermediate, leaf, fullChain, check } = await createUploads(openssl);

/** Text of that many characters. */
type Fill = (size: number) => string;

describe('hostile input', () => {
  /**
   * The least processor time of `work` in milliseconds, of three times: of this process alone, whatever else the machine
   * does. A time of at most `enough` ends it.
   */
  const cpuOf = (work: () => void, enough = 0) => {
    let least = Number.POSITIVE_INFINITY;
    for (let time = 1; time <= 3 && least > enough; time += 1) {
      const start = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(start);
      least = Math.min(least, (user + system) / 1000);
    }
    return least;
  };
  const [SMALL, LARGE] = [250_000, 5_000_000];
  const filler =
    (piece: string): Fill =>
    (size) =>
      piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
  const block = (body: string, label = 'CERTIFICATE') =>
    `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
  const inBlock =
    (fill: Fill, label?: string): Fill =>
    (size) =>
      block(fill(size), label);
  const noise: readonly (readonly [string, Fill])[] = [
    ['letters', filler('lorem ipsum ')],
    ['dashes', filler('-')],
    ['spaces', filler(' ')],
    ['base64', filler('MIIC')],
    ['BEGIN without END', filler('-----BEGIN CERTIFICATE-----')],
    ['END without BEGIN', filler('-----END CERTIFICATE-----')],
    ['unfinished boundaries', filler('-----BEGIN A')],
    ['long labels', filler(`-----BEGIN ${'A'.repeat(60)}`)],
    ['one huge block', inBlock(filler('MIIC'))],
    ['one huge block of spaces', inBlock(filler(' \n'))],
    ['headers', inBlock(filler('A: b\n'))],
    ['colons', inBlock(filler(':'))],
    ['equal signs', inBlock(filler('='))],
    ['a huge key block', inBlock(filler('MIIC'), 'PRIVATE KEY')],
    ['many empty blocks', filler(block(''))],
    ['many key blocks', filler(block('AAAA', 'PRIVATE KEY'))],
    ['nested SEQUENCEs', (size) => block(Buffer.alloc(size * 0.6, 0x30).toString('base64'))],
  ];
  test.each(noise)('%s in either field take linear time', (_name, fill) => {
    const cpuFor = (size: number, enough?: number) => {
      const text = fill(size);
      return cpuOf(() => {
        failureOf(() => check({ certificate: text }));
        failureOf(() => check({ privateKey: text }));
      }, enough);
    };
    // Quadratic time would be 400 times as much; below some milliseconds garbage collection dominates.
    const limit = 100 * Math.max(cpuFor(SMALL), 4);
    expect(cpuFor(LARGE, limit - 1)).toBeLessThan(limit);
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
    const verify = vi.spyOn(X509Certificate.prototype, 'verify');
    try {
      expect(check({ certificate }).chain).toContain(leaf.certificate);
      expect(verify.mock.calls.length).toBeLessThan(30); // some for each of the 15 different ones
    } finally {
      verify.mockRestore();
    }
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

  test('any text, bytes or damage give a result or a CertdeskError', () => {
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
