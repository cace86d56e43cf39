// Files as users have them (test/fixtures/files, created by OpenSSL, keytool and python cryptography after public bug
// reports of other tools): each is recognized by its content, or named with the command that converts it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseChain } from '../../../src/main/engine/pki/inspect/chain.ts';
import { displayName } from '../../../src/main/engine/pki/inspect/facts.ts';
import { readGivenPair } from '../../../src/main/engine/pki/read-upload.ts';
import { checkKeyPair } from '../../../src/main/engine/pki/verify-certificate.ts';
import { KeyPairRequestSchema } from '../../../src/shared/certificate.ts';
import { rejectionOf } from '../../support/engine/failure.ts';

/** The certificates are valid on this day. */
const NOW = new Date('2026-12-01T12:00:00Z');
const PASSPHRASE = 'secret';

const read = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures/files', name));
const base64 = (bytes: Buffer) => bytes.toString('base64');
const utf16 = (bytes: Buffer) => Buffer.from(bytes.toString('latin1'), 'utf16le');
const bigEndian = (bytes: Buffer) => utf16(bytes).swap16();
const marked = (bytes: Buffer, mark: string) => Buffer.concat([Buffer.from(mark, 'hex'), bytes]);
const inBase64 = (bytes: Buffer) => Buffer.from(base64(bytes).replace(/.{64}/g, '$&\r\n'));
const derOf = (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace(/-----.*-----/g, ''), 'base64');

interface Options {
  readonly domain?: string;
  readonly passphrase?: string;
}

async function check(body: object, { domain = 'app.example.com', passphrase = PASSPHRASE }: Options = {}) {
  const given = await readGivenPair(KeyPairRequestSchema.parse({ ...body, passphrase }));
  return checkKeyPair({ ...given, domain, now: NOW, roots: [read('root.pem').toString()] });
}

const EC_PARAMETERS = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
const DH_PARAMETERS = '-----BEGIN DH PARAMETERS-----\nMIIBCAKCAQEA\n-----END DH PARAMETERS-----\n';
const files = (...all: readonly Buffer[]) => ({ files: all.map(base64) });
const subjects = (chain: string) => parseChain(chain).map(displayName);
const APP = ['app.example.com', 'Bugs Intermediate'];

