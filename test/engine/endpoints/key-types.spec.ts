// A server with an RSA and an ECDSA certificate presents each of them to the handshake that offers only its key type.
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type SecureVersion } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProbe } from '../../../src/main/engine/endpoints/probe.ts';
import { createTestPki, NAME, type TestPki } from '../../support/endpoints/chains.ts';
import { LOOPBACK_POLICY } from '../../support/tools/network.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';
import { describeWith } from '../../support/tools/tools.ts';

describeWith('openssl', 'a handshake that offers one key type', () => {
  let openssl: OpenSsl;
  let pki: TestPki;
  let keys: { readonly rsa: CertifiedKey; readonly ec: CertifiedKey };
  const probe = createProbe({ policy: LOOPBACK_POLICY, clock: { now: () => new Date() } });

  beforeAll(async () => {
    openssl = await createOpenSsl();
    pki = await createTestPki(openssl);
    keys = { rsa: await pki.issueLeaf({ key: 'rsa-2048' }), ec: await pki.issueLeaf() };
  });
  afterAll(() => openssl?.remove());

  async function see(served: readonly CertifiedKey[], version: SecureVersion, keyType?: 'rsa' | 'ec') {
    const server = createServer({
      key: served.map(({ privateKey }) => privateKey),
      cert: served.map(({ certificate }) => certificate),
      maxVersion: version,
    });
    server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const target = { address: '127.0.0.1', port, serverName: NAME, protocol: 'tls' as const };
      const options = { signal: new AbortController().signal, origin: 'named' as const };
      const sighting = await probe(keyType === undefined ? target : { ...target, keyType }, options);
      if (sighting.state === 'failed') return sighting.code;
      return new X509Certificate(sighting.chain[0] ?? '').publicKey.asymmetricKeyType;
    } finally {
      server.close();
    }
  }

  describe.each(['TLSv1.3', 'TLSv1.2'] as const)('%s', (version) => {
    it('gets the certificate of that type', async () => {
      const both = [keys.rsa, keys.ec];
      expect(await see(both, version, 'rsa')).toBe('rsa');
      expect(await see(both, version, 'ec')).toBe('ec');
    });

    it('is refused by a server that has none of that type', async () => {
      expect(await see([keys.ec], version, 'rsa')).toBe('handshake-failed');
      expect(await see([keys.rsa], version, 'ec')).toBe('handshake-failed');
      expect(await see([keys.rsa], version)).toBe('rsa');
    });
  });
});
