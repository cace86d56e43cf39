// Whether the probe reports the certificates that are on the wire. A relay records the server's bytes, and a second reader of
// the Certificate message in them, which gets the secret from the server, must agree with the probe byte by byte.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { connect as connectTls, createServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createProbe } from '../../../src/main/engine/endpoints/probe.ts';
import { listChain } from '../../../src/main/engine/endpoints/sent-chain.ts';
import { type SServer, startSServer } from '../../support/daemons/s-server.ts';
import { createTestPki, NAME, type TestPki, toDer } from '../../support/endpoints/chains.ts';
import { type PlaintextServer, startPlaintextServer } from '../../support/endpoints/plaintext-servers.ts';
import { readTls12, readTls13 } from '../../support/endpoints/wire.ts';
import { LOOPBACK_POLICY } from '../../support/tools/network.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';
import { describeWith } from '../../support/tools/tools.ts';

const probe = createProbe({ policy: LOOPBACK_POLICY, clock: { now: () => new Date() } });

describeWith('openssl', 'the chain as sent', () => {
  let openssl: OpenSsl;
  let pki: TestPki;
  let leaf: CertifiedKey;
  let server: SServer | undefined;
  let relay: PlaintextServer | undefined;

  beforeAll(async () => {
    openssl = await createOpenSsl();
    pki = await createTestPki(openssl);
    leaf = await pki.issueLeaf();
  });
  afterEach(async () => {
    relay?.close();
    await server?.stop();
  });
  afterAll(() => openssl?.remove());

  const CHAINS: readonly (readonly [string, () => readonly CertifiedKey[]])[] = [
    ['full', () => [leaf, pki.lower, pki.upper]],
    ['in the wrong order', () => [leaf, pki.upper, pki.lower]],
    ['with a gap', () => [leaf, pki.upper]],
    ['with the root', () => [leaf, pki.lower, pki.upper, pki.root]],
    ['with a certificate twice', () => [leaf, leaf, pki.lower, pki.upper]],
    ['of a leaf alone', () => [leaf]],
  ];
  const VERSIONS = [
    ['TLSv1.2', '-tls1_2', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
    ['TLSv1.3', '-tls1_3', 'TLS_AES_128_GCM_SHA256'],
    ['TLSv1.3', '-tls1_3', 'TLS_AES_256_GCM_SHA384'],
    ['TLSv1.3', '-tls1_3', 'TLS_CHACHA20_POLY1305_SHA256'],
  ] as const;
  const CASES = VERSIONS.flatMap((version) => CHAINS.map((chain) => [...version, ...chain] as const));

  it.each(CASES)(
    '%s (%s %s) is the list on the wire: a chain %s',
    async (version, option, cipher, _, chain) => {
      const certificates = chain();
      const pair = {
        chain: certificates.map(({ certificate }) => certificate).join(''),
        privateKey: leaf.privateKey,
      };
      const choice = version === 'TLSv1.3' ? '-ciphersuites' : '-cipher';
      const target = await startSServer({ pair, args: [option, choice, cipher] });
      server = target;
      const sent: Buffer[] = [];
      relay = await startPlaintextServer((client) => {
        const upstream = connect({ host: '127.0.0.1', port: target.port });
        upstream.on('error', () => client.destroy()).on('data', (chunk: Buffer) => void sent.push(chunk));
        upstream.pipe(client).pipe(upstream);
        client.on('close', () => upstream.destroy());
      });

      const seen = await probe(
        { address: '127.0.0.1', port: relay.port, serverName: NAME, protocol: 'tls' },
        { signal: new AbortController().signal, origin: 'named', timeoutMs: 60_000 },
      );
      if (seen.state === 'failed') throw new Error(seen.message);

      expect(seen.tlsVersion).toBe(version);
      const bytes = Buffer.concat(sent);
      const onWire =
        version === 'TLSv1.2' ? readTls12(bytes) : readTls13(bytes, secretOf(target.keyLogPath), cipher);
      const hex = (list: readonly Uint8Array[]) => list.map((der) => Buffer.from(der).toString('hex'));
      expect(hex(seen.chain)).toEqual(hex(onWire));
      expect(hex(onWire), 'the server sends what it was given').toEqual(hex(certificates.map(toDer)));
    },
  );

  it("agrees with Node's own list", async () => {
    const chain = [leaf, pki.upper, pki.lower];
    const cert = chain.map(({ certificate }) => certificate).join('');
    const node = createServer({ cert, key: leaf.privateKey }).listen(0, '127.0.0.1');
    await once(node, 'listening');
    const { port } = node.address() as AddressInfo;
    const client = connectTls({ host: '127.0.0.1', port, servername: NAME, rejectUnauthorized: false });
    await once(client, 'secureConnect');
    const listed = listChain(client);
    client.destroy();
    node.close();
    expect(listed).toEqual(chain.map(toDer));
  });

  it.each(['X25519MLKEM768', 'secp521r1'])(
    'is seen if the server supports only the group %s',
    async (group) => {
      const { certificate: cert, privateKey: key } = leaf;
      const only = createServer({ cert, key, ecdhCurve: group, minVersion: 'TLSv1.3' });
      only.listen(0, '127.0.0.1');
      await once(only, 'listening');
      const { port } = only.address() as AddressInfo;
      const seen = await probe(
        { address: '127.0.0.1', port, serverName: NAME, protocol: 'tls' },
        { signal: new AbortController().signal, origin: 'named', timeoutMs: 60_000 },
      ).finally(() => only.close());
      expect(seen).toMatchObject({ state: 'presented', chain: [toDer(leaf)], outdated: false });
    },
  );

  it.each(['-tls1_2', '-tls1_3'])(
    'is seen although the server demands a client certificate (%s)',
    async (option) => {
      const pair = { chain: leaf.certificate + pki.lower.certificate, privateKey: leaf.privateKey };
      server = await startSServer({ pair, args: [option, '-Verify', '1'] });
      const seen = await probe(
        { address: '127.0.0.1', port: server.port, serverName: NAME, protocol: 'tls' },
        { signal: new AbortController().signal, origin: 'named', timeoutMs: 60_000 },
      );
      expect(seen).toMatchObject({ state: 'presented', chain: [toDer(leaf), toDer(pki.lower)] });
    },
  );
});

function secretOf(keyLog: string): Buffer {
  const line = readFileSync(keyLog, 'utf8')
    .split('\n')
    .findLast((each) => each.startsWith('SERVER_HANDSHAKE_TRAFFIC_SECRET '));
  return Buffer.from(line?.split(' ')[2] ?? '', 'hex');
}
