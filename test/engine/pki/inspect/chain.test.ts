// Chains from any text, in any order.
import { createPrivateKey } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { orderChain, parseChain } from '../../../../src/main/engine/pki/inspect/chain.ts';
import { commonName } from '../../../../src/main/engine/pki/inspect/distinguished-name.ts';
import { daysFromNow, makeChain, NOW, VALIDITY } from '../../../support/engine/certificates.ts';
import { failureOf } from '../../../support/engine/failure.ts';
import { type CertifiedKey, createOpenSsl } from '../../../support/tools/openssl.ts';

const openssl = await createOpenSsl();
afterAll(() => openssl.remove());

const { root, intermediate, leaf } = await makeChain(openssl);
const other = await makeChain(openssl, 'Other');
const selfSigned = await openssl.issue({ subject: '/CN=self', san: ['DNS:self.example'], ...VALIDITY });

const NAMES = new Map([
  [leaf, 'leaf'],
  [intermediate, 'intermediate'],
  [root, 'root'],
]);

interface Expected {
  readonly key?: CertifiedKey | null;
  readonly roots?: readonly string[];
}

/** Orders the certificates and returns the common names, so that a failure is readable. */
function order(given: readonly CertifiedKey[], { key = leaf, roots = [] }: Expected = {}) {
  const parsed = parseChain(given.map(({ certificate }) => certificate).join(''));
  const owner = key === null ? {} : { privateKey: createPrivateKey(key.privateKey) };
  const ordered = orderChain(parsed, { ...owner, now: NOW, roots });
  if (ordered === null) return null;
  return {
    path: ordered.path.map(({ subject }) => commonName(subject)),
    unrelated: ordered.unrelated.map(({ subject }) => commonName(subject)),
    inOrder: ordered.inOrder,
    complete: ordered.complete,
    selfSigned: ordered.selfSigned,
  };
}

const FULL = ['api.example.com', 'Test Intermediate', 'Test Root'];

