// What clients reject although signatures and dates are right, compared with `openssl verify` as a client of a server.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ANY_CERTIFICATE, findProblems } from '../../../src/main/engine/endpoints/findings.ts';
import { createTrust } from '../../../src/main/engine/endpoints/trust.ts';
import { createTestPki, daysAhead, NAME, type TestPki, toDer } from '../../support/endpoints/chains.ts';
import {
  type CertifiedKey,
  createOpenSsl,
  type IssueOptions,
  type OpenSsl,
} from '../../support/tools/openssl.ts';
import { describeWith } from '../../support/tools/tools.ts';

describeWith('openssl', 'limits of certificates', () => {
  let openssl: OpenSsl;
  let pki: TestPki;

  beforeAll(async () => {
    openssl = await createOpenSsl();
    pki = await createTestPki(openssl);
  });
  afterAll(() => openssl?.remove());

  const times = { notBefore: daysAhead(-50), days: 1_000 };
  const createCa = (options: Partial<IssueOptions>) =>
    openssl.createCa({ subject: '/CN=Limited', ca: pki.root, ...times, ...options });
  /** A CA whose own extensions replace the usual ones. */
  const createOwnCa = (extensions: readonly string[], usage = 'keyCertSign') =>
    openssl.issue({
      subject: '/CN=Limited',
      ca: pki.root,
      ...times,
      extensions: [...extensions, `keyUsage=critical,${usage}`],
    });

  async function judge(chain: readonly CertifiedKey[], { certificate } = pki.root) {
    const [leaf, ...rest] = await Promise.all(chain.map((each) => openssl.file(each.certificate)));
    const trusted = ['-CAfile', await openssl.file(certificate), '-no-CApath', '-no-CAstore'];
    const untrusted = rest.flatMap((path) => ['-untrusted', path]);
    const options = ['-purpose', 'sslserver', '-auth_level', '2', '-verify_hostname', NAME];
    const accepted = await openssl.run(['verify', ...options, ...trusted, ...untrusted, leaf ?? '']).then(
      () => true,
      () => false,
    );
    const found = findProblems(
      {
        state: 'presented',
        address: '192.0.2.1',
        chain: chain.map(toDer),
        tlsVersion: 'TLSv1.3',
        cipher: null,
        outdated: false,
        at: '2026-11-30T00:00:00Z',
      },
      { names: [NAME], ...ANY_CERTIFICATE },
      { now: new Date(), trust: createTrust([certificate]) },
    );
    expect(
      found.every(({ severity }) => severity !== 'critical'),
      'as openssl verify',
    ).toBe(accepted);
    return found;
  }

  const leafBelow = async (ca: CertifiedKey, options: Partial<IssueOptions> = {}) => [
    await pki.issueLeaf({ ca, ...options }),
    ca,
  ];
  const leafWith = async (options: Partial<IssueOptions>) => [
    ...(await leafBelow(pki.lower, options)),
    pki.upper,
  ];
  const extended = (...extensions: readonly string[]) => ({ extensions });
  const constrained = async (constraints: string, san = [`DNS:${NAME}`]) =>
    leafBelow(await createCa(extended(`nameConstraints=critical,${constraints}`)), { san });

  it.each<[string, () => Promise<readonly CertifiedKey[]>, readonly string[]]>([
    ['is for servers', () => leafWith(extended('extendedKeyUsage=clientAuth,serverAuth')), []],
    [
      'is for clients',
      () => leafWith(extended('extendedKeyUsage=clientAuth')),
      [
        `not-for-servers The extended key usage of the certificate for ${NAME} does not include server authentication.`,
      ],
    ],
    [
      'has a key for signing certificates only',
      () => leafWith(extended('keyUsage=critical,keyCertSign')),
      [
        `not-for-servers The key usage of the certificate for ${NAME} permits neither signatures nor key exchange.`,
      ],
    ],
    [
      'comes from a CA for clients',
      async () => leafBelow(await createCa(extended('extendedKeyUsage=clientAuth'))),
      [
        'invalid-chain The CA certificate Limited does not permit certificates for servers (extended key usage).',
      ],
    ],
    [
      'has a critical extension',
      () => leafWith(extended('1.3.6.1.4.1.11129.2.4.3=critical,ASN1:NULL')),
      [
        `invalid-chain The certificate ${NAME} has the critical extension 1.3.6.1.4.1.11129.2.4.3, which clients do not know.`,
      ],
    ],
    [
      'has critical extensions that clients know',
      () => leafWith(extended('certificatePolicies=critical,1.2.3', 'inhibitAnyPolicy=critical,3')),
      [],
    ],
    [
      'has a short RSA key',
      () => leafWith({ key: 'rsa-1024' }),
      [`weak-cryptography The certificate ${NAME} has an RSA key of only 1024 bits.`],
    ],
    ['has an RSA key of 2048 bits', () => leafWith({ key: 'rsa-2048' }), []],
    [
      'is signed with SHA-1',
      () => leafWith({ digest: 'sha1' }),
      [`weak-cryptography The certificate ${NAME} is signed with SHA-1.`],
    ],
    ['has a permitted name', () => constrained('permitted;DNS:Example.com,permitted;DNS:example.org'), []],
    ['has a permitted subdomain', () => constrained('permitted;DNS:.example.com'), []],
    ['has no name of the permitted kind', () => constrained('permitted;IP:10.0.0.0/255.0.0.0'), []],
    [
      'has a name that is not permitted',
      () => constrained('permitted;DNS:ample.com'),
      [`invalid-chain The CA certificate Limited does not permit ${NAME} (name constraints).`],
    ],
    [
      'has an excluded name',
      () => constrained('permitted;DNS:example.com,excluded;DNS:mail.example.com'),
      [`invalid-chain The CA certificate Limited does not permit ${NAME} (name constraints).`],
    ],
    [
      'has permitted addresses',
      () =>
        constrained('permitted;IP:10.0.0.0/255.128.0.0,permitted;IP:2001:db8::/ffff:ffff::', [
          `DNS:${NAME}`,
          'IP:10.127.0.1',
          'IP:2001:db8::7',
        ]),
      [],
    ],
    [
      'has addresses that are not permitted',
      () =>
        constrained('permitted;IP:10.0.0.0/255.128.0.0', [`DNS:${NAME}`, 'IP:10.128.0.1', 'IP:2001:db8::7']),
      [
        'invalid-chain The CA certificate Limited does not permit 10.128.0.1, 2001:db8:0:0:0:0:0:7 (name constraints).',
      ],
    ],
    [
      'is below a CA that exceeds its path length',
      async () => {
        const limited = await createOwnCa(['basicConstraints=critical,CA:TRUE,pathlen:0']);
        const below = await openssl.createCa({ subject: '/CN=Below', ca: limited, ...times });
        return [...(await leafBelow(below)), limited];
      },
      [
        'invalid-chain The CA certificate Limited permits at most 0 intermediates below it, and the chain has 1 (path length).',
      ],
    ],
    [
      'is below a CA that keeps to its path length',
      async () => {
        const limited = await createOwnCa(['basicConstraints=critical,CA:TRUE,pathlen:1']);
        const below = await openssl.createCa({ subject: '/CN=Below', ca: limited, ...times });
        return [...(await leafBelow(below)), limited];
      },
      [],
    ],
    [
      'is below a certificate that may not issue any',
      async () => leafBelow(await createOwnCa(['basicConstraints=critical,CA:TRUE'], 'digitalSignature')),
      [`invalid-chain Limited issued ${NAME}, but it is not a CA that may issue certificates.`],
    ],
    [
      'follows 25 certificates that do not belong to the chain',
      async () => {
        const other = await createTestPki(openssl, 'Other');
        const [leaf, ...rest] = await leafWith({});
        return [leaf, ...Array.from({ length: 25 }, () => other.lower), ...rest].flatMap(
          (each) => each ?? [],
        );
      },
      [expect.stringMatching(/^extra-certificate /)],
    ],
  ])('agrees about a certificate that %s', async (_, chain, wanted) => {
    const found = await judge(await chain());
    expect(found.map(({ code, message }) => `${code} ${message}`)).toEqual(wanted);
  });

  it('applies the limits of the root too', async () => {
    const root = await openssl.createCa({
      subject: '/CN=Narrow Root',
      ...times,
      key: 'rsa-1024',
      digest: 'sha1',
      extensions: ['nameConstraints=critical,permitted;DNS:example.org'],
    });
    const found = await judge([await pki.issueLeaf({ ca: root })], root);
    expect(found.map(({ message }) => message)).toEqual([
      `The CA certificate Narrow Root does not permit ${NAME} (name constraints).`,
      'The certificate Narrow Root has an RSA key of only 1024 bits.',
    ]);
  });
});
