// certificates-api.txt, endpoint by endpoint, against a real Pebble: every endpoint, permission, option, default,
// answer field, status value, error text and status code that it documents.
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restOperations } from '../../src/main/http/rest.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import {
  deviations,
  documentedEndpoints,
  documentedJson,
  documentedOptions,
  documentedPermissions,
  documentedStatusValues,
} from '../support/server/specification.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

const OBTAIN = "Obtain Let's Encrypt Certificate";
/** The documented HTTP-01 request, verbatim. */
const REQUEST = documentedJson(OBTAIN, 'HTTP-01 Challenge');

describeWith('pebble', 'certificates-api.txt', () => {
  let pebble: Pebble;
  let staging: Pebble;
  let openssl: OpenSsl;
  let app: TestApp;

  beforeAll(async () => {
    pebble = await startPebble();
    staging = await startPebble({ httpPort: pebble.httpPort });
    openssl = await createOpenSsl();
    app = await startApp({ pebble, staging });
  });
  afterAll(async () => {
    await app?.stop();
    await Promise.all([pebble?.stop(), staging?.stop(), openssl?.remove()]);
  });

  const path = (id: string, rest = ''): string => `/projects/${id}/certificate${rest}`;
  const upload = async (domain: string, days = 365) => {
    const ca = await openssl.createCa({ subject: '/O=DigiCert Inc/CN=Test CA' });
    const pair = await openssl.issue({
      ca,
      subject: `/CN=${domain}`,
      san: [`DNS:${domain}`],
      days,
      key: 'rsa-2048',
    });
    return { ...pair, certificate: `${pair.certificate}\n${ca.certificate}`, leaf: pair.certificate };
  };

  it('documents eight endpoints, and each is an operation', () => {
    const here = restOperations().map(({ rest }) => `${rest.method} ${rest.path.replaceAll('{id}', ':id')}`);
    const documented = documentedEndpoints().map((endpoint) => `${endpoint.method} ${endpoint.path}`);
    expect(documented).toHaveLength(8);
    expect(here).toEqual(expect.arrayContaining(documented));
  });

  describe('permissions', () => {
    it.each(documentedEndpoints())(
      '$method $path answers 401 without a token and 403 without the scope',
      async (endpoint) => {
        const id = await app.project('perm.example.com');
        const target = endpoint.path.replace(':id', id);
        const anonymous = await app.call(endpoint.method, target, { token: null });
        expect(anonymous.status).toBe(401);
        const scope =
          documentedPermissions().get(`${endpoint.method} /api/v1${endpoint.path}`) ?? 'projects:read';
        const reader = await app.makeToken(['projects:read']);
        const answer = await app.call(endpoint.method, target, { token: reader });
        if (scope === 'projects:write') expect(answer.status).toBe(403);
        else expect([200, 400]).toContain(answer.status); // 400: the read scope is enough, the empty body is not
      },
    );
  });

  describe('a certificate from its first day to its last', () => {
    let id: string;

    it('is null before the first issuance', async () => {
      id = await app.project('api.example.com');
      expect(await app.call('GET', path(id))).toMatchObject({ status: 200, text: 'null' });
      expect(await app.call('GET', path(id, '/status'))).toMatchObject({ status: 200, text: 'null' });
    });

    it('is obtained by the documented HTTP-01 request', async () => {
      const { status, body } = await app.call('POST', path(id, '/obtain'), { body: REQUEST });
      expect(status).toBe(200);
      expect(deviations(documentedJson(OBTAIN, 'Response:'), body)).toEqual([]);
      expect(body).toMatchObject({
        success: true,
        certificate: { domain: 'api.example.com', autoRenew: true },
      });
    });

    it('is returned with the facts that openssl reads from the same file', async () => {
      const { status, body } = await app.call('GET', path(id));
      expect(status).toBe(200);
      expect(deviations(documentedJson('Get Certificate', 'Response (certificate exists):'), body)).toEqual(
        [],
      );
      expect(body).toMatchObject({ type: 'letsencrypt', domain: 'api.example.com', autoRenew: true });
      const { text: pem } = await app.call('GET', path(id, '/download?format=pem'));
      const said = await openssl.run(
        [
          'x509',
          '-noout',
          '-startdate',
          '-enddate',
          '-issuer',
          '-serial',
          '-fingerprint',
          '-sha256',
          '-dateopt',
          'iso_8601',
          '-nameopt',
          'multiline',
        ],
        pem,
      );
      const read = (pattern: RegExp) => pattern.exec(said)?.[1]?.replace(' ', 'T').replaceAll(':', '') ?? '';
      expect(String(body.issuedAt).replaceAll(':', '')).toBe(read(/notBefore=(.+)/));
      expect(String(body.expiresAt).replaceAll(':', '')).toBe(read(/notAfter=(.+)/));
      expect(body.issuer).toBe(/commonName\s+= (.+)/.exec(said)?.[1]);
      expect(BigInt(`0x${body.serial}`)).toBe(BigInt(`0x${/serial=(.+)/.exec(said)?.[1]}`)); // without the leading 00 of DER
      expect(body.fingerprint).toBe(read(/Fingerprint=(.+)/));
    });

    it('has a status', async () => {
      const { status, body } = await app.call('GET', path(id, '/status'));
      expect(status).toBe(200);
      expect(deviations(documentedJson('Get Certificate Status', 'Response:'), body)).toEqual([]);
      expect(body).toMatchObject({
        status: 'valid',
        daysUntilExpiry: 90,
        lastRenewAttempt: null,
        lastRenewError: null,
      });
      expect(body.renewAt).toMatch(/Z$/);
    });

    it('is renewed as a new certificate that names the previous one', async () => {
      const before = (await app.call('GET', path(id))).body;
      const { status, body } = await app.call('POST', path(id, '/renew'));
      expect(status).toBe(200);
      expect(deviations(documentedJson('Renew Certificate', 'Response:'), body)).toEqual([]);
      expect(body.certificate?.renewedFrom).toBe(before.issuedAt);
      const after = (await app.call('GET', path(id))).body;
      expect(after.serial).not.toBe(before.serial);
      expect((await app.call('GET', path(id, '/status'))).body.lastRenewAttempt).toMatch(/Z$/);
    });

    it('is revoked once, and the CA knows it', async () => {
      const { serial } = (await app.call('GET', path(id))).body;
      const { status, body } = await app.call('POST', path(id, '/revoke'));
      expect([status, body]).toEqual([200, documentedJson('Revoke Certificate', 'Response:')]);
      expect((await pebble.certificateStatus(String(serial)))?.status).toBe('Revoked');
      expect((await app.call('GET', path(id, '/status'))).body.status).toBe('revoked');
      const again = await app.call('POST', path(id, '/revoke'));
      expect(again).toMatchObject({ status: 409, body: { success: false, code: 'ALREADY_REVOKED' } });
    });

    it('is removed', async () => {
      const { status, body } = await app.call('DELETE', path(id));
      expect([status, body]).toEqual([200, documentedJson('Remove Certificate', 'Response:')]);
      expect((await app.call('GET', path(id))).text).toBe('null');
      for (const [method, rest] of [
        ['POST', '/renew'],
        ['POST', '/revoke'],
        ['DELETE', ''],
      ] as const) {
        const answer = await app.call(method, path(id, rest));
        expect(answer).toMatchObject({ status: 404, body: { code: 'CERTIFICATE_NOT_FOUND' } });
      }
    });
  });

  describe('the additional options', () => {
    const obtain = async (domain: string, options: object) => {
      const id = await app.project(domain);
      const answer = await app.call('POST', path(id, '/obtain'), { body: { ...REQUEST, ...options } });
      expect(answer.text).toMatch(/"success":true/);
      const { text: pem } = await app.call('GET', path(id, '/download?format=pem'));
      return { id, answer, key: pem.startsWith('-----') ? new X509Certificate(pem).publicKey : null };
    };

    it('are the four that are documented, with their defaults', () => {
      expect(Object.fromEntries(documentedOptions())).toMatchObject({
        keyType: [expect.anything(), 'rsa'],
        keySize: [expect.anything(), '2048'],
        staging: [expect.anything(), 'false'],
        dryRun: [expect.anything(), 'false'],
      });
    });

    it('default to RSA, 2048 bits, production', async () => {
      const { key, id } = await obtain('plain.example.com', {});
      expect([key?.asymmetricKeyType, key?.asymmetricKeyDetails?.modulusLength]).toEqual(['rsa', 2048]);
      expect((await app.call('GET', path(id))).body.staging).toBeUndefined();
    });

    it('keyType rsa with keySize 4096 is issued', async () => {
      const { key } = await obtain('rsa4096.example.com', { keyType: 'rsa', keySize: 4096 });
      expect([key?.asymmetricKeyType, key?.asymmetricKeyDetails?.modulusLength]).toEqual(['rsa', 4096]);
    });

    it.each([
      [undefined, 'prime256v1'],
      [2048, 'prime256v1'],
      [256, 'prime256v1'],
      [384, 'secp384r1'],
    ])('keyType ec with keySize %s is issued', async (keySize, curve) => {
      const { key } = await obtain(`ec${keySize}.example.com`, { keyType: 'ec', keySize });
      expect([key?.asymmetricKeyType, key?.asymmetricKeyDetails?.namedCurve]).toEqual(['ec', curve]);
    });

    it('staging true uses the staging server, and every answer says so', async () => {
      const before = staging.requests().length;
      const { id, answer } = await obtain('staging.example.com', { staging: true });
      expect(staging.requests().length).toBeGreaterThan(before);
      expect(answer.body.certificate?.staging).toBe(true);
      expect((await app.call('GET', path(id))).body.staging).toBe(true);
      expect((await app.call('GET', path(id, '/status'))).body.staging).toBe(true);
    });

    it('dryRun true runs a full issuance against the staging server and stores nothing', async () => {
      const before = { production: pebble.requests().length, staging: staging.requests().length };
      const { id, answer } = await obtain('dry.example.com', { dryRun: true });
      expect(deviations(documentedJson(OBTAIN, 'Response:'), answer.body)).toEqual([]);
      expect(answer.body.dryRun).toBe(true);
      expect(pebble.requests().length).toBe(before.production);
      expect(staging.requests().length).toBeGreaterThan(before.staging + 5);
      expect((await app.call('GET', path(id))).text).toBe('null');
      expect((await app.call('GET', path(id, '/download?format=pem'))).status).toBe(404);
    });

    it('autoRenew false turns off automatic renewal', async () => {
      const { id } = await obtain('manual.example.com', { autoRenew: false });
      const { body } = await app.call('GET', path(id, '/status'));
      expect(body).toMatchObject({ autoRenew: false, renewAt: null, nextAttemptAt: null });
    });

    it('dns-01 with an unknown provider is refused', async () => {
      const id = await app.project('dns.example.com');
      const body = { challengeType: 'dns-01', dnsProvider: 'nobody', dnsCredentials: { apiToken: 'x' } };
      const answer = await app.call('POST', path(id, '/obtain'), { body });
      expect(answer).toMatchObject({
        status: 400,
        body: { success: false, code: 'UNSUPPORTED_DNS_PROVIDER' },
      });
    });
  });

  describe('upload and validate', () => {
    it('store a certificate and its key', async () => {
      const id = await app.project('up.example.com');
      const { certificate, privateKey } = await upload('up.example.com');
      const { status, body } = await app.call('POST', path(id, '/upload'), {
        body: { certificate, privateKey },
      });
      expect(status).toBe(200);
      expect(deviations(documentedJson('Upload Custom Certificate', 'Response:'), body)).toEqual([]);
      expect(body.certificate).toMatchObject({
        type: 'custom',
        domain: 'up.example.com',
        issuer: 'DigiCert Inc',
      });
      expect((await app.call('GET', path(id))).body).toMatchObject({
        type: 'custom',
        issuer: 'Test CA',
        autoRenew: false,
      });
      for (const rest of ['/renew', '/revoke']) {
        const answer = await app.call('POST', path(id, rest));
        expect(answer).toMatchObject({ status: 400, body: { code: 'NOT_AN_ACME_CERTIFICATE' } });
      }
    });

    it('answer valid', async () => {
      const id = await app.project('val.example.com');
      const { certificate, privateKey } = await upload('val.example.com');
      const { status, body } = await app.call('POST', path(id, '/validate'), {
        body: { certificate, privateKey },
      });
      expect(status).toBe(200);
      expect(deviations(documentedJson('Validate Certificate', 'Response (valid):'), body)).toEqual([]);
      expect(body).toMatchObject({
        valid: true,
        domain: 'val.example.com',
        issuer: 'DigiCert Inc',
        warnings: [],
      });
      expect((await app.call('GET', path(id))).text).toBe('null');
    });

    it('answer invalid in the documented words', async () => {
      const id = await app.project('val.example.com');
      const [{ certificate }, { privateKey }] = [
        await upload('val.example.com'),
        await upload('val.example.com'),
      ];
      const { status, body } = await app.call('POST', path(id, '/validate'), {
        body: { certificate, privateKey },
      });
      expect(status).toBe(200);
      expect(body).toMatchObject(documentedJson('Validate Certificate', 'Response (invalid):'));
    });
  });

  it('returns the status values valid, expiring_soon, expired and revoked', async () => {
    // valid and revoked are tested above; a certificate about to expire is uploaded. Expired ones cannot be: see the
    // unit test of statusOf.
    expect(documentedStatusValues()).toEqual(['valid', 'expiring_soon', 'expired', 'revoked']);
    const id = await app.project('soon.example.com');
    const { certificate, privateKey } = await upload('soon.example.com', 30);
    const { body } = await app.call('POST', path(id, '/upload'), { body: { certificate, privateKey } });
    expect(body.success).toBe(true);
    expect((await app.call('GET', path(id, '/status'))).body.status).toBe('expiring_soon');
  });

  describe('documented error responses', () => {
    it('answers Domain Not Configured', async () => {
      const id = await app.project(null);
      const answer = await app.call('POST', path(id, '/obtain'), { body: REQUEST });
      expect(answer).toMatchObject({
        status: 400,
        body: documentedJson('Error Responses', 'Domain Not Configured'),
      });
    });

    it('answers Challenge Failed', async () => {
      const id = await app.project('unreachable.example.com');
      await pebble.challtestsrv.setServfail('unreachable.example.com');
      const answer = await app.call('POST', path(id, '/obtain'), { body: REQUEST });
      expect(answer).toMatchObject({
        status: 400,
        body: documentedJson('Error Responses', 'Challenge Failed'),
      });
      expect(answer.body.details?.problem?.detail).toMatch(/unreachable/);
    });

    it('answers Invalid Certificate', async () => {
      const id = await app.project('api.example.com');
      const { certificate, privateKey } = await upload('other.example.com');
      const answer = await app.call('POST', path(id, '/upload'), { body: { certificate, privateKey } });
      expect(answer).toMatchObject({
        status: 400,
        body: documentedJson('Error Responses', 'Invalid Certificate'),
      });
    });

    it('answers 404 for a project that does not exist', async () => {
      for (const { method, path: documented } of documentedEndpoints()) {
        const body = /upload|validate/.test(documented)
          ? { certificate: 'x', privateKey: 'y' }
          : documented.endsWith('obtain')
            ? REQUEST
            : undefined;
        const answer = await app.call(
          method,
          documented.replace(':id', 'nobody'),
          body === undefined ? {} : { body },
        );
        expect(answer).toMatchObject({ status: 404, body: { success: false, code: 'PROJECT_NOT_FOUND' } });
      }
    });
  });
});
