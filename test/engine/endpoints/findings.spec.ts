// What is wrong with a chain, for chains in every state, compared with `openssl verify`.
import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assessEndpoint } from '../../../src/main/engine/endpoints/assess.ts';
import {
  ANY_CERTIFICATE,
  type Expected,
  type FindingContext,
  findProblems,
} from '../../../src/main/engine/endpoints/findings.ts';
import type {
  FailureCode,
  PresentedSighting,
  Sighting,
} from '../../../src/main/engine/endpoints/sighting.ts';
import { createTrust } from '../../../src/main/engine/endpoints/trust.ts';
import { clientUseOfEndpoint } from '../../../src/shared/client-auth.ts';
import { createTestPki, daysAhead, NAME, type TestPki, toDer } from '../../support/endpoints/chains.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';
import { describeWith } from '../../support/tools/tools.ts';

const AT = '2026-11-30T00:00:00Z';
const presented = (
  chain: readonly Uint8Array[],
  more: Partial<PresentedSighting> = {},
): PresentedSighting => ({
  state: 'presented',
  address: '192.0.2.1',
  chain,
  tlsVersion: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
  outdated: false,
  at: AT,
  ...more,
});
const failed = (code: FailureCode, address = '192.0.2.1'): Sighting => ({
  state: 'failed',
  address,
  code,
  message: `${address} has failed.`,
  at: AT,
});
const fingerprint = ({ certificate }: CertifiedKey): string =>
  new X509Certificate(certificate).fingerprint256.replaceAll(':', '');

