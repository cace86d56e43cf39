// Files from outside, as large as permitted and built to take long: they are opened on background threads, and
// Certdesk's event loop stays responsive.
import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackground } from '../../src/main/background/background.ts';
import { encodeHeader } from '../../src/main/backup/format.ts';
import type { BackgroundThreads } from '../../src/main/engine/background-tasks.ts';
import { makeCrl } from '../support/engine/crl.ts';
import { encryptedSafes, shroudedKeys } from '../support/faults/hostile-pkcs12.ts';
import { TEXT_SHAPES } from '../support/faults/hostile-shapes.ts';
import { measureBlocked, measureIdle } from '../support/tools/event-loop.ts';
import { createOpenSsl } from '../support/tools/openssl.ts';

/** As in hostile-peers.spec.ts. */
const MOST_MS = 100;
const MOST_OF_IDLE = 10;
/** Two threads, each up to its limit, and a passphrase of 256 MiB. */
const MOST_MIB = 700;

const openssl = await createOpenSsl();
const ca = await openssl.createCa({ subject: '/CN=Test CA' });
const leaf = await openssl.issue({ subject: '/CN=a.example.com', san: ['DNS:a.example.com'], ca });

let background: BackgroundThreads;
let folder: string;
let limitMs: number;
beforeAll(async () => {
  background = createBackground();
  folder = mkdtempSync(join(tmpdir(), 'certdesk-hostile-'));
  const idle = await measureIdle();
  limitMs = Math.max(MOST_MS, MOST_OF_IDLE * (idle.toSorted((a, b) => a - b)[2] ?? 0));
});
afterAll(async () => {
  await background?.close();
  await openssl.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function expectUnblocked(name: string, work: () => Promise<unknown>): Promise<void> {
  const { ms, mib } = await measureBlocked(work);
  console.info(`${name}: ${ms.toFixed(0)} ms, ${mib.toFixed(0)} MiB`);
  expect.soft(ms, `${name}: time that the event loop was blocked`).toBeLessThan(limitMs);
  expect.soft(mib, `${name}: memory`).toBeLessThan(MOST_MIB);
}

const check = (body: object, owner = 'a') =>
  background.run('checkKeyPair', { body, domain: 'a.example.com', altNames: [], now: new Date() }, { owner });
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
/** The largest file that fits into a body of 1 MiB. */
const FILE_BYTES = 740_000;

describe('an upload', () => {
  it.each(Object.keys(TEXT_SHAPES))('of %s', { timeout: 120_000 }, async (shape) => {
    const text = TEXT_SHAPES[shape]?.(FILE_BYTES) ?? '';
    await expectUnblocked(shape, async () => {
      await check({ certificate: text, privateKey: 'x' }).catch(() => undefined);
      await check({ certificate: leaf.certificate, privateKey: text }).catch(() => undefined);
      await check({ file: base64(Buffer.from(text)), passphrase: 'secret' });
    });
  });

  it.each([
    ['12 keys', () => shroudedKeys(new X509Certificate(leaf.certificate).raw, 12, 1_000_000)],
    ['2 keys', () => shroudedKeys(new X509Certificate(leaf.certificate).raw, 2, 1_000_000)],
    ['3 safes', () => encryptedSafes(3, 1_000_000)],
    ['nested SEQUENCEs', () => Buffer.alloc(FILE_BYTES, 0x30)],
    ['nested indefinite lengths', () => Buffer.from('3080'.repeat(FILE_BYTES / 2), 'hex')],
    [
      'many empty values',
      () => Buffer.concat([Buffer.from('30830b4000', 'hex'), Buffer.alloc(FILE_BYTES - 5, 0x05)]),
    ],
  ])('of PKCS#12 with %s, by six callers at once', { timeout: 120_000 }, async (name, make) => {
    const body = { file: base64(make()), passphrase: 'secret' };
    await expectUnblocked(name, () =>
      Promise.all(Array.from({ length: 6 }, (_, at) => check(body, `owner ${at}`).catch(() => undefined))),
    );
  });
});

it('a CRL of 16 MiB', { timeout: 120_000 }, async () => {
  const { raw } = new X509Certificate(ca.certificate);
  const serial = Buffer.from('01', 'hex');
  const small = await makeCrl(openssl, { ca });
  const lists = [
    Buffer.alloc(16 * 1024 * 1024, 0x30),
    Buffer.concat([Buffer.from('308400ffff00', 'hex'), Buffer.from('3000'.repeat(8 * 1024 * 1024), 'hex')]),
    Buffer.concat([small, Buffer.alloc(16 * 1024 * 1024 - small.length)]),
  ];
  for (const [at, crl] of lists.entries()) {
    await expectUnblocked(`list ${at}`, () =>
      background.run(
        'lookUpCrl',
        { crl, url: 'http://a.example/crl', serial, issuer: raw, now: new Date() },
        { owner: 'crl' },
      ),
    );
  }
});

it('a folder of 5,000 files, each of 200 certificates', { timeout: 300_000 }, async () => {
  const many = join(folder, 'many');
  mkdirSync(many);
  const text = leaf.certificate.repeat(Math.min(200, Math.floor(250_000 / leaf.certificate.length)));
  for (let at = 0; at < 4_990; at += 1)
    writeFileSync(join(many, `${at}.pem`), at < 100 ? text : leaf.certificate);
  await expectUnblocked('folder', () =>
    background.run(
      'scanFolder',
      { folder: many, now: new Date(), directories: {}, acmeShFolder: null },
      { owner: 'import' },
    ),
  );
});

it('backups that need much memory, four at once', { timeout: 120_000 }, async () => {
  const file = join(folder, 'hostile.cdbackup');
  const kdf = {
    name: 'scrypt',
    salt: base64(Buffer.alloc(16)),
    n: 1 << 18,
    r: 8,
    p: 1,
    check: base64(Buffer.alloc(16)),
  } as const;
  writeFileSync(
    file,
    encodeHeader({ createdAt: '2026-01-01T00:00:00Z', certdesk: '1', schema: 1, installation: 'x', kdf }),
  );
  await expectUnblocked('backups', () =>
    Promise.all(
      Array.from({ length: 4 }, () =>
        background.run('verifyBackup', { file, passphrase: 'x' }, { owner: 'backup' }).catch(() => undefined),
      ),
    ),
  );
});
