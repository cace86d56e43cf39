// Every server whose protocol the probe speaks: its full chain, a missing intermediate, and no TLS at all, compared with
// `openssl s_client -showcerts` on the same server.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Protocol } from '../../../src/shared/endpoint.ts';
import { type Daemon, isRoot, type ServedPair } from '../../support/daemons/daemon.ts';
import { startDovecot } from '../../support/daemons/dovecot.ts';
import { startHaproxy } from '../../support/daemons/haproxy.ts';
import { startMariadb } from '../../support/daemons/mariadb.ts';
import { startPostfix } from '../../support/daemons/postfix.ts';
import { startPostgres } from '../../support/daemons/postgres.ts';
import { startProsody } from '../../support/daemons/prosody.ts';
import { startSlapd } from '../../support/daemons/slapd.ts';
import { startVsftpd } from '../../support/daemons/vsftpd.ts';
import { createTestPki, NAME, type TestPki } from '../../support/endpoints/chains.ts';
import { checkOnRig, codesOf } from '../../support/endpoints/check-rig.ts';
import { runSClient } from '../../support/endpoints/s-client.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';
import { describeWith } from '../../support/tools/tools.ts';

interface Port {
  readonly protocol: Protocol;
  /** Which of the server's ports; default: the first. */
  readonly at?: number;
  /** The same protocol in s_client; null if s_client does not speak it. */
  readonly starttls?: string;
}

interface Row {
  readonly name: string;
  /** @param pair Null: without TLS. */
  start(pair: ServedPair | null): Promise<Daemon>;
  readonly ports: readonly Port[];
  readonly needsRoot?: boolean;
  /** It cannot run without a certificate. */
  readonly alwaysTls?: boolean;
}

const ROWS: readonly Row[] = [
  {
    name: 'postfix',
    start: (pair) => startPostfix({ pair }),
    ports: [
      { protocol: 'smtp', starttls: 'smtp' },
      { protocol: 'tls', at: 1 },
      { protocol: 'smtp', starttls: 'smtp', at: 2 },
    ],
    needsRoot: true,
  },
  {
    name: 'dovecot',
    start: startDovecot,
    ports: [
      { protocol: 'imap', starttls: 'imap' },
      { protocol: 'pop3', starttls: 'pop3', at: 1 },
      { protocol: 'tls', at: 2 },
      { protocol: 'tls', at: 3 },
    ],
    needsRoot: true,
  },
  {
    name: 'slapd',
    start: startSlapd,
    ports: [
      { protocol: 'ldap', starttls: 'ldap' },
      { protocol: 'tls', at: 1 },
    ],
  },
  { name: 'postgres', start: startPostgres, ports: [{ protocol: 'postgres', starttls: 'postgres' }] },
  { name: 'mariadb', start: startMariadb, ports: [{ protocol: 'mysql', starttls: 'mysql' }] },
  { name: 'vsftpd', start: startVsftpd, ports: [{ protocol: 'ftp', starttls: 'ftp' }] },
  {
    name: 'prosody',
    start: (pair) => startProsody(NAME, pair),
    ports: [{ protocol: 'xmpp-client', starttls: 'xmpp' }],
    needsRoot: true,
  },
  {
    name: 'haproxy',
    start: (pair) => startHaproxy(pair as ServedPair),
    ports: [{ protocol: 'tls' }],
    alwaysTls: true,
  },
];

describeWith(
  ['openssl', 'postfix', 'dovecot', 'slapd', 'postgres', 'mariadb', 'vsftpd', 'prosody', 'haproxy'],
  'checking every kind of server',
  () => {
    let openssl: OpenSsl;
    let pki: TestPki;
    let leaf: CertifiedKey;
    let daemon: Daemon | undefined;

    beforeAll(async () => {
      openssl = await createOpenSsl();
      pki = await createTestPki(openssl);
      leaf = await pki.issueLeaf();
    });
    afterEach(() => daemon?.stop());
    afterAll(() => openssl?.remove());

    const pairOf = (...chain: readonly CertifiedKey[]): ServedPair => ({
      chain: chain.map(({ certificate }) => certificate).join(''),
      privateKey: leaf.privateKey,
    });

    describe.each(ROWS)('$name', ({ start, ports, needsRoot = false, alwaysTls = false }) => {
      it.skipIf(needsRoot && !isRoot).each<[string, () => ServedPair, readonly string[], number]>([
        ['a full chain', () => pairOf(leaf, pki.lower, pki.upper), [], 0],
        ['a missing intermediate', () => pairOf(leaf, pki.lower), ['missing-intermediate'], 20],
      ])('with %s', async (_, pair, codes, verifyCode) => {
        daemon = await start(pair());
        for (const { protocol, at = 0, starttls } of ports) {
          const port = daemon.ports[at] ?? 0;
          const root = pki.root.certificate;
          const result = await checkOnRig({ port, protocol, root });
          const [sighting] = result.sightings;
          if (sighting?.state !== 'presented') throw new Error(`${sighting?.message}\n${daemon.output()}`);
          const args = starttls === undefined ? [] : ['-starttls', starttls];
          const named = starttls === 'xmpp' ? ['-xmpphost', NAME] : [];
          const seen = await runSClient(openssl, { port, serverName: NAME, root, args: [...args, ...named] });
          expect(sighting.chain.map((der) => Buffer.from(der))).toEqual(seen?.chain);
          expect({ codes: codesOf(result), verifyCode: seen?.verifyCode }).toEqual({ codes, verifyCode });
        }
      });

      if (alwaysTls) return;
      it.skipIf(needsRoot && !isRoot)('without TLS', async () => {
        daemon = await start(null);
        const [{ protocol } = { protocol: 'tls' as const }] = ports;
        const result = await checkOnRig({ port: daemon.port, protocol, root: pki.root.certificate });
        expect(result.findings.map(({ code, message }) => [code, message])).toEqual([
          [
            'plaintext-only',
            `127.0.0.1:${daemon.port} does not offer STARTTLS: connections to it stay in plaintext.`,
          ],
        ]);
      });
    });
  },
);