describeWith('openssl', 'findings about an endpoint', () => {
  let openssl: OpenSsl;
  let pki: TestPki;
  let leaf: CertifiedKey;
  let context: FindingContext;
  const expected: Expected = { names: [NAME], ...ANY_CERTIFICATE };

  beforeAll(async () => {
    openssl = await createOpenSsl();
    pki = await createTestPki(openssl);
    leaf = await pki.issueLeaf();
    context = { now: new Date(), trust: createTrust([pki.root.certificate]) };
  });
  afterAll(() => openssl?.remove());

  const find = (chain: readonly CertifiedKey[], more: Partial<FindingContext> = {}, wanted = expected) =>
    findProblems(presented(chain.map(toDer)), wanted, { ...context, ...more });
  const codes = (...given: Parameters<typeof find>) => find(...given).map(({ code }) => code);

  it('has nothing to say about a full chain in order', () => {
    expect(find([leaf, pki.lower, pki.upper])).toEqual([]);
  });

  it('names a certificate without a subject by its first name, as CAs issue them', async () => {
    const unnamed = await pki.issueLeaf({ subject: '/' });
    expect(find([unnamed, pki.lower, pki.upper])).toEqual([]);
    expect(find([unnamed])[0]?.message).toContain(`which issued ${NAME}`);
    const selfSigned = await openssl.issue({
      subject: '/',
      san: [`DNS:${NAME}`],
      notBefore: context.now,
    });
    expect(find([selfSigned]).map(({ message }) => message)).toEqual([
      `The certificate ${NAME} signed itself.`,
    ]);
  });

  it('warns if the server presents a certificate as a client that is for servers only', async () => {
    const clientUse = clientUseOfEndpoint({ protocol: 'xmpp-client', port: 5222 });
    const usage = (text: string) => pki.issueLeaf({ extensions: [`extendedKeyUsage=${text}`] });
    const [server, both] = [await usage('serverAuth'), await usage('serverAuth,clientAuth')];
    const below = (each: CertifiedKey) => [each, pki.lower, pki.upper];
    expect(codes(below(server), { clientUse })).toEqual(['no-client-auth']);
    expect(codes(below(both), { clientUse })).toEqual([]);
    expect(codes(below(leaf), { clientUse }), 'every use').toEqual([]);
    expect(codes(below(server))).toEqual([]);
    const [acknowledged] = find(below(server), { clientUse, isUseAcknowledged: true });
    expect(acknowledged).toMatchObject({ code: 'no-client-auth', severity: 'info' });
  });

  it.each([
    ['only the leaf', () => [leaf], ['missing-intermediate']],
    ['the upper intermediate missing', () => [leaf, pki.lower], ['missing-intermediate']],
    ['the lower intermediate missing', () => [leaf, pki.upper], ['missing-intermediate']],
    ['the wrong order', () => [leaf, pki.upper, pki.lower], ['chain-out-of-order']],
    ['an extra root', () => [leaf, pki.lower, pki.upper, pki.root], ['extra-root']],
    ['the root first', () => [leaf, pki.root, pki.lower, pki.upper], ['chain-out-of-order', 'extra-root']],
    ['a certificate twice', () => [leaf, leaf, pki.lower, pki.upper], ['extra-certificate']],
  ])('recognizes a chain with %s', (_, chain, wanted) => {
    expect(codes(chain())).toEqual(wanted);
  });

  it('names the missing certificate, with certainty if it is known', () => {
    const [unsure] = find([leaf, pki.lower]);
    expect(unsure?.message).toBe(
      'The server does not send the certificate of Test Upper, which issued Test Lower and is not a trusted root.',
    );
    const knownIssuers = [pki.lower, pki.upper].map(({ certificate }) => new X509Certificate(certificate));
    const [sure] = find([leaf], { knownIssuers });
    expect(sure?.message).toBe('The server does not send Test Lower, Test Upper.');
  });

  it('tells an unknown root from a missing intermediate if the root is sent or known', () => {
    const trust = createTrust([]);
    expect(codes([leaf, pki.lower, pki.upper, pki.root], { trust })).toEqual(['untrusted', 'extra-root']);
    const knownIssuers = [new X509Certificate(pki.root.certificate)];
    expect(codes([leaf, pki.lower, pki.upper], { trust, knownIssuers })).toEqual(['untrusted']);
    expect(codes([leaf, pki.lower], { trust, knownIssuers })).toEqual(['missing-intermediate']);
  });

  it('ignores intermediates among the trusted roots, which clients do not have', () => {
    const trust = createTrust([pki.root, pki.upper, pki.lower].map(({ certificate }) => certificate));
    expect(codes([leaf], { trust })).toEqual(['missing-intermediate']);
    expect(codes([leaf, pki.lower, pki.upper], { trust })).toEqual([]);
  });

  it('recognizes a self-signed certificate, unless it is trusted itself', async () => {
    const own = await openssl.issue({
      subject: `/CN=${NAME}`,
      san: [`DNS:${NAME}`],
      notBefore: daysAhead(-1),
    });
    expect(codes([own])).toEqual(['self-signed']);
    expect(codes([own], { trust: createTrust([own.certificate]) })).toEqual([]);
  });

  it('does not accept a certificate as an issuer that is no CA', async () => {
    const below = await pki.issueLeaf({ ca: leaf });
    expect(codes([below, leaf, pki.lower, pki.upper])).toEqual(['invalid-chain']);
  });

  it('judges the time of the leaf by its lifetime', async () => {
    const at = (notBefore: number, notAfter: number) =>
      pki.issueLeaf({ notBefore: daysAhead(notBefore), notAfter: daysAhead(notAfter) });
    const rest = [pki.lower, pki.upper];
    expect(codes([await at(-90, -1), ...rest])).toEqual(['expired']);
    expect(codes([await at(1, 90), ...rest])).toEqual(['not-yet-valid']);
    expect(codes([await at(-76, 14), ...rest])).toEqual(['expiring']);
    expect(codes([await at(-74, 16), ...rest])).toEqual([]);
    expect(codes([await at(-4, 2), ...rest]), 'of six days two remain').toEqual([]);
    expect(codes([await at(-370, 28), ...rest]), 'at most 30 days').toEqual(['expiring']);
  });

  it('judges the time of an intermediate', async () => {
    const until = (days: number, begin = -50) =>
      openssl.createCa({
        subject: `/CN=Short ${days}`,
        ca: pki.root,
        notBefore: daysAhead(begin),
        notAfter: daysAhead(days),
      });
    const below = async (ca: CertifiedKey) => [await pki.issueLeaf({ ca, notAfter: daysAhead(40) }), ca];
    expect(codes(await below(await until(-1)))).toEqual(['intermediate-expired']);
    expect(codes(await below(await until(20)))).toEqual(['intermediate-expiring']);
    expect(codes(await below(await until(35)))).toEqual(['intermediate-expiring']);
    expect(codes(await below(await until(50)))).toEqual([]);
    expect(codes(await below(await until(90, 1)))).toEqual(['not-yet-valid']);
  });

  it('ignores an expired cross-signed intermediate if a trusted root issued the one below', async () => {
    const other = await createTestPki(openssl, 'Other');
    const subject = '/O=Test/CN=Test Root';
    const cross = await openssl.createCa({
      subject,
      key: { pem: pki.root.privateKey },
      ca: other.root,
      notBefore: daysAhead(-50),
      notAfter: daysAhead(-1),
    });
    const trust = createTrust([other.root.certificate, pki.root.certificate]);
    expect(codes([leaf, pki.lower, pki.upper, cross], { trust })).toEqual([]);
  });

  it('compares the names with the SAN, as clients do', async () => {
    const chain = async (san: readonly string[], subject = '/CN=other.example.com') => [
      await pki.issueLeaf({ subject, san }),
      pki.lower,
      pki.upper,
    ];
    const named = async (san: readonly string[], names: readonly string[], subject?: string) =>
      codes(await chain(san, subject), {}, { ...expected, names });
    expect(await named(['DNS:*.example.com'], [NAME])).toEqual([]);
    expect(await named(['DNS:*.example.com'], ['*.example.com', 'a.example.com'])).toEqual([]);
    expect(await named(['DNS:*.example.com'], ['example.com'])).toEqual(['wrong-name']);
    expect(await named(['DNS:*.example.com'], ['a.b.example.com'])).toEqual(['wrong-name']);
    expect(await named(['DNS:*.com'], ['example.com']), 'no client accepts it').toEqual(['wrong-name']);
    expect(await named(['DNS:MAIL.example.com'], [NAME])).toEqual([]);
    expect(await named([], [NAME], `/CN=${NAME}`), 'the common name does not count').toEqual(['wrong-name']);
    expect(await named(['IP:192.0.2.7', 'IP:2001:db8::7'], ['192.0.2.7', '2001:DB8::7'])).toEqual([]);
    expect(await named(['IP:192.0.2.7'], ['192.0.2.8'])).toEqual(['wrong-name']);
    const [finding] = findProblems(
      presented((await chain(['DNS:a.example', 'DNS:b.example'])).map(toDer)),
      expected,
      context,
    );
    expect(finding?.message).toBe(
      'The certificate is not valid for mail.example.com. It has a.example, b.example.',
    );
  });

  it('tells the current certificate of a project from an earlier one and from a foreign one', async () => {
    const old = await pki.issueLeaf();
    const wanted = {
      ...expected,
      fingerprints: [fingerprint(leaf)],
      previousFingerprints: [fingerprint(old)],
    };
    const rest = [pki.lower, pki.upper];
    expect(codes([leaf, ...rest], {}, wanted)).toEqual([]);
    expect(codes([old, ...rest], {}, wanted)).toEqual(['served-old']);
    expect(codes([await pki.issueLeaf(), ...rest], {}, wanted)).toEqual(['wrong-certificate']);
  });

  it('reports a revoked leaf or intermediate, and lists that could not be read', () => {
    const revoked = [leaf, pki.lower].map(({ certificate }) => ({
      certificate: new X509Certificate(certificate),
      at: new Date('2026-11-29T10:00:00Z'),
      reason: 'keyCompromise',
    }));
    const found = find([leaf, pki.lower, pki.upper], { revocation: { revoked, failures: ['No list.'] } });
    expect(found.map(({ message }) => message)).toEqual([
      'The CA revoked the certificate for mail.example.com at 2026-11-29T10:00:00Z (keyCompromise).',
      'The CA revoked the intermediate certificate Test Lower at 2026-11-29T10:00:00Z (keyCompromise).',
      'No list.',
    ]);
    expect(found.map(({ severity }) => severity)).toEqual(['critical', 'critical', 'info']);
  });

  it('reports outdated TLS', () => {
    const chain = [leaf, pki.lower, pki.upper].map(toDer);
    const sighting = presented(chain, { outdated: true, tlsVersion: 'TLSv1', cipher: null });
    expect(findProblems(sighting, expected, context).map(({ message }) => message)).toEqual([
      'The server accepts only what current clients refuse: TLS 1.0.',
    ]);
  });

  it('judges the addresses together', async () => {
    const chain = [leaf, pki.lower, pki.upper].map(toDer);
    const other = [await pki.issueLeaf(), pki.lower, pki.upper];
    const assess = (sightings: readonly Sighting[], wanted = expected) => {
      const { state, findings } = assessEndpoint(sightings, wanted, () => context);
      return [state, ...findings.map(({ code }) => code)];
    };
    const good = presented(chain);
    const second = presented(other.map(toDer), { address: '192.0.2.2' });
    expect(assess([good, good])).toEqual(['ok']);
    expect(assess([good, second])).toEqual(['problem', 'addresses-differ']);
    const both = { ...expected, fingerprints: [leaf, ...other.slice(0, 1)].map(fingerprint) };
    expect(assess([good, second], both)).toEqual(['ok']);
    expect(assess([good, failed('refused')])).toEqual(['problem', 'unreachable']);
    expect(assess([good, failed('no-route', '2001:db8::1'), failed('no-route', '2001:db8::2')])).toEqual([
      'ok',
      'unknown',
    ]);
    expect(assess([failed('no-route')])).toEqual(['unknown', 'unknown']);
    expect(assess([failed('starttls-not-offered')])).toEqual(['problem', 'plaintext-only']);
  });

  it('trusts exactly the chains that openssl verify does', async () => {
    const other = await createTestPki(openssl, 'Other');
    const expired = await openssl.createCa({
      subject: '/O=Test/CN=Test Lower',
      key: { pem: pki.lower.privateKey },
      ca: pki.upper,
      notBefore: daysAhead(-50),
      notAfter: daysAhead(-1),
    });
    const pool = [pki.lower, pki.upper, pki.root, expired, other.lower, other.upper, leaf];
    const root = await openssl.file(pki.root.certificate);
    const leafFile = await openssl.file(leaf.certificate);
    const fails = ['missing-intermediate', 'untrusted', 'intermediate-expired', 'self-signed'];
    const chains = fc.uniqueArray(fc.integer({ min: 0, max: pool.length - 1 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(chains, async (picks) => {
        const sent = picks.flatMap((at) => pool[at] ?? []);
        const untrusted = await openssl.file(sent.map(({ certificate }) => certificate).join('') || '\n');
        const args = ['verify', '-CAfile', root, '-no-CApath', '-no-CAstore'];
        const verdict = await openssl
          .run([...args, ...(sent.length === 0 ? [] : ['-untrusted', untrusted]), leafFile])
          .then(
            () => true,
            () => false,
          );
        expect(!codes([leaf, ...sent]).some((code) => fails.includes(code)), picks.join()).toBe(verdict);
      }),
      { numRuns: 60 },
    );
  });
});
