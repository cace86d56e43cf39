// Files that cause as much work as possible, sent by a token that may only read, delay no other request.
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encryptedSafes, shroudedKeys } from '../support/faults/hostile-pkcs12.ts';
import { type Answer, startApp, type TestApp } from '../support/server/app.ts';
import { type CertifiedKey, createOpenSsl } from '../support/tools/openssl.ts';

let app: TestApp;
let certificate: CertifiedKey;
let encryptedKey: string;
let validate: (body: object, signal: AbortSignal) => Promise<Answer>;
beforeAll(async () => {
  app = await startApp();
  const openssl = await createOpenSsl();
  certificate = await openssl.issue({ subject: '/CN=own.example.com', san: ['DNS:own.example.com'] });
  const key = await openssl.file(certificate.privateKey);
  const rounds = ['-v2', 'aes-256-cbc', '-iter', '1000000'];
  encryptedKey = await openssl.run(['pkcs8', '-topk8', '-in', key, '-passout', 'pass:another', ...rounds]);
  await openssl.remove();
  const path = `/projects/${await app.project('own.example.com')}/certificate/validate`;
  const token = await app.makeToken(['projects:read']);
  validate = (body, signal) =>
    app.call('POST', path, { token, body: { ...body, passphrase: 'secret' }, signal });
});
afterAll(() => app?.stop());

const file = (bytes: Buffer) => ({ file: bytes.toString('base64') });
const der = () => new X509Certificate(certificate.certificate).raw;

it.each<[string, () => object]>([
  ['PKCS#12 files of two keys', () => file(shroudedKeys(der(), 2, 1_000_000))],
  ['PKCS#12 files of three safes', () => file(encryptedSafes(3, 1_000_000))],
  ['encrypted PEM keys', () => ({ certificate: certificate.certificate, privateKey: encryptedKey })],
])('/health answers while six %s that are as hard to open as possible are checked', async (_, make) => {
  const gone = new AbortController();
  const body = make();
  let answered = 0;
  const six = Array.from({ length: 6 }, () =>
    validate(body, gone.signal).then(
      () => {
        answered += 1;
      },
      () => undefined, // the client disconnected
    ),
  );
  // If they shared a thread, the answers would come after all of them.
  for (let at = 0; at < 3; at += 1)
    expect((await app.call('GET', '/health', { token: null })).status).toBe(200);
  expect(answered).toBeLessThan(6);
  gone.abort();
  await Promise.all(six);
  expect((await app.call('GET', '/health')).status).toBe(200);
});

it('a PKCS#12 file of 12 keys is refused for their number before any is opened', async () => {
  const body = file(shroudedKeys(der(), 12, 1_000_000));
  const answer = await validate(body, AbortSignal.timeout(60_000));
  expect(answer).toMatchObject({ status: 200, body: { valid: false } });
  expect(answer.text).toContain('keys');
});
