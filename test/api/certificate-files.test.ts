// Upload, validate and export of files over REST, in process: the documented requests are unchanged beside them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/server/app.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';

let openssl: OpenSsl;
let app: TestApp;
let pair: { readonly certificate: string; readonly privateKey: string; readonly pfx: string };
let id: string;

const PASSWORD = 'größer als sieben';

beforeAll(async () => {
  openssl = await createOpenSsl();
  app = await startApp();
  const ca = await openssl.createCa({ subject: '/O=DigiCert Inc/CN=Test CA' });
  const leaf = await openssl.issue({ ca, subject: '/CN=up.example.com', san: ['DNS:up.example.com'] });
  const certificate = leaf.certificate + ca.certificate;
  const files = [await openssl.file(certificate), await openssl.file(leaf.privateKey)];
  const args = ['-export', '-in', files[0] ?? '', '-inkey', files[1] ?? '', '-passout', 'pass:secret'];
  const pfx = Buffer.from(await openssl.run(['pkcs12', ...args]), 'latin1').toString('base64');
  pair = { certificate, privateKey: leaf.privateKey, pfx };
  id = await app.project('up.example.com');
});
afterAll(async () => {
  await app?.stop();
  await openssl?.remove();
});

const post = (what: string, body: object, token = app.token) =>
  app.call('POST', `/projects/${id}/certificate/${what}`, { body, token });

describe('a PFX upload', () => {
  it('is validated, and the answer has its names or the reason', async () => {
    const well = await post('validate', { file: pair.pfx, passphrase: 'secret' });
    expect(well).toMatchObject({
      status: 200,
      body: { valid: true, domain: 'up.example.com', issuer: 'DigiCert Inc' },
    });
    const locked = await post('validate', { file: pair.pfx });
    expect(locked).toMatchObject({ status: 200, body: { valid: false, code: 'PASSPHRASE_REQUIRED' } });
  });

  it('is validated without a project, only for a token of all projects', async () => {
    const body = { file: pair.pfx, passphrase: 'secret' };
    const well = await app.call('POST', '/certificates/validate', { body });
    expect(well).toMatchObject({
      status: 200,
      body: { valid: true, domain: 'up.example.com', names: ['up.example.com'] },
    });
    const token = await app.makeToken(['projects:write'], [id]);
    expect((await app.call('POST', '/certificates/validate', { body, token })).status).toBe(403);
  });

  it('is stored as the certificate of the project', async () => {
    const wrong = await post('upload', { file: pair.pfx, passphrase: 'wrong' });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'PASSPHRASE_WRONG' } });
    const { status, body } = await post('upload', { file: pair.pfx, passphrase: 'secret' });
    expect([status, body]).toMatchObject([200, { success: true, certificate: { type: 'custom' } }]);
    expect(app.log.join('')).not.toContain('secret');
  });
});

describe('a request with a missing field', () => {
  it.each([
    [{}, ['certificate', 'privateKey']],
    [{ certificate: 'x' }, ['privateKey']],
    [{ privateKey: 'x' }, ['certificate']],
    [{ certificate: 'x', file: 'eHh4', privateKey: 'x' }, ['file']],
    [{ certificate: 'x', keyFile: 'eHh4', privateKey: 'x' }, ['keyFile']],
    [{ file: '%' }, ['file']],
    [{ file: 'eHh4', other: 1 }, ['other']],
  ])('%o gets an error that names the field', async (body, fields) => {
    const answer = await post('upload', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    const issues = answer.body.details?.issues as unknown as readonly { field: string | null }[];
    expect(issues.map(({ field }) => field)).toEqual(fields);
  });

  it('is described in the OpenAPI document', async () => {
    const document = (await app.call('GET', '/openapi.json')).body;
    expect(document.components?.schemas?.KeyPairRequest).toMatchObject({
      description: expect.stringMatching(/certificate and privateKey.*or file, or files/),
      properties: { certificate: { type: 'string' }, file: { type: 'string' } },
    });
  });
});

describe('export', () => {
  it('returns a PFX under any password, and records the export', async () => {
    const response = await fetch(`${app.app.address}/api/v1/projects/${id}/certificate/export`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${app.token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ format: 'pfx', password: PASSWORD }),
    });
    expect(response.headers.get('content-type')).toBe('application/x-pkcs12');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="up.example.com.pfx"');
    const file = Buffer.from(await response.arrayBuffer()).toString('base64');
    expect(await post('validate', { file, passphrase: PASSWORD })).toMatchObject({ body: { valid: true } });
    const events = await app.app.engine.overview.get(null);
    expect(events.events[0]).toMatchObject({ kind: 'certificate.key-exported', data: { by: 'test' } });
    expect(JSON.stringify(events)).not.toContain(PASSWORD);
  });

  it('returns nothing that holds a key to a token that may only read', async () => {
    const reader = await app.makeToken(['projects:read']);
    const status = async (format: string) =>
      (await post('export', { format, password: PASSWORD }, reader)).status;
    expect(await Promise.all(['key', 'pfx', 'combined', 'zip'].map(status))).toEqual([403, 403, 403, 403]);
    expect(await Promise.all(['pem', 'der', 'pfx-certs', 'fullchain'].map(status))).toEqual([
      200, 200, 200, 200,
    ]);
    const got = await app.call('GET', `/projects/${id}/certificate/download?format=key`, { token: reader });
    expect(got.status).toBe(403);
  });

  it('returns a ZIP, and records the export', async () => {
    const got = await app.call('GET', `/projects/${id}/certificate/download?format=zip`);
    expect(got.headers.get('content-type')).toBe('application/zip');
    expect(got.headers.get('content-disposition')).toBe('attachment; filename="up.example.com.zip"');
    const { events } = await app.app.engine.overview.get(null);
    expect(events[0]).toMatchObject({
      kind: 'certificate.key-exported',
      message: expect.stringMatching(/\(zip\)$/),
    });
  });

  it('returns DER and a legacy PFX by GET with query parameters', async () => {
    const get = (query: string, headers = {}) =>
      app.call('GET', `/projects/${id}/certificate/download?${query}`, { headers });
    expect((await get('format=der')).headers.get('content-type')).toBe('application/pkix-cert');
    const legacy = await get('format=pfx&legacy=true', { 'Certdesk-Export-Password': 'long enough' });
    expect(legacy.status).toBe(200);
    expect(await get('format=pfx')).toMatchObject({
      status: 400,
      body: { details: { issues: [{ field: 'password' }] } },
    });
    // URLs end up in logs: what belongs in a header is accepted nowhere else.
    expect(await get('format=pfx&password=long-enough')).toMatchObject({
      status: 400,
      body: { details: { issues: [{ field: 'password' }] } },
    });
  });
});
