// The verdicts of a check, compared with those of Debian's testssl.sh on the same server. It needs minutes for a server
// that is silent, drips or never ends its banner: s_client is the comparison there (probe.test.ts, starttls.spec.ts).
import { X509Certificate } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Protocol } from '../../../src/shared/endpoint.ts';
import { startApache } from '../../support/daemons/apache.ts';
import { type Daemon, isRoot, type ServedPair } from '../../support/daemons/daemon.ts';
import { startDovecot } from '../../support/daemons/dovecot.ts';
import { startNginx } from '../../support/daemons/nginx.ts';
import { startPostfix } from '../../support/daemons/postfix.ts';
import { startSServer } from '../../support/daemons/s-server.ts';
import { startSlapd } from '../../support/daemons/slapd.ts';
import { createTestPki, daysAhead, NAME, type TestPki } from '../../support/endpoints/chains.ts';
import { type CrlServer, checkOnRig, codesOf, startCrlServer } from '../../support/endpoints/check-rig.ts';
import { type PlaintextServer, startPlaintextServer } from '../../support/endpoints/plaintext-servers.ts';
import { runTestssl } from '../../support/endpoints/testssl.ts';
import { makeCrl } from '../../support/engine/crl.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';
import { describeWith } from '../../support/tools/tools.ts';

const hasIpv6 = (networkInterfaces().lo ?? []).some(({ address }) => address === '::1');
const OK = { cert_chain_of_trust: /^passed/, cert_trust: /^Ok via SAN/, certs_list_ordering_problem: /^no$/ };