describe('orderChain', () => {
  const permutations = [
    [leaf, intermediate, root],
    [leaf, root, intermediate],
    [intermediate, leaf, root],
    [intermediate, root, leaf],
    [root, leaf, intermediate],
    [root, intermediate, leaf],
  ].map((given) => [given.map((item) => NAMES.get(item)).join(', '), given] as const);

  test.each(permutations)('orders three certificates: %s', (_name, given) => {
    const inOrder = given[0] === leaf && given[1] === intermediate;
    const expected = { path: FULL, unrelated: [], inOrder, complete: true, selfSigned: false };
    expect(order(given)).toEqual(expected);
    expect(order(given, { key: null })).toEqual(expected);
  });

  test.each([true, false])('keeps two in order: %s', (inOrder) => {
    const given = inOrder ? [leaf, intermediate] : [intermediate, leaf];
    const expected = { path: FULL.slice(0, 2), unrelated: [], inOrder, complete: true, selfSigned: false };
    expect(order(given)).toEqual(expected);
    expect(order(given, { key: null })).toEqual(expected);
  });

  test('finds the same path whatever order, duplicates and foreign certificates', () => {
    const foreign = [other.root, other.intermediate, other.leaf, selfSigned];
    const given = fc
      .tuple(
        fc.array(fc.constantFrom(leaf, intermediate, root, ...foreign), { maxLength: 8 }),
        fc.subarray(foreign),
      )
      .chain(([more, some]) => {
        const all = [leaf, intermediate, root, ...more, ...some];
        return fc.shuffledSubarray(all, { minLength: all.length });
      });
    fc.assert(
      fc.property(given, (certificates) => {
        const ordered = order(certificates);
        expect(ordered?.path).toEqual(FULL);
        const strangers = certificates.filter((item) => !NAMES.has(item));
        expect(ordered?.unrelated).toHaveLength(new Set(strangers).size);
        const ours = [...new Set(certificates.filter((item) => NAMES.has(item)))];
        expect(ordered?.inOrder).toBe(ours[0] === leaf && ours[1] === intermediate);
      }),
      { numRuns: 50 },
    );
  });

  test('drops duplicates, which do not count as disorder', () => {
    expect(order([leaf, leaf, intermediate, leaf, intermediate])).toMatchObject({
      path: FULL.slice(0, 2),
      unrelated: [],
      inOrder: true,
    });
  });

  test('returns null without a certificate of the key', () => {
    expect(order([intermediate, root])).toBeNull();
  });

  test('reports a missing intermediate as incomplete, and leaves the root out of the path', () => {
    expect(order([leaf])).toMatchObject({ path: ['api.example.com'], complete: false });
    expect(order([leaf, root])).toMatchObject({
      path: ['api.example.com'],
      unrelated: ['Test Root'],
      complete: false,
    });
  });

  test('accepts a leaf alone as complete if a known root issued it', () => {
    const roots = [other.root.certificate, intermediate.certificate];
    expect(order([leaf], { roots })).toMatchObject({ complete: true });
    expect(order([leaf], { roots: [other.root.certificate] })).toMatchObject({ complete: false });
  });

  test('rejects an issuer of the right name with another key, with and without key identifiers', async () => {
    const subject = '/C=DE/O=Test Trust/CN=Test Intermediate';
    const impostor = await openssl.createCa({ subject, ca: root, ...VALIDITY });
    const bare = await openssl.issue({
      subject: '/CN=api.example.com',
      key: { pem: leaf.privateKey },
      ca: intermediate,
      extensions: ['authorityKeyIdentifier = none'],
      ...VALIDITY,
    });
    for (const end of [leaf, bare]) {
      expect(order([end, impostor, root])).toMatchObject({ path: ['api.example.com'], complete: false });
      expect(order([end, impostor, intermediate, root])).toMatchObject({
        path: FULL,
        unrelated: ['Test Intermediate'],
      });
    }
  });

  test('rejects a certificate that may not sign others as issuer', async () => {
    const subject = '/C=DE/O=Test Trust/CN=Test Intermediate';
    const key = { pem: intermediate.privateKey };
    const powerless = await openssl.issue({ subject, key, ca: root, ...VALIDITY });
    expect(order([leaf, powerless, root])).toMatchObject({ path: ['api.example.com'], complete: false });
  });

  test('selects the leaf among certificates of one key by names, then by validity', async () => {
    const key = { pem: leaf.privateKey };
    const issue = (cn: string, san: readonly string[], span: object = VALIDITY) =>
      openssl.issue({
        subject: `/CN=${cn}`,
        san: san.map((name) => `DNS:${name}`),
        key,
        ca: intermediate,
        ...span,
      });
    const both = await issue('both', ['a.example.com', 'b.example.com']);
    const one = await issue('one', ['a.example.com']);
    const later = await issue('later', ['b.example.com'], {
      notBefore: daysFromNow(5),
      notAfter: daysFromNow(90),
    });
    const now = await issue('now', ['b.example.com']);
    const chosen = (names: readonly string[], ...given: readonly CertifiedKey[]) => {
      const parsed = parseChain(given.map(({ certificate }) => certificate).join(''));
      const ordered = orderChain(parsed, {
        privateKey: createPrivateKey(leaf.privateKey),
        names,
        now: NOW,
        roots: [],
      });
      return ordered && commonName(ordered.leaf.subject);
    };
    expect(chosen(['b.example.com'], one, both)).toBe('both');
    expect(chosen(['a.example.com', 'b.example.com'], one, both)).toBe('both');
    expect(chosen(['a.example.com', 'b.example.com'], both, one)).toBe('both');
    expect(chosen(['a.example.com', 'b.example.com'], now, one)).toBe('one');
    expect(chosen(['b.example.com'], later, now)).toBe('now');
  });

  test('selects the valid one of two certificates of one issuer', async () => {
    const subject = '/C=DE/O=Test Trust/CN=Test Intermediate';
    const span = { notBefore: daysFromNow(-400), notAfter: daysFromNow(-1) };
    const expired = await openssl.createCa({
      subject,
      ca: root,
      key: { pem: intermediate.privateKey },
      ...span,
    });
    const parsed = parseChain(leaf.certificate + expired.certificate + intermediate.certificate);
    const serials = orderChain(parsed, { now: NOW })?.path.map(({ serial }) => serial);
    expect(serials).toEqual([parsed[0]?.serial, parsed[2]?.serial]);
    expect(order([leaf, expired])).toMatchObject({ path: FULL.slice(0, 2) });
  });

  test('selects the certificate that begins last if a key was reused', async () => {
    const again = { san: ['DNS:new.example.com'], key: { pem: leaf.privateKey }, ca: intermediate };
    const span = { notBefore: daysFromNow(-1), notAfter: daysFromNow(89) };
    const renewed = await openssl.issue({ subject: '/CN=new.example.com', ...again, ...span });
    expect(order([leaf, renewed, intermediate])).toMatchObject({
      path: ['new.example.com', 'Test Intermediate'],
      unrelated: ['api.example.com'],
    });
  });

  test('recognizes self-signed certificates with and without the right to sign', async () => {
    const ca = await openssl.createCa({ subject: '/CN=own ca', ...VALIDITY });
    expect(order([selfSigned], { key: selfSigned })).toMatchObject({ selfSigned: true, complete: true });
    expect(order([ca, root], { key: ca })).toMatchObject({
      path: ['own ca'],
      selfSigned: true,
      unrelated: ['Test Root'],
    });
  });

  test('ends the path at two CAs that signed each other', async () => {
    const [a, b] = await Promise.all([openssl.makeKey('ec-256'), openssl.makeKey('ec-256')]);
    const ca = { certificate: '', privateKey: '' };
    const rootA = await openssl.createCa({ subject: '/CN=A', key: { pem: a }, ...VALIDITY });
    const byA = await openssl.createCa({ subject: '/CN=B', key: { pem: b }, ca: rootA, ...VALIDITY });
    const byB = await openssl.createCa({
      subject: '/CN=A',
      key: { pem: a },
      ca: { ...ca, ...byA },
      ...VALIDITY,
    });
    const end = await openssl.issue({ subject: '/CN=end', ca: byB, ...VALIDITY });
    expect(order([end, byB, byA], { key: end })).toMatchObject({ path: ['end', 'A', 'B'], inOrder: true });
  });
});

