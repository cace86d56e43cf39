// Files that ask for as much work as they may, sent by a token that may only read, hold up nobody else.
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { encryptedSafes, shroudedKeys } from '../support/hostile-pkcs12.ts';
import { createOpenSsl } from '../support/openssl.ts';

let app: TestApp;
let certificate: Uint8Array;
let validate: (file: Buffer, signal: AbortSignal) => Promise<{ readonly status: number }>;
beforeAll(async () => {
  app = await startApp();
  const openssl = await createOpenSsl();
  const san = ['DNS:own.example.com'];
  certificate = new X509Certificate(
    (await openssl.issue({ subject: '/CN=own.example.com', san })).certificate,
  ).raw;
  await openssl.remove();
  const path = `/projects/${await app.project('own.example.com')}/certificate/validate`;
  const token = await app.makeToken(['projects:read']);
  validate = (file, signal) => {
    const body = { file: file.toString('base64'), passphrase: 'secret' };
    return app.call('POST', path, { token, body, signal });
  };
});
afterAll(() => app?.stop());

// A million rounds for each of two keys is as much as is accepted; three safes are over the limit of a file.
it.each([
  ['12 keys, which are refused', () => shroudedKeys(certificate, 12, 1_000_000)],
  ['two keys', () => shroudedKeys(certificate, 2, 1_000_000)],
  ['three safes', () => encryptedSafes(3, 1_000_000)],
])('/health is answered while six PKCS#12 files with %s are checked', async (_, make) => {
  const gone = new AbortController();
  const file = make();
  let answered = 0;
  const six = Array.from({ length: 6 }, () =>
    validate(file, gone.signal).then(
      () => {
        answered += 1;
      },
      () => undefined, // the client left
    ),
  );
  for (let at = 0; at < 20; at += 1)
    expect((await app.call('GET', '/health', { token: null })).status).toBe(200);
  // One at a time for each caller: not more than that one can be done by now.
  expect(answered).toBeLessThan(6);
  gone.abort();
  await Promise.all(six);
  expect((await app.call('GET', '/health')).status).toBe(200);
});