describeWith(
  ['openssl', 'nginx', 'testssl', 'apache', 'postfix', 'dovecot', 'slapd'],
  'a check beside testssl.sh',
  () => {
    let openssl: OpenSsl;
    let pki: TestPki;
    let leaf: CertifiedKey;
    const open: (Daemon | PlaintextServer | CrlServer)[] = [];

    beforeAll(async () => {
      openssl = await createOpenSsl();
      pki = await createTestPki(openssl);
      leaf = await pki.issueLeaf();
    });
    afterEach(async () => {
      for (const each of open.splice(0)) await ('stop' in each ? each.stop() : each.close());
    });
    afterAll(() => openssl?.remove());

    const keep = async <T extends (typeof open)[number]>(starting: Promise<T>): Promise<T> => {
      const server = await starting;
      open.push(server);
      return server;
    };
    const pairOf = (own: CertifiedKey, ...rest: readonly CertifiedKey[]): ServedPair => ({
      chain: [own, ...rest].map(({ certificate }) => certificate).join(''),
      privateKey: own.privateKey,
    });
    const full = (own: CertifiedKey = leaf) => pairOf(own, pki.lower, pki.upper);

    interface Comparison {
      readonly port: number;
      readonly address?: string;
      readonly protocol?: Protocol;
      readonly args?: readonly string[];
      readonly codes: readonly string[];
      readonly verdicts: Readonly<Record<string, RegExp | undefined>>;
    }

    /** Both see the same certificate, and say of it what is expected of each. @param verdicts Undefined: says nothing. */
    async function compare({
      port,
      address = '127.0.0.1',
      protocol = 'tls',
      args,
      codes,
      verdicts,
    }: Comparison) {
      const root = pki.root.certificate;
      const result = await checkOnRig({ port, addresses: [address], protocol, root });
      expect(codesOf(result)).toEqual(codes);
      const seen = await runTestssl(openssl, {
        port,
        address,
        root,
        ...(args === undefined ? {} : { args }),
      });
      const [sighting] = result.sightings;
      const [own] = sighting?.state === 'presented' ? sighting.chain : [];
      const fingerprint =
        own === undefined ? undefined : new X509Certificate(own).fingerprint256.replaceAll(':', '');
      if (args?.includes('-p') !== true) expect(seen.cert_fingerprintSHA256).toBe(fingerprint);
      for (const [id, pattern] of Object.entries(verdicts)) {
        if (pattern === undefined) expect(seen, id).not.toHaveProperty(id);
        else expect(seen[id], id).toMatch(pattern);
      }
    }

    it.each<[string, () => Promise<ServedPair> | ServedPair, readonly string[], Comparison['verdicts']]>([
      [
        'a full chain',
        () => full(),
        [],
        { ...OK, certs_countServer: /^3$/, cert_expirationStatus: /^(79|80) >= 60 days/ },
      ],
      [
        'the leaf alone',
        () => pairOf(leaf),
        ['missing-intermediate'],
        { cert_chain_of_trust: /chain incomplete/ },
      ],
      [
        'the upper intermediate missing',
        () => pairOf(leaf, pki.lower),
        ['missing-intermediate'],
        { cert_chain_of_trust: /chain incomplete/ },
      ],
      [
        'the lower intermediate missing',
        () => pairOf(leaf, pki.upper),
        ['missing-intermediate'],
        { cert_chain_of_trust: /chain incomplete/ },
      ],
      [
        'the wrong order',
        () => pairOf(leaf, pki.upper, pki.lower),
        ['chain-out-of-order'],
        { cert_chain_of_trust: /^passed/, certs_list_ordering_problem: /^yes$/ },
      ],
      [
        'the root as well',
        () => pairOf(leaf, pki.lower, pki.upper, pki.root),
        ['extra-root'],
        { ...OK, certs_countServer: /^4$/ },
      ],
      [
        'another name',
        async () =>
          full(await pki.issueLeaf({ subject: '/CN=other.example.com', san: ['DNS:other.example.com'] })),
        ['wrong-name'],
        { cert_trust: /does not match supplied URI/ },
      ],
      [
        'an expired certificate',
        async () => full(await pki.issueLeaf({ notBefore: daysAhead(-90), notAfter: daysAhead(-1) })),
        ['expired'],
        { cert_chain_of_trust: /expired/, cert_expirationStatus: /expired/ },
      ],
      [
        'a certificate that expires soon',
        async () => full(await pki.issueLeaf({ notBefore: daysAhead(-80), notAfter: daysAhead(10.5) })),
        ['expiring'],
        { ...OK, cert_expirationStatus: /^expires < \d+ days/ },
      ],
      [
        'a self-signed certificate',
        async () =>
          pairOf(
            await openssl.issue({ subject: `/CN=${NAME}`, san: [`DNS:${NAME}`], notBefore: daysAhead(-1) }),
          ),
        ['self-signed'],
        { cert_chain_of_trust: /self signed/ },
      ],
    ])('agrees about nginx with %s', async (_, pair, codes, verdicts) => {
      const { port } = await keep(startNginx([{ pair: await pair() }]));
      await compare({ port, codes, verdicts });
    });

    it('sees the old certificate on one address and the new one on the other', async () => {
      const old = await pki.issueLeaf({ notBefore: daysAhead(-70), notAfter: daysAhead(20) });
      const blocks = [{ pair: full() }, { address: '127.0.0.2', pair: full(old) }];
      const { port } = await keep(startNginx(blocks));
      await compare({ port, codes: [], verdicts: OK });
      await compare({ port, address: '127.0.0.2', codes: [], verdicts: OK });
    });

    it.skipIf(!hasIpv6)('agrees about a host with IPv6 only', async () => {
      const { port } = await keep(startNginx([{ address: '::1', pair: full() }]));
      await compare({ port, address: '::1', codes: [], verdicts: OK });
    });

    it('agrees about a server without a certificate for clients without SNI', async () => {
      const { port } = await keep(startNginx([{ pair: null }, { name: NAME, pair: full() }]));
      await compare({ port, codes: [], verdicts: { ...OK, cert_trust: /SNI mandatory/ } });
    });

    it('agrees about a revoked certificate', async () => {
      const lists = await keep(startCrlServer());
      const serial = '1234ABCD';
      const own = await pki.issueLeaf({
        serial,
        extensions: [`crlDistributionPoints = URI:${lists.url('own.crl')}`],
      });
      lists.serve(
        'own.crl',
        await makeCrl(openssl, { ca: pki.lower, revoked: { [serial]: 'keyCompromise' } }),
      );
      const { port } = await keep(startNginx([{ pair: full(own) }]));
      const args = ['-S', '--ssl-native', '--phone-out'];
      await compare({ port, args, codes: ['revoked'], verdicts: { cert_crlRevoked: /revoked/ } });
    });

    it('agrees about TLS 1.3 only, and about TLS 1.0 only, with which it cannot connect', async () => {
      const current = await keep(startNginx([{ pair: full(), directives: ['ssl_protocols TLSv1.3;'] }]));
      await compare({
        port: current.port,
        args: ['-p'],
        codes: [],
        verdicts: { TLS1_3: /^offered/, TLS1_2: /^not offered/ },
      });
      const outdated = ['-tls1', '-cipher', 'ALL:@SECLEVEL=0'];
      const { port } = await keep(startSServer({ pair: full(), args: outdated }));
      await compare({
        port,
        args: ['-p'],
        codes: ['outdated-tls'],
        verdicts: { optimal_proto: /cannot connect/ }, // no more than current clients can
      });
    });

    it('agrees about Apache with a missing intermediate', async () => {
      const { port } = await keep(startApache([{ name: NAME, pair: pairOf(leaf, pki.lower) }]));
      await compare({
        port,
        codes: ['missing-intermediate'],
        verdicts: { cert_chain_of_trust: /chain incomplete/ },
      });
    });

    it.skipIf(!isRoot).each<[string, (pair: ServedPair) => Promise<Daemon>, Protocol, string]>([
      ['Postfix', (pair) => startPostfix({ pair }), 'smtp', 'smtp'],
      ['Dovecot', startDovecot, 'imap', 'imap'],
      ['OpenLDAP', startSlapd, 'ldap', 'ldap'],
    ])('agrees about STARTTLS of %s, with and without an intermediate', async (_, start, protocol, name) => {
      const args = ['-S', '--ssl-native', '-t', name];
      const right = await keep(start(full()));
      await compare({ port: right.port, protocol, args, codes: [], verdicts: OK });
      const gap = await keep(start(pairOf(leaf, pki.lower)));
      const verdicts = { cert_chain_of_trust: /chain incomplete/ };
      await compare({ port: gap.port, protocol, args, codes: ['missing-intermediate'], verdicts });
    });

    it.skipIf(!isRoot)('sees no certificate of Postfix without STARTTLS either', async () => {
      const { port } = await keep(startPostfix({ pair: null }));
      const args = ['-S', '--ssl-native', '-t', 'smtp'];
      await compare({
        port,
        protocol: 'smtp',
        args,
        codes: ['plaintext-only'],
        verdicts: { cert_trust: undefined },
      });
    });

    it('sees no certificate in garbage either', async () => {
      const garbage = await keep(
        startPlaintextServer(async (socket) => void socket.end('garbage\r\n'.repeat(100))),
      );
      await compare({ port: garbage.port, codes: ['plaintext-only'], verdicts: { cert_trust: undefined } });
    });
  },
);