describe('the form of a key is read from its DER, not from its label', () => {
  test.each([
    ['PKCS#1', 'full.pem', 'k_p1_under_plain.key', {}],
    ['SEC 1', 'ec.pem', 'k_sec1_under_plain.key', { domain: 'ec.example.com' }],
  ])('reads %s under PRIVATE KEY', async (_form, certificate, key, options) => {
    const body = { certificate: read(certificate).toString(), privateKey: read(key).toString() };
    const { privateKey } = await check(body, options);
    expect(privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });

  test.each(['RSA PRIVATE KEY', 'EC PRIVATE KEY', 'PRIVATE KEY', 'ANY PRIVATE KEY', 'CERTIFICATE'])(
    'reads PKCS#8 of RSA under %s',
    async (label) => {
      const key = read('leaf.key').toString().replaceAll('PRIVATE KEY', label);
      expect((await check(files(read('full.pem'), Buffer.from(key)))).chain).not.toBe('');
    },
  );
});

describe('every file format is read, as a file and as pasted text', () => {
  const [pem, key] = [read('full.pem'), read('leaf.key')];
  const forms: readonly (readonly [string, Buffer, Buffer])[] = [
    ['PowerShell’s UTF-16', read('u16le_bom.crt'), read('u16le_bom.key')],
    ['UTF-16 little-endian without a mark', utf16(pem), utf16(key)],
    ['UTF-16 big-endian', marked(bigEndian(pem), 'feff'), marked(bigEndian(key), 'feff')],
    ['UTF-16 big-endian without a mark', bigEndian(pem), bigEndian(key)],
    ['UTF-8 with a mark', marked(pem, 'efbbbf'), marked(key, 'efbbbf')],
    ['PKCS#7 in DER', read('b.p7b.der'), key],
    ['PKCS#7 in PEM', read('b.p7b.pem'), key],
    ['PKCS#7 under the label CERTIFICATE', read('b.p7b.certlabel'), key],
    ['PKCS#7 under the label of Netscape', read('b.p7b.signeddata'), key],
    ['base64 of PEM', inBase64(pem), inBase64(key)],
    ['base64 of base64 of PEM', inBase64(inBase64(pem)), key],
    ['base64 of UTF-16', inBase64(utf16(pem)), inBase64(utf16(key))],
    ['base64 of PKCS#7', inBase64(read('b.p7b.der')), inBase64(derOf(key))],
    ['UTF-16 of base64 of PKCS#7', utf16(inBase64(read('b.p7b.der'))), utf16(inBase64(derOf(key)))],
    [
      'several DER values in one file',
      Buffer.concat([derOf(read('leaf.pem')), derOf(read('inter.pem'))]),
      key,
    ],
  ];
  test.each(forms)('reads %s', async (_form, certificate, privateKey) => {
    for (const body of [
      { file: base64(certificate), keyFile: base64(privateKey) },
      { file: base64(privateKey), keyFile: base64(certificate) },
      { certificate: certificate.toString('latin1'), privateKey: privateKey.toString('latin1') },
      files(privateKey, certificate),
    ])
      expect(subjects((await check(body)).chain).slice(0, 2), Object.keys(body).join()).toEqual(APP);
  });

  test.each([
    ['modern.pfx', read('modern.pfx')],
    ['base64, as Azure Key Vault gives it', read('modern.pfx.b64')],
    ['PEM armour', read('modern.pfx.pem')],
    ['base64 in UTF-16', utf16(read('modern.pfx.b64'))],
    ['PBMAC1 (RFC 9579)', read('pbmac1.pfx')],
  ])('reads PKCS#12 %s', async (_form, pfx) => {
    const text = pfx.toString('latin1');
    for (const body of [
      { file: base64(pfx) },
      { certificate: text, privateKey: text },
      { certificate: text, privateKey: read('leaf.key').toString() },
      files(pfx),
    ])
      expect(subjects((await check(body)).chain)).toContain('app.example.com');
    const failure = await rejectionOf(check({ file: base64(pfx) }, { passphrase: 'wrong' }));
    expect(failure.code).toBe('PASSPHRASE_WRONG');
  });

  test('reads certificates, intermediates and key, each in another format', async () => {
    const parts = files(derOf(key), inBase64(derOf(read('inter.pem'))), utf16(read('leaf.pem')));
    expect(subjects((await check(parts)).chain)).toEqual(APP);
  });
});

describe('damage from copying text is undone', () => {
  const eachLine = (how: (line: string) => string) => (pem: string) => pem.replace(/^(?=.)/gm, () => how(''));
  const lineEnds = (end: string) => (pem: string) => pem.replaceAll('\n', end);
  test.each<readonly [string, (pem: string) => string]>([
    ['line ends escaped twice (Vault #2648)', lineEnds('\\\\n')],
    ['line ends escaped as CRLF (F5 AS3 #228)', lineEnds('\\r\\n')],
    ['no line ends at all (Lemur #3887)', lineEnds('')],
    ['spaces for line ends', lineEnds(' ')],
    ['indentation by tabs (Membrane #2266)', eachLine(() => '\t ')],
    ['no-break spaces of a web page', eachLine(() => '\u00a0')],
    ['zero-width spaces', lineEnds('\u200b\n')],
    ['the line separators of Unicode', lineEnds('\u2028')],
    ['HTML line breaks', lineEnds('<br>\n')],
    ['quoted-printable', (pem) => pem.replaceAll('=', '=3D').replaceAll('\n', '=0A=\n')],
    ['percent-encoding', encodeURIComponent],
    ['the encoding of forms', (pem) => new URLSearchParams({ x: pem }).toString().slice(2)],
    ['quotation marks of JSON', JSON.stringify],
    ['the marks of a quotation in mail', eachLine(() => '> ')],
    ['the plus signs of a difference', eachLine(() => '+')],
    ['comment signs', eachLine(() => '# ')],
    ['boundaries in lower case', (pem) => pem.replace(/-----.*-----/g, (line) => line.toLowerCase())],
    ['no BEGIN line', (pem) => pem.replace(/-----BEGIN.*\n/, '')],
    ['no END line', (pem) => pem.replace(/-----END.*\n/, '')],
    [
      'an END line of another label (Nginx Proxy Manager #709)',
      (pem) => pem.replace(/END .*-----/, 'END X-----'),
    ],
    ['bag attributes with a name in UTF-8', (pem) => `Bag Attributes\n    friendlyName: Bücher — Ω\n${pem}`],
    ['EC PARAMETERS before it (cert-manager #8058)', (pem) => `${EC_PARAMETERS}${pem}`],
    ['DH PARAMETERS behind it, as HAProxy has them', (pem) => `${pem}${DH_PARAMETERS}`],
    ['a byte order mark in the middle', (pem) => `# first\n\ufeff${pem}`],
  ])('repairs %s', async (_noise, add) => {
    const [pem, key] = [add(read('leaf.pem').toString()), add(read('leaf.key').toString())];
    for (const body of [{ certificate: pem, privateKey: key }, files(Buffer.from(pem), Buffer.from(key))])
      expect(subjects((await check(body)).chain), Object.keys(body).join()).toEqual(APP.slice(0, 1));
  });

  test('reads octets in hexadecimal digits', async () => {
    const hex = (pem: string) => Buffer.from(derOf(read(pem)).toString('hex').replace(/../g, '$&:'));
    expect(subjects((await check(files(hex('leaf.pem'), hex('leaf.key')))).chain)).toEqual(APP.slice(0, 1));
  });

  test.each<readonly [string, (text: string) => string]>([
    ['in lines, as base64(1) writes it', (text) => text.replace(/.{76}/g, '$&\n')],
    [
      'with the alphabet for addresses, unpadded',
      (text) => Buffer.from(text, 'base64').toString('base64url'),
    ],
    ['as a data URL', (text) => `data:application/x-pkcs12;base64,${text}`],
  ])('reads base64 of a file %s', async (_form, write) => {
    const body = { file: write(base64(read('modern.pfx'))) };
    expect(subjects((await check(body)).chain)).toContain('app.example.com');
  });
});

describe('JSON with files in base64 is read', () => {
  const acmeJson = (pem: Buffer, key: Buffer) => ({
    resolver: {
      // Traefik stores the account's key as DER without saying its type.
      Account: { Email: 'me@example.com', PrivateKey: base64(derOf(read('ec.key'))), KeyType: 'EC256' },
      Certificates: [
        { domain: { main: 'app.example.com' }, certificate: base64(pem), key: base64(key), Store: 'default' },
      ],
    },
  });
  test.each<readonly [string, (pem: Buffer, key: Buffer) => object]>([
    ['Traefik’s acme.json (traefik #1012)', acmeJson],
    [
      'a Kubernetes Secret',
      (pem, key) => ({ kind: 'Secret', data: { 'tls.crt': base64(pem), 'tls.key': base64(key) } }),
    ],
    ['a list of files', (pem, key) => [base64(pem), base64(key)]],
  ])('reads %s', async (_kind, write) => {
    const file = Buffer.from(JSON.stringify(write(read('full.pem'), read('leaf.key')), null, 2));
    for (const body of [
      { file: base64(file) },
      { certificate: file.toString(), privateKey: file.toString() },
    ])
      expect(subjects((await check(body)).chain), Object.keys(body).join()).toEqual(APP);
  });

  test('reads a Kubernetes Secret in YAML', async () => {
    const [pem, key] = [base64(read('full.pem')), base64(read('leaf.key'))];
    const yaml = `apiVersion: v1\nkind: Secret\ndata:\n  tls.crt: ${pem}\n  tls.key: "${key}"\n`;
    expect(subjects((await check(files(Buffer.from(yaml)))).chain)).toEqual(APP);
  });

  test('names other JSON', async () => {
    const failure = await rejectionOf(check(files(Buffer.from('{"a":"b"}'), read('leaf.key'))));
    expect(failure.message).toMatch(/it is JSON/);
  });
});

describe("the pair is chosen by the project's names", () => {
  test.each(['one.example.com', 'two.example.com'])(
    'from two key entries of a key store: %s',
    async (domain) => {
      const { chain } = await check({ file: base64(read('ks.p12')) }, { domain, passphrase: 'secret1' });
      expect(subjects(chain)).toEqual([domain]);
    },
  );

  test('from two pairs in one PEM file', async () => {
    const parts = [read('ec.pem'), read('full.pem'), read('leaf.key'), read('ec.key')];
    expect(subjects((await check({ file: base64(Buffer.concat(parts)) })).chain)).toEqual(APP);
    const { chain } = await check(files(...parts), { domain: 'ec.example.com' });
    expect(subjects(chain)[0]).toBe('ec.example.com');
  });

  test.each(['app.example.com', 'other.example.com'])(
    'from two certificates of one key: %s',
    async (domain) => {
      const body = files(read('samekey_otherfirst.pem'), read('samekey.key'));
      expect(subjects((await check(body, { domain })).chain)[0]).toBe(domain);
    },
  );
});

describe('an unreadable file is named, with the command that converts it', () => {
  const jks = read('ks.jks');
  test.each<readonly [string, Buffer, RegExp]>([
    ['JKS', jks, /Java KeyStore \(JKS\).*`keytool -importkeystore .*-deststoretype PKCS12`/],
    ['base64 of JKS', inBase64(jks), /Java KeyStore \(JKS\).*keytool/],
    ['JCEKS', marked(jks.subarray(4), 'cececece'), /JCEKS.*keytool/],
    ['a cut PKCS#12', read('modern.pfx').subarray(0, -100), /damaged PKCS#12.*3398 of 3498 bytes/],
    ['base64 of a cut PKCS#12', inBase64(read('modern.pfx').subarray(0, -100)), /damaged PKCS#12/],
    ['a cut PKCS#12 in PEM armour', read('modern.pfx.pem').subarray(0, -200), /damaged PKCS#12/],
    ['a cut PKCS#7', read('b.p7b.der').subarray(0, -100), /damaged PKCS#7/],
    ['a cut DER certificate', derOf(read('leaf.pem')).subarray(0, -100), /damaged certificate/],
    ['a ZIP archive', marked(jks, '504b0304'), /ZIP.*`unzip FILE`/],
    ['gzip', marked(jks, '1f8b08'), /`gunzip FILE`/],
    ['a PVK key', marked(jks, '1ef1b5b0'), /`openssl rsa -inform PVK/],
    ['a web page', Buffer.from('<!DOCTYPE html><html>'), /web page/],
    ['a word processor', Buffer.from('–––––BEGIN CERTIFICATE–––––\nMIID'), /word processor/],
    ['a PuTTY key', Buffer.from('PuTTY-User-Key-File-3: ssh-rsa\n'), /`puttygen/],
    ['a public key for SSH', Buffer.from('ssh-ed25519 AAAAC3Nza user@host'), /SSH public key/],
    ['a Kubernetes Secret', Buffer.from('data:\n  tls.crt: LS0t\n  tls.key: LS0t\n'), /`kubectl get secret/],
  ])('names %s', async (_form, file, expected) => {
    const key = base64(read('leaf.key'));
    for (const body of [
      { file: base64(file), keyFile: key },
      { certificate: file.toString('latin1'), keyFile: key },
      { files: [base64(file), key] },
      { file: base64(read('full.pem')), keyFile: base64(file) },
    ])
      expect((await rejectionOf(check(body))).message).toMatch(expected);
  });

  test('names the half that a pair lacks', async () => {
    expect(await rejectionOf(check(files(read('leaf.key'))))).toMatchObject({
      details: { missing: 'certificate' },
    });
    expect(await rejectionOf(check(files(read('b.p7b.der'))))).toMatchObject({
      details: { missing: 'privateKey' },
    });
  });
});

describe('what TLS clients reject', () => {
  test('explicit EC parameters are refused with the reason', async () => {
    const failure = await rejectionOf(
      check(files(read('explicit.pem'), read('explicit.key')), { domain: 'exp.example.com' }),
    );
    expect(failure).toMatchObject({
      code: 'WEAK_KEY',
      message: expect.stringMatching(/explicit EC parameters.*browsers, Java and Go reject/),
    });
  });

  test('a key with explicit parameters is stored under the name of its curve', async () => {
    const { readPrivateKey } = await import('../../../src/main/engine/pki/keys.ts');
    const key = readPrivateKey(read('explicit.key').toString());
    expect(derOf(Buffer.from(key)).toString('hex')).toContain('06082a8648ce3d030107'); // prime256v1
    expect(derOf(Buffer.from(key)).length).toBeLessThan(200);
  });

  test('P-521 is accepted with a warning', async () => {
    const { warnings } = await check(files(read('p521.pem'), read('p521.key')), {
      domain: 'p521.example.com',
    });
    expect(warnings).toContainEqual({
      code: 'UNCOMMON_KEY',
      message: expect.stringMatching(/P-521, which Chrome and Android/),
    });
  });

  test('an expired root at the end of the chain is left out, with a warning', async () => {
    const { chain, warnings } = await check(files(read('cross_oldroot.pem'), read('cross.key')), {
      domain: 'x.example.com',
    });
    expect(subjects(chain)).toEqual(['x.example.com', 'R3', 'New Root X1']);
    expect(warnings).toEqual([
      { code: 'EXPIRED_ROOT', message: expect.stringMatching(/"Old Root X3".*expired.*omits it/) },
    ]);
  });
});
