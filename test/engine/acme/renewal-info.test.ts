// ARI (RFC 9773): requests and parsing.
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certIdOf, renewalCertId } from '../../../src/main/engine/acme/renewal-info.ts';
import { fakeDirectory } from '../../support/acme/fake-ca.ts';
import { failure, setUpAcmeRig } from '../../support/acme/rig.ts';
import { createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';

describe('the identifier of a certificate', () => {
  let openssl: OpenSsl;
  beforeAll(async () => {
    openssl = await createOpenSsl();
  });
  afterAll(() => openssl?.remove());

  it('is that of RFC 9773 section 4.1', () => {
    const keyId = Buffer.from('69885B6B87464041E1B37B847BA0AE2CDE01C8D4', 'hex');
    expect(certIdOf(keyId, Buffer.from('0087654321', 'hex'))).toBe('aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE');
  });

  it('has the 00 before a serial whose top bit is set, which Node omits', async () => {
    const ca = await openssl.createCa({ subject: '/CN=Root' });
    const san = ['DNS:a.example.com'];
    const extensions = ['authorityKeyIdentifier=keyid'];
    const leaf = await openssl.issue({ ca, subject: '/', san, extensions, serial: '87654321' });
    expect(new X509Certificate(leaf.certificate).serialNumber).toBe('87654321');
    expect(renewalCertId(leaf.certificate)).toMatch(/^[A-Za-z0-9_-]{27}\.AIdlQyE$/);
  });

  it('is absent if the certificate has no authority key identifier', async () => {
    const alone = await openssl.issue({ subject: '/CN=a', extensions: ['authorityKeyIdentifier=none'] });
    expect(renewalCertId(alone.certificate)).toBeNull();
  });
});

describe('the renewal information of a CA', () => {
  const rig = setUpAcmeRig();
  const ask = () =>
    rig.client.renewalInfo({
      directoryUrl: rig.ca.directoryUrl,
      certId: 'aYh.AId',
      signal: new AbortController().signal,
    });
  const offer = (body: object | string, headers: Record<string, string> = {}, status = 200) => {
    rig.answerInTurn('/directory', [
      { body: { ...fakeDirectory(rig.ca.url), renewalInfo: `${rig.ca.url}/ari/` } },
    ]);
    rig.answerInTurn('/ari/aYh.AId', [{ status, body, headers }]);
  };
  const window = { start: '2026-02-01T00:00:00Z', end: '2026-02-03T00:00:00+01:00' };

  it('has a window, an explanation page, and the time of the next request', async () => {
    offer({ suggestedWindow: window, explanationURL: 'https://ca.example/why' }, { 'retry-after': '21600' });
    expect(await ask()).toEqual({
      window: { start: new Date('2026-02-01T00:00:00Z'), end: new Date('2026-02-02T23:00:00Z') },
      explanationUrl: 'https://ca.example/why',
      retryAfterMs: 21_600_000,
    });
    expect(rig.ca.to('/ari/aYh.AId')[0]).toMatchObject({ method: 'GET', jws: null });
  });

  it('is absent if the CA offers no ARI, and then no request is sent', async () => {
    expect(await ask()).toBeNull();
    expect(rig.ca.requests.map(({ path }) => path)).toEqual(['/directory']);
  });

  it('has no explanation URL that is not http or https', async () => {
    offer({ suggestedWindow: window, explanationURL: 'javascript:alert(1)' });
    expect((await ask())?.explanationUrl).toBeNull();
  });

  it.each([
    ['ends as it begins', { suggestedWindow: { start: window.start, end: window.start } }],
    ['ends before it begins', { suggestedWindow: { start: window.end, end: window.start } }],
    ['is no time', { suggestedWindow: { start: 'soon', end: 'later' } }],
    ['is not there', {}],
  ])('is refused if the window %s', async (_, body) => {
    offer(body);
    expect((await failure(ask())).code).toBe('ACME_PROTOCOL_ERROR');
  });

  it.each([
    [404, 'ACME_REJECTED'],
    [503, 'ACME_UNAVAILABLE'],
    [429, 'ACME_RATE_LIMITED'],
  ])('%s is %s', async (status, code) => {
    offer({ type: 'about:blank', detail: 'x' }, {}, status);
    expect((await failure(ask())).code).toBe(code);
  });
});
