// What a check finds at real servers in every state, compared with `openssl s_client -showcerts` on the same server.
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startApache } from '../../support/daemons/apache.ts';
import { type Daemon, isRoot, type ServedPair } from '../../support/daemons/daemon.ts';
import { type NginxBlock, startNginx } from '../../support/daemons/nginx.ts';
import { startPostfix } from '../../support/daemons/postfix.ts';
import { startSServer } from '../../support/daemons/s-server.ts';
import { createTestPki, daysAhead, NAME, type TestPki } from '../../support/endpoints/chains.ts';
import {
  type CheckOnRig,
  type CrlServer,
  checkOnRig,
  codesOf,
  startCrlServer,
} from '../../support/endpoints/check-rig.ts';
import { runSClient } from '../../support/endpoints/s-client.ts';
import { makeCrl } from '../../support/engine/crl.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';
import { describeWith } from '../../support/tools/tools.ts';

const hasIpv6 = (networkInterfaces().lo ?? []).some(({ address }) => address === '::1');

describeWith(['openssl', 'nginx', 'apache', 'postfix'], 'checking real servers', () => {
  let openssl: OpenSsl;
  let pki: TestPki;
  let leaf: CertifiedKey;
  let crls: CrlServer | undefined;
  const open: Daemon[] = [];

  beforeAll(async () => {
    openssl = await createOpenSsl();
    crls = await startCrlServer();
    pki = await createTestPki(openssl);
    leaf = await pki.issueLeaf();
  });
  afterEach(async () => {
    for (const daemon of open.splice(0)) await daemon.stop();
  });
  afterAll(async () => {
    crls?.close();
    await openssl?.remove();
  });

  const pairOf = (own: CertifiedKey, ...rest: readonly CertifiedKey[]): ServedPair => ({
    chain: [own, ...rest].map(({ certificate }) => certificate).join(''),
    privateKey: own.privateKey,
  });
  const full = (own: CertifiedKey = leaf) => pairOf(own, pki.lower, pki.upper);
  const keep = async <T extends Daemon>(starting: Promise<T>): Promise<T> => {
    const daemon = await starting;
    open.push(daemon);
    return daemon;
  };
  const nginx = (...blocks: readonly NginxBlock[]) => keep(startNginx(blocks));
  const check = (options: Omit<CheckOnRig, 'root'> & Partial<CheckOnRig>) =>
    checkOnRig({ root: pki.root.certificate, ...options });

  /** Checks an address, and compares the chain with what s_client sees. @returns the codes, and s_client's verdict */
  async function compare(port: number, args: readonly string[] = [], more: Partial<CheckOnRig> = {}) {
    const { root = pki.root.certificate, serverName = NAME, addresses = ['127.0.0.1'] } = more;
    const result = await checkOnRig({ port, root, ...more });
    const [address = ''] = addresses;
    const seen = await runSClient(openssl, { port, address, serverName, root, args });
    const [sighting] = result.sightings;
    const chain = sighting?.state === 'presented' ? sighting.chain.map((der) => Buffer.from(der)) : null;
    expect(chain, 'the same chain as s_client').toEqual(seen?.chain ?? null);
    return { codes: codesOf(result), verifyCode: seen?.verifyCode ?? null };
  }

  const SELF_SIGNED = () =>
    openssl.issue({ subject: `/CN=${NAME}`, san: [`DNS:${NAME}`], notBefore: daysAhead(-1) });
  /** The verdict of s_client: 10 expired, 18 self-signed, 19 and 20 no issuer, 21 no chain, 62 other name. */
  it.each<[string, () => Promise<ServedPair> | ServedPair, readonly string[], number]>([
    ['a full chain', () => full(), [], 0],
    ['the leaf alone', () => pairOf(leaf), ['missing-intermediate'], 21],
    ['the upper intermediate missing', () => pairOf(leaf, pki.lower), ['missing-intermediate'], 20],
    ['the lower intermediate missing', () => pairOf(leaf, pki.upper), ['missing-intermediate'], 21],
    ['the wrong order', () => pairOf(leaf, pki.upper, pki.lower), ['chain-out-of-order'], 0],
    ['the root as well', () => pairOf(leaf, pki.lower, pki.upper, pki.root), ['extra-root'], 0],
    [
      'another name',
      async () => full(await pki.issueLeaf({ san: ['DNS:other.example.com'] })),
      ['wrong-name'],
      62,
    ],
    [
      'an expired certificate',
      async () => full(await pki.issueLeaf({ notBefore: daysAhead(-90), notAfter: daysAhead(-1) })),
      ['expired'],
      10,
    ],
    [
      'a certificate that expires soon',
      async () => full(await pki.issueLeaf({ notAfter: daysAhead(1) })),
      ['expiring'],
      0,
    ],
    ['a self-signed certificate', async () => pairOf(await SELF_SIGNED()), ['self-signed'], 18],
  ])('nginx with %s', async (_, pair, codes, verifyCode) => {
    const { port } = await nginx({ pair: await pair() });
    expect(await compare(port)).toEqual({ codes, verifyCode });
  });

  it('a chain to a root that is not trusted', async () => {
    const { port } = await nginx({ pair: pairOf(leaf, pki.lower, pki.upper, pki.root) });
    const other = await createTestPki(openssl, 'Other');
    const { codes, verifyCode } = await compare(port, [], { root: other.root.certificate });
    expect({ codes, verifyCode }).toEqual({ codes: ['untrusted', 'extra-root'], verifyCode: 19 });
  });

  it('several server blocks: SNI selects the certificate', async () => {
    const other = await pki.issueLeaf({ san: ['DNS:other.example.com'] });
    const { port } = await nginx(
      { name: 'other.example.com', pair: full(other) },
      { name: NAME, pair: full() },
    );
    expect(await compare(port)).toEqual({ codes: [], verifyCode: 0 });
    expect((await compare(port, [], { serverName: null })).codes).toEqual(['wrong-name']);
  });

  it('a server without a default, to a client without SNI', async () => {
    const { port } = await nginx({ pair: null }, { name: NAME, pair: full() });
    expect(await compare(port)).toEqual({ codes: [], verifyCode: 0 });
    const without = await compare(port, [], { serverName: null });
    expect(without).toEqual({ codes: ['handshake-failed'], verifyCode: null });
  });

  it('one address with the old certificate and one with the new', async () => {
    const old = await pki.issueLeaf({ notBefore: daysAhead(-70), notAfter: daysAhead(20) });
    const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
    const daemon = await nginx(
      { pair: full() },
      { address: '127.0.0.2', pair: full() },
      { address: '127.0.0.3', pair: full(old) },
    );
    const { port } = daemon;
    const fingerprint = ({ certificate }: CertifiedKey) =>
      new X509Certificate(certificate).fingerprint256.replaceAll(':', '');
    const expected = { fingerprints: [fingerprint(leaf)], previousFingerprints: [fingerprint(old)] };
    const result = await check({ port, addresses, expected });
    expect(result.findings.map(({ code, address }) => [code, address])).toEqual([
      ['served-old', '127.0.0.3'],
      ['addresses-differ', null],
    ]);
    writeFileSync(daemon.certificatePath(2), full().chain);
    writeFileSync(daemon.keyPath(2), leaf.privateKey);
    await daemon.replaceWorkers();
    expect(codesOf(await check({ port, addresses, expected }))).toEqual([]);
  });

  it.skipIf(!hasIpv6)('a host with IPv6 only', async () => {
    const { port } = await nginx({ address: '::1', pair: full() });
    expect(await compare(port, [], { addresses: ['::1'] })).toEqual({ codes: [], verifyCode: 0 });
    const both = await check({ port, addresses: ['127.0.0.1', '::1'] });
    expect(both.findings.map(({ code, address }) => [code, address])).toEqual([['unreachable', '127.0.0.1']]);
  });

  it('a server with TLS 1.3 only', async () => {
    const { port } = await nginx({ pair: full(), directives: ['ssl_protocols TLSv1.3;'] });
    expect(await compare(port)).toEqual({ codes: [], verifyCode: 0 });
  });

  it('a server with TLS 1.0 only, whose certificate is judged as well', async () => {
    const { port } = await keep(
      startSServer({ pair: pairOf(leaf), args: ['-tls1', '-cipher', 'ALL:@SECLEVEL=0'] }),
    );
    const { codes } = await compare(port, ['-tls1', '-cipher', 'ALL:@SECLEVEL=0']);
    expect(codes).toEqual(['missing-intermediate', 'outdated-tls']);
  });

  it('a port that nothing listens on', async () => {
    const { port } = await nginx({ pair: full() });
    await open.pop()?.stop();
    expect(codesOf(await check({ port }))).toEqual(['unreachable']);
  });

  it('a revoked leaf and a revoked intermediate', async () => {
    const lists = crls;
    if (lists === undefined) throw new Error('no server for revocation lists');
    const points = (name: string) => [`crlDistributionPoints = URI:${lists.url(name)}`];
    const serial = '1234ABCD';
    const middle = await openssl.createCa({
      subject: '/CN=Middle',
      ca: pki.root,
      days: 1_000,
      notBefore: daysAhead(-20),
      serial,
      extensions: points('root.crl'),
    });
    const own = await pki.issueLeaf({ ca: middle, serial, extensions: points('middle.crl') });
    const { port } = await nginx({ pair: pairOf(own, middle) });
    const clean = async (ca: CertifiedKey) => makeCrl(openssl, { ca });
    lists.serve('root.crl', await clean(pki.root));
    lists.serve('middle.crl', await clean(middle));
    expect(codesOf(await check({ port }))).toEqual([]);

    lists.serve('middle.crl', await makeCrl(openssl, { ca: middle, revoked: { [serial]: 'keyCompromise' } }));
    const [leafRevoked] = (await check({ port })).findings;
    expect(leafRevoked).toMatchObject({ code: 'revoked', severity: 'critical' });
    expect(leafRevoked?.message).toMatch(
      /^The CA revoked the certificate for mail\.example\.com .*keyCompromise/,
    );

    lists.serve('middle.crl', await clean(middle));
    lists.serve('root.crl', await makeCrl(openssl, { ca: pki.root, revoked: { [serial]: 'CACompromise' } }));
    const [intermediateRevoked] = (await check({ port })).findings;
    expect(intermediateRevoked?.message).toMatch(
      /^The CA revoked the intermediate certificate Middle .*cACompromise/,
    );

    lists.serve('root.crl', await clean(middle));
    expect(codesOf(await check({ port })), 'a list by another issuer').toEqual(['revocation-unknown']);
    const other = await createTestPki(openssl, 'Other');
    const untrusted = await check({ port, root: other.root.certificate });
    expect(codesOf(untrusted), 'no list of a CA that is not trusted').toEqual(['missing-intermediate']);
  });

  it('Apache with several virtual hosts', async () => {
    const other = await pki.issueLeaf({ san: ['DNS:other.example.com'] });
    const { port } = await keep(
      startApache([
        { name: 'other.example.com', pair: full(other) },
        { name: NAME, pair: pairOf(leaf, pki.lower) },
      ]),
    );
    expect(await compare(port)).toEqual({ codes: ['missing-intermediate'], verifyCode: 20 });
    const wrong = await compare(port, [], { serverName: null });
    expect(wrong.codes).toEqual(['wrong-name']);
  });

  it.skipIf(!isRoot)('Postfix on its three ports', async () => {
    const { smtpPort, smtpsPort, submissionPort } = await keep(startPostfix({ pair: full() }));
    const starttls = ['-starttls', 'smtp'];
    expect(await compare(smtpPort, starttls, { protocol: 'smtp' })).toEqual({ codes: [], verifyCode: 0 });
    expect(await compare(submissionPort, starttls, { protocol: 'smtp' })).toEqual({
      codes: [],
      verifyCode: 0,
    });
    expect(await compare(smtpsPort)).toEqual({ codes: [], verifyCode: 0 });
    expect(codesOf(await check({ port: smtpPort }))).toEqual(['plaintext-only']);
  });

  it.skipIf(!isRoot)('Postfix that does not offer STARTTLS', async () => {
    const { port } = await keep(startPostfix({ pair: null }));
    expect(codesOf(await check({ port, protocol: 'smtp' }))).toEqual(['plaintext-only']);
  });
});