describe('parseChain', () => {
  const chain = leaf.certificate + intermediate.certificate + root.certificate;
  const subjects = (pem: string) => parseChain(pem).map(({ subject }) => commonName(subject));

  test('accepts text around the blocks, as `openssl x509 -text` writes it', async () => {
    const text = await openssl.run(['x509', '-text'], leaf.certificate);
    expect(text).toContain('Signature Algorithm');
    expect(subjects(`${text}\nand now its issuer:\n${intermediate.certificate} - - -----\n`)).toEqual(
      FULL.slice(0, 2),
    );
  });

  test.each([
    ['CRLF', chain.replaceAll('\n', '\r\n')],
    ['CR', chain.replaceAll('\n', '\r')],
    ['a byte order mark', `\ufeff${chain}`],
    ['indentation', chain.replaceAll(/^/gm, ' \t ')],
    ['blank lines', chain.replaceAll('\n', '\n\n')],
    ['one line', chain.replaceAll('\n', ' ')],
    ['no line ends', chain.replaceAll('\n', '')],
    ['escaped line ends', chain.replaceAll('\n', '\\n')],
    ['escaped CRLF', chain.replaceAll('\n', '\\r\\n')],
    ['a key between', leaf.certificate + leaf.privateKey + intermediate.certificate + root.certificate],
    ['the old label', chain.replaceAll('CERTIFICATE', 'X509 CERTIFICATE')],
  ])('accepts %s', (_name, text) => {
    expect(subjects(text)).toEqual(FULL);
  });

  test("accepts OpenSSL's TRUSTED CERTIFICATE", async () => {
    const trusted = await openssl.run(['x509', '-trustout', '-addtrust', 'serverAuth'], leaf.certificate);
    expect(trusted).toContain('BEGIN TRUSTED CERTIFICATE');
    expect(subjects(trusted)).toEqual(['api.example.com']);
  });

  test('accepts PKCS#7, DER as Latin-1, and the inside of a block', async () => {
    const bag = await openssl.run(['crl2pkcs7', '-nocrl', '-certfile', await openssl.file(chain)]);
    expect(subjects(bag)).toEqual(FULL);
    const der = await openssl.run(['x509', '-outform', 'DER'], leaf.certificate);
    const inside = leaf.certificate.split('\n').slice(1, -2).join('\n');
    for (const text of [der, inside]) expect(subjects(text)).toEqual(['api.example.com']);
  });

  const cut = leaf.certificate.slice(0, -80);
  const wrong: readonly (readonly [string, () => Promise<string> | string, RegExp])[] = [
    ['nothing', () => '', /it is empty/],
    ['noise', () => 'lorem ipsum', /it is not PEM/],
    ['a private key', () => leaf.privateKey, /it contains a private key; enter the key in its own field/],
    [
      'a CSR',
      () =>
        openssl
          .file(leaf.privateKey)
          .then((key) => openssl.run(['req', '-new', '-key', key, '-subj', '/CN=x'])),
      /signing request/,
    ],
    ['a public key', () => openssl.run(['pkey', '-pubout'], leaf.privateKey), /only a public key/],
    [
      'another block',
      () => '-----BEGIN MESSAGE-----\nAAAA\n-----END MESSAGE-----',
      /of another kind \(MESSAGE\)/,
    ],
    [
      'DER as UTF-8',
      async () =>
        Buffer.from(await openssl.run(['x509', '-outform', 'DER'], leaf.certificate), 'latin1').toString(),
      /copy it again as a binary file/,
    ],
    ['a cut certificate', () => cut, /certificate 1 of 1 is damaged/],
    ['a cut one before a whole one', () => cut + root.certificate, /certificate 1 of 2 is damaged/],
    ['a line missing', () => chain.split('\n').toSpliced(-5, 1).join('\n'), /certificate 3 of 3 is damaged/],
    ['other content', () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', /damaged/],
    ['empty content', () => '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----', /damaged/],
    ['a bundle of roots', () => root.certificate.repeat(101), /it contains 101 certificates/],
  ];
  test.each(wrong)(
    'refuses %s with CERTIFICATE_UNREADABLE and its own message',
    async (_name, make, expected) => {
      const pem = await make();
      const failure = failureOf(() => parseChain(pem));
      expect(failure.code).toBe('CERTIFICATE_UNREADABLE');
      expect(failure.message).toMatch(expected);
    },
  );
});
