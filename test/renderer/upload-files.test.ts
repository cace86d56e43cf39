// The first look at dropped files, held against what OpenSSL writes.
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  conflict,
  describe as describePart,
  type Given,
  missing,
  toRequest,
} from '../../src/renderer/certificates/upload/given.ts';
import {
  MAX_BYTES,
  type Part,
  readBytes,
  readGivenFile,
} from '../../src/renderer/certificates/upload/read-file.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../support/openssl.ts';

let openssl: OpenSsl;
let leaf: CertifiedKey;
beforeAll(async () => {
  openssl = await createOpenSsl();
  leaf = await openssl.issue({ subject: '/CN=a.example.com', san: ['DNS:a.example.com'] });
});
afterAll(() => openssl?.remove());

const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const read = (name: string, content: string) => readBytes(name, latin1(content));
const part = (name: string, content: string): Part => {
  const found = read(name, content);
  if ('problem' in found) throw new Error(found.problem);
  return found.part;
};
const given = (...parts: readonly Part[]): Given[] =>
  parts.map((each, id) => ({ id, name: `${id}`, part: each }));

test('PEM: a certificate, a key, both in one', () => {
  const certificate = part('a.crt', leaf.certificate);
  expect(describePart(certificate)).toBe('1 certificate');
  expect(missing(given(certificate))).toMatch(/key is still missing/);
  const key = part('a.key', leaf.privateKey);
  expect(describePart(key)).toBe('private key');
  expect(missing(given(key))).toMatch(/certificate is still missing/);
  expect(describePart(part('a.pem', leaf.certificate + leaf.privateKey))).toBe(
    '1 certificate and the private key',
  );
  expect(toRequest(given(certificate), '')).toBeNull();
  const request = toRequest(given(key, certificate), 'pw');
  expect(request?.certificate?.trim()).toBe(leaf.certificate.trim());
  expect(request?.privateKey?.trim()).toBe(leaf.privateKey.trim());
  expect(request?.passphrase).toBe('pw');
});

test('DER: a certificate becomes PEM, keys of three forms are known, an encrypted one too', async () => {
  const der = await openssl.run(['x509', '-outform', 'DER'], leaf.certificate);
  const certificate = part('a.cer', der);
  expect(certificate).toMatchObject({ kind: 'pem', key: null });
  const pem = toRequest(given(certificate, part('a.key', leaf.privateKey)), '')?.certificate;
  expect(pem?.replace(/\s/g, '')).toBe(leaf.certificate.replace(/\s/g, ''));
  const key = await openssl.file(leaf.privateKey);
  for (const args of [
    ['pkcs8', '-topk8', '-nocrypt', '-in', key, '-outform', 'DER'],
    ['ec', '-in', key, '-outform', 'DER'],
    ['pkcs8', '-topk8', '-v2', 'aes256', '-passout', 'pass:x', '-in', key, '-outform', 'DER'],
  ]) {
    expect(part('a.key', await openssl.run(args)), args[0]).toMatchObject({ kind: 'key' });
  }
});

test('PFX is taken alone', async () => {
  const [key, certificate] = [await openssl.file(leaf.privateKey), await openssl.file(leaf.certificate)];
  const pfx = part(
    'a.pfx',
    await openssl.run(['pkcs12', '-export', '-inkey', key, '-in', certificate, '-passout', 'pass:x']),
  );
  expect(pfx.kind).toBe('pfx');
  expect(missing(given(pfx))).toBeNull();
  expect(toRequest(given(pfx), '')).toEqual({ file: expect.any(String) });
  const pem = part('a.crt', leaf.certificate);
  expect(conflict(given(pfx), 'a.crt', pem)).toMatch(/holds everything/);
  expect(conflict(given(pem), 'a.pfx', pfx)).toMatch(/holds everything/);
});

test('a second key is refused', () => {
  const key = part('a.key', leaf.privateKey);
  expect(conflict(given(key), 'b.key', key)).toMatch(/b\.key holds a second private key/);
  expect(read('a.pem', leaf.privateKey + leaf.privateKey)).toMatchObject({
    problem: expect.stringContaining('second'),
  });
});

test('nonsense gets a clear word', async () => {
  const key = await openssl.file(leaf.privateKey);
  const request = await openssl.run(['req', '-new', '-key', key, '-subj', '/CN=a']);
  const publicKey = await openssl.run(['pkey', '-in', key, '-pubout']);
  const pkcs7 = await openssl.run(['crl2pkcs7', '-nocrl', '-certfile', await openssl.file(leaf.certificate)]);
  const pkcs7Der = await openssl.run(['pkcs7', '-outform', 'DER'], pkcs7);
  const said = [
    request,
    publicKey,
    pkcs7,
    pkcs7Der,
    'hello',
    '\x89PNG\r\n\x1a\n0000',
    '',
    '\x30',
    '\x30\x82',
  ].map((content) => {
    const found = read('file', content);
    return 'problem' in found ? found.problem : found.part.kind;
  });
  expect(said).toEqual([
    'file is a request (CSR), not a certificate. Upload what the CA sent back.',
    'file holds a public key. The certificate and the private key are needed.',
    'file is PKCS#7, which holds no private key. Export it as PFX or PEM.',
    'file is PKCS#7, which holds no private key. Export it as PFX or PEM.',
    ...Array<string>(2).fill('file is no certificate, private key or PFX file.'),
    'file is empty.',
    ...Array<string>(2).fill('file is no certificate, private key or PFX file.'),
  ]);
  const large = {
    name: 'film',
    size: MAX_BYTES + 1,
    arrayBuffer: () => Promise.reject(new Error('not read')),
  };
  expect(await readGivenFile(large)).toEqual({ problem: 'film is too large for a certificate or a key.' });
});
