// Files as OpenSSL writes them, uploaded in every form that users have.
import { afterAll, describe, expect, it } from 'vitest';
import { readPrivateKey } from '../../../src/main/engine/pki/keys.ts';
import { readGivenPair } from '../../../src/main/engine/pki/read-upload.ts';
import type { KeyPairRequest } from '../../../src/shared/certificate.ts';
import { rejectionOf } from '../../support/engine/failure.ts';
import { createUploads } from '../../support/engine/uploads.ts';
import { createOpenSsl } from '../../support/tools/openssl.ts';

const openssl = await createOpenSsl();
afterAll(() => openssl.remove());
const uploads = await createUploads(openssl);
const { leaf, fullChain } = uploads;

const latin1 = (text: string) => Buffer.from(text, 'latin1').toString('base64');
const text = (content: string) => Buffer.from(content).toString('base64');
const der = async (args: readonly string[], pem: string) =>
  latin1(await openssl.run([...args, '-outform', 'DER'], pem));

/** The verdict on an upload. */
async function evaluated(body: KeyPairRequest) {
  const { chain, privateKey } = uploads.check(await readGivenPair(body));
  return { chain, privateKey };
}
const WHOLE = { chain: fullChain, privateKey: leaf.privateKey };
const ALONE = { chain: leaf.certificate, privateKey: leaf.privateKey };

describe('PEM', () => {
  it('is read from text in the documented request', async () => {
    const body = { certificate: fullChain, privateKey: leaf.privateKey };
    expect(await readGivenPair(body)).toEqual({ ...body, passphrase: undefined });
  });

  it('is read from separate files, one file, and text beside a file', async () => {
    expect(await evaluated({ file: text(fullChain), keyFile: text(leaf.privateKey) })).toEqual(WHOLE);
    expect(await evaluated({ file: text(leaf.privateKey + fullChain) })).toEqual(WHOLE);
    expect(await evaluated({ file: text(fullChain), privateKey: leaf.privateKey })).toEqual(WHOLE);
    expect(await evaluated({ certificate: fullChain, keyFile: text(leaf.privateKey) })).toEqual(WHOLE);
  });

  it('uses a key that is given beside the one in the file', async () => {
    const other = await openssl.makeKey('ec-256');
    const given = await readGivenPair({ file: text(fullChain + other), privateKey: leaf.privateKey });
    expect(given.privateKey).toBe(leaf.privateKey);
  });
});

describe('DER', () => {
  it('is read as a certificate, with a key as text or DER', async () => {
    const file = await der(['x509'], leaf.certificate);
    expect(await evaluated({ file, privateKey: leaf.privateKey })).toEqual(ALONE);
    const keyFile = await der(['pkcs8', '-topk8', '-nocrypt'], leaf.privateKey);
    expect(await evaluated({ file, keyFile })).toEqual(ALONE);
  });

  it.each([
    ['SEC 1', 'ec-256', ['ec']],
    ['PKCS#1', 'rsa-2048', ['rsa', '-traditional']],
    ['PKCS#8 of RSA', 'rsa-2048', ['pkcs8', '-topk8', '-nocrypt']],
    ['PKCS#8 of EC', 'ec-384', ['pkcs8', '-topk8', '-nocrypt']],
    ['PKCS#8 of Ed25519', 'ed25519', ['pkcs8', '-topk8', '-nocrypt']],
    ['encrypted PKCS#8', 'ec-256', ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', 'pass:secret']],
  ] as const)('a key as %s', async (_form, kind, args) => {
    const key = await openssl.makeKey(kind);
    const { privateKey, passphrase } = await readGivenPair({
      certificate: fullChain,
      keyFile: await der(args, key),
      passphrase: 'secret',
    });
    expect(readPrivateKey(privateKey, passphrase)).toBe(key);
  });
});

describe('PKCS#12', () => {
  const pfx = async (password: string, ...more: readonly string[]) => {
    const [certificates, key] = [await openssl.file(fullChain), await openssl.file(leaf.privateKey)];
    const args = ['-export', '-in', certificates, '-inkey', key, '-passout', `pass:${password}`, ...more];
    return latin1(await openssl.run(['pkcs12', ...args]));
  };

  it('is opened with its passphrase', async () => {
    expect(await evaluated({ file: await pfx('secret'), passphrase: 'secret' })).toEqual(WHOLE);
    expect(await evaluated({ file: await pfx('') })).toEqual(WHOLE);
    expect(await evaluated({ file: await pfx(''), passphrase: 'not needed' })).toEqual(WHOLE); // win-acme #747
    expect(await evaluated({ file: await pfx('größe€😀'), passphrase: 'größe€😀' })).toEqual(WHOLE);
    expect(await evaluated({ file: await pfx('', '-name', 'Bücher Ω 日本') })).toEqual(WHOLE);
    const plain = ['-keypbe', 'NONE', '-certpbe', 'NONE', '-nomac'];
    expect(await evaluated({ file: await pfx('', ...plain) })).toEqual(WHOLE); // go-pkcs12 "passwordless"
    const old = ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'];
    expect(await evaluated({ file: await pfx('secret', ...old), passphrase: 'secret' })).toEqual(WHOLE);
  });

  it('is refused without a passphrase, or with another', async () => {
    const file = await pfx('secret');
    expect((await rejectionOf(readGivenPair({ file }))).code).toBe('PASSPHRASE_REQUIRED');
    expect((await rejectionOf(readGivenPair({ file, passphrase: 'x' }))).code).toBe('PASSPHRASE_WRONG');
  });
});

describe('an upload is refused', () => {
  const refusal = async (body: KeyPairRequest) => (await rejectionOf(evaluated(body))).message;

  it('for a certificate without its key', async () => {
    for (const file of [text(fullChain), await der(['x509'], leaf.certificate)]) {
      const { code, message } = await rejectionOf(readGivenPair({ file }));
      expect([code, message]).toEqual(['KEY_UNREADABLE', expect.stringMatching(/privateKey.*keyFile/)]);
    }
  });

  it('for other files, each by its name if it has one', async () => {
    const key = leaf.privateKey;
    expect(await refusal({ file: text('Dear admin,'), privateKey: key })).toMatch(/not PEM/);
    expect(await refusal({ file: latin1('\x30\x82\x01\x00garbage'), privateKey: key })).toMatch(/binary/);
    const request = await openssl.run(['req', '-new', '-key', await openssl.file(key), '-subj', '/CN=x']);
    expect(await refusal({ file: text(request), privateKey: key })).toMatch(/signing request/);
    expect(await refusal({ file: text(fullChain), keyFile: text('nothing') })).toMatch(/not PEM/);
    expect(await refusal({ file: text(fullChain), keyFile: latin1('\x30\x03\x02\x01\x00') })).toMatch(
      /private key/,
    );
  });

  it('if empty', async () => {
    expect((await rejectionOf(readGivenPair({}))).code).toBe('INVALID_REQUEST');
  });
});
