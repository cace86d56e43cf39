// CRLs created by openssl, read and refused.
import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CertdeskError } from '../../../../src/main/engine/core/errors.ts';
import { distributionPoints, findRevocation } from '../../../../src/main/engine/pki/inspect/crl.ts';
import { type RawCertificate, readStored } from '../../../../src/main/engine/pki/inspect/leaf.ts';
import { type CrlOptions, makeCrl } from '../../../support/engine/crl.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../../../support/tools/openssl.ts';

const URL_1 = 'http://crl.example.com/1.crl';
const SERIAL = '87654321'; // its top bit is set: 00 87 65 43 21 in the DER
let openssl: OpenSsl;
let ca: CertifiedKey;
let other: CertifiedKey;
let leaf: RawCertificate;

beforeAll(async () => {
  openssl = await createOpenSsl();
  ca = await openssl.createCa({ subject: '/CN=Root' });
  other = await openssl.createCa({ subject: '/CN=Root', key: 'rsa-2048' });
  const extensions = [`crlDistributionPoints = URI:${URL_1},URI:ldap://x/y`, 'authorityKeyIdentifier=keyid'];
  const issued = await openssl.issue({ ca, subject: '/CN=a', serial: SERIAL, extensions });
  const stored = readStored(issued.certificate);
  if (stored === null) throw new Error('nothing was issued');
  leaf = stored.leaf;
});
afterAll(() => openssl?.remove());

async function ask(options: Partial<CrlOptions>, signer = ca) {
  const crl = await makeCrl(openssl, { ca, ...options });
  return findRevocation({
    crl,
    url: URL_1,
    leaf,
    issuer: new X509Certificate(signer.certificate),
    now: new Date(),
  });
}

it('returns the CRL addresses of the certificate that use http', () =>
  expect(distributionPoints(leaf)).toEqual([URL_1]));

describe('a CRL', () => {
  it('that names the certificate says when it was revoked, and why', async () => {
    const revoked = { '0102': 'superseded', [SERIAL]: 'keyCompromise', AB12: '' };
    expect(await ask({ revoked })).toEqual({ at: new Date('2026-03-01T12:00:00Z'), reason: 1 });
    expect(await ask({ revoked: { [SERIAL]: '' } })).toMatchObject({ reason: 0 });
  });

  it('that does not name it says so', async () => {
    expect(await ask({})).toBeNull();
    expect(await ask({ revoked: { '0102': 'superseded' } })).toBeNull();
  });

  it('of a CA with an RSA key is read too', async () => {
    const revoked = { [SERIAL]: 'superseded' };
    expect(await ask({ ca: other, revoked }, other)).toMatchObject({ reason: 4 });
  });

  it('that another key has signed is ignored', async () => {
    await expect(ask({ ca: other, revoked: { [SERIAL]: '' } })).rejects.toThrow(/not signed by the issuer/);
  });

  it('that is out of date proves no good state, but its revocations count', async () => {
    await expect(ask({ days: -1 })).rejects.toThrow(/expired at 2020-01-02/);
    expect(await ask({ days: -1, revoked: { [SERIAL]: '' } })).not.toBeNull();
  });

  it('of a part of the certificates covers only those with its address', async () => {
    const part = (url: string) => ({
      extensions: [`issuingDistributionPoint = critical,@idp\n[idp]\nfullname = URI:${url}`],
    });
    expect(await ask(part(URL_1))).toBeNull();
    await expect(ask(part('http://crl.example.com/2.crl'))).rejects.toThrow(/other certificates/);
    const onlyCa = { extensions: ['issuingDistributionPoint = critical,@idp\n[idp]\nonlyCA = TRUE'] };
    await expect(ask(onlyCa)).rejects.toThrow(/other certificates/);
  });
});

describe('an invalid CRL', () => {
  const issuer = () => new X509Certificate(ca.certificate);

  it('is refused with a message, whatever the bytes', () => {
    const attempt = (crl: Buffer) =>
      findRevocation({ crl, url: URL_1, leaf, issuer: issuer(), now: new Date() });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => attempt(Buffer.from(bytes))).toThrow(CertdeskError);
      }),
    );
  });

  it('is refused with one bit flipped, or without its end', async () => {
    const crl = await makeCrl(openssl, { ca, revoked: { '0102': 'superseded' } });
    const attempt = (bytes: Buffer) =>
      findRevocation({ crl: bytes, url: URL_1, leaf, issuer: issuer(), now: new Date() });
    for (let at = 0; at < crl.length; at += 1) {
      const turned = Buffer.from(crl);
      turned[at] = (turned[at] ?? 0) ^ 1;
      expect(() => attempt(turned), `octet ${at}`).toThrow(CertdeskError);
      expect(() => attempt(crl.subarray(0, at)), `cut at ${at}`).toThrow(CertdeskError);
    }
  });
});
