// GET …/certificate/key-pair: certificate and key as one file, for tokens that fetch them and nothing else.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/server/app.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';

let app: TestApp;
let openssl: OpenSsl;
let ca: CertifiedKey;
let pair: CertifiedKey;
let project: string;
let other: string;
let token: string;
let path: string;
/** Null: the machine's time. */
let fixed: Date | null = null;

const NAME = 'www.example.com';
const issue = () => openssl.issue({ ca, subject: `/CN=${NAME}`, san: [`DNS:${NAME}`] });
const fetchPair = (given: { token?: string | null; tag?: string; id?: string } = {}) =>
  app.call('GET', given.id === undefined ? path : `/projects/${given.id}/certificate/key-pair`, {
    token: given.token === undefined ? token : given.token,
    headers: given.tag === undefined ? {} : { 'If-None-Match': given.tag },
  });
const upload = ({ certificate, privateKey }: CertifiedKey) =>
  app.call('POST', `/projects/${project}/certificate/upload`, {
    body: { certificate: certificate + ca.certificate, privateKey },
  });
const audit = async () =>
  Object.values((await app.call('GET', '/audit?operation=certificates.fetchKeyPair')).body.entries ?? {});

beforeAll(async () => {
  app = await startApp({ platform: { clock: { now: () => fixed ?? new Date() } } });
  openssl = await createOpenSsl();
  ca = await openssl.createCa({ subject: '/O=Test/CN=Test CA' });
  pair = await issue();
  project = await app.project(NAME);
  other = await app.project('other.example.com');
  path = `/projects/${project}/certificate/key-pair`;
  token = await app.makeToken(['certificates:download'], [project]);
  expect((await upload(pair)).status).toBe(200);
});
afterAll(async () => {
  await app?.stop();
  await openssl?.remove();
});

it('returns leaf, chain and key in one PEM file that OpenSSL reads as a matching pair', async () => {
  const { status, text, headers } = await fetchPair();
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('content-disposition')).toBe(`attachment; filename="${NAME}.key-pair.pem"`);
  expect(text.match(/-----BEGIN [A-Z ]+-----/g)).toEqual([
    '-----BEGIN CERTIFICATE-----',
    '-----BEGIN CERTIFICATE-----',
    '-----BEGIN PRIVATE KEY-----',
  ]);
  const file = await openssl.file(text);
  expect(await openssl.run(['pkey', '-in', file, '-pubout'])).toBe(
    await openssl.run(['x509', '-in', file, '-noout', '-pubkey']),
  );
});

it('returns 304 without a body while the certificate is the same, and a new tag after it has changed', async () => {
  const first = await fetchPair();
  const tag = String(first.headers.get('etag'));
  expect(tag).toMatch(/^"[\w-]+"$/);
  for (const sent of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
    const answer = await fetchPair({ tag: sent });
    expect([answer.status, answer.text, answer.headers.get('etag')], sent).toEqual([304, '', tag]);
  }
  for (const sent of ['"other"', '""', tag.slice(1)])
    expect((await fetchPair({ tag: sent })).status, sent).toBe(200);
  expect((await upload(await issue())).status).toBe(200);
  const next = await fetchPair({ tag });
  expect([next.status, next.headers.get('etag') === tag]).toEqual([200, false]);
  expect(next.text).not.toBe(first.text);
});

it('records each transfer of the key and each refusal in the audit trail, but no 304', async () => {
  const before = (await audit()).length;
  const tag = String((await fetchPair()).headers.get('etag'));
  expect((await audit()).length).toBe(before + 1);
  expect((await fetchPair({ tag })).status).toBe(304);
  expect((await audit()).length).toBe(before + 1);
  expect((await fetchPair({ id: other })).status).toBe(403);
  const [refused, done] = await audit();
  expect(refused).toMatchObject({ result: 'FORBIDDEN', actor: { kind: 'token', name: 'test' } });
  expect(done).toMatchObject({ result: 'ok', projectId: project, actor: { kind: 'token', name: 'test' } });
});

it('refuses a wrong, an expired and a revoked token, also with a matching tag', async () => {
  const tag = String((await fetchPair()).headers.get('etag'));
  const make = async (expiresAt: string | null) => {
    const body = { name: 'web', scopes: ['certificates:download'], projectIds: [project], expiresAt };
    return (await app.asUser('POST', '/tokens', { body })).body;
  };
  const expiring = await make('2099-01-01T00:00:00Z');
  const revoked = await make(null);
  expect((await fetchPair({ token: String(expiring.token), tag })).status).toBe(304);
  expect((await app.call('DELETE', `/tokens/${revoked.id}`)).status).toBe(200);
  const refused = { status: 401, body: { code: 'UNAUTHENTICATED' } };
  expect(await fetchPair({ token: `${token}x`, tag })).toMatchObject(refused);
  expect(await fetchPair({ token: null, tag })).toMatchObject(refused);
  expect(await fetchPair({ token: String(revoked.token), tag })).toMatchObject(refused);
  fixed = new Date('2099-01-01T00:00:00Z');
  expect(await fetchPair({ token: String(expiring.token), tag })).toMatchObject(refused);
  fixed = null;
});

it('is refused for a token with projects:read, and allowed for one with projects:write', async () => {
  expect((await fetchPair({ token: await app.makeToken(['projects:read'], [project]) })).status).toBe(403);
  expect((await fetchPair({ token: await app.makeToken(['projects:write'], [project]) })).status).toBe(200);
});

it('reports a project without a certificate, whatever the tag', async () => {
  const free = await app.makeToken(['certificates:download'], [other]);
  expect(await fetchPair({ id: other, token: free, tag: '*' })).toMatchObject({
    status: 404,
    body: { code: 'CERTIFICATE_NOT_FOUND' },
  });
});
