// Addresses that no server can have are refused wherever names enter. Certificates that have them can be uploaded.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/server/app.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';

const UNUSABLE = ['0.0.0.0', '::', '255.255.255.255', '224.0.0.251', 'ff02::fb'];
let app: TestApp;
let openssl: OpenSsl;
let id: string;

beforeAll(async () => {
  app = await startApp();
  openssl = await createOpenSsl();
  id = await app.project('dev.example.com');
});
afterAll(async () => {
  await app?.stop();
  await openssl?.remove();
});

it.each([
  ['as a domain', 'POST', '/projects', (name: string) => ({ domain: name })],
  ['as a further name', 'PATCH', '/projects/ID', (name: string) => ({ altNames: [name] })],
  [
    'in a request',
    'POST',
    '/projects/ID/certificate/obtain',
    (name: string) => ({ altNames: [name], challengeType: 'http-01' }),
  ],
  ['in a doctor’s order', 'POST', '/doctor', (name: string) => ({ names: [name], ca: 'letsencrypt' })],
] as const)('are refused %s', async (_, method, path, bodyOf) => {
  for (const name of UNUSABLE) {
    const { status, text, body } = await app.call(method, path.replace('ID', id), { body: bodyOf(name) });
    expect({ status, code: body.code }, text).toEqual({ status: 400, code: 'INVALID_REQUEST' });
    expect(text).toMatch(/is (the unspecified|the broadcast|a multicast) address, which no server has/);
  }
});

it('do not keep a certificate for developers from being uploaded', async () => {
  const ca = await openssl.createCa({ subject: '/O=Test/CN=Test CA' });
  const san = ['DNS:dev.example.com', 'IP:127.0.0.1', 'IP:0.0.0.0'];
  const { certificate, privateKey } = await openssl.issue({ ca, subject: '/CN=dev', san });
  const body = { certificate: certificate + ca.certificate, privateKey };
  const { status, text } = await app.call('POST', `/projects/${id}/certificate/upload`, { body });
  expect(status, text).toBe(200);
  const found = await app.call('GET', `/projects/${id}/certificate`);
  expect(found.text).toContain('0.0.0.0');
});
