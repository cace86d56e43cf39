// Certificates for an IPv6 address (RFC 8738): a real CA validates ::1 at Certdesk's listeners there, and a TLS client accepts
// the certificate for that address.
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { missingIpv6 } from '../support/tools/ipv6.ts';
import { portOf } from '../support/tools/ports.ts';
import { describeWith } from '../support/tools/tools.ts';

const ADDRESS = '::1';

describeWith(
  'pebble',
  'a certificate for an IPv6 address',
  () => {
    let pebble: Pebble;
    let app: TestApp;

    beforeAll(async () => {
      pebble = await startPebble();
      const challenge = { host: ADDRESS, port: pebble.httpPort, required: true, alpnPort: pebble.tlsPort };
      const webPorts = { http: pebble.httpPort, https: pebble.tlsPort };
      app = await startApp({ pebble, platform: { challenge, webPorts } });
    });
    afterAll(async () => {
      await app?.stop();
      await pebble?.stop();
    });

    async function obtain(challengeType: string) {
      const id = await app.project('0:0:0::1');
      const body = { challengeType, keyType: 'ec' };
      const { status, text } = await app.call('POST', `/projects/${id}/certificate/obtain`, { body });
      expect(status, text).toBe(200);
      return id;
    }
    const download = async (id: string, format: string) =>
      (await app.call('GET', `/projects/${id}/certificate/download?format=${format}`)).text;

    it('is validated with HTTP-01 at [::1], and accepted by a client that connects there', async () => {
      const id = await obtain('http-01');
      const certificate = await download(id, 'fullchain');
      expect(new X509Certificate(certificate).subjectAltName).toBe('IP Address:0:0:0:0:0:0:0:1');
      const key = await download(id, 'key');
      const server = createServer({ cert: certificate, key }).listen(0, ADDRESS);
      await once(server, 'listening');
      const ca = [...(await pebble.issuerRoots())];
      const socket = connect({ host: ADDRESS, port: portOf(server), ca });
      try {
        await once(socket, 'secureConnect');
        expect(socket.authorized).toBe(true);
      } finally {
        socket.destroy();
        server.close();
      }
    });

    it('is validated with TLS-ALPN-01, whose server name is that of reverse DNS', async () => {
      const id = await obtain('tls-alpn-01');
      expect(new X509Certificate(await download(id, 'fullchain')).checkIP(ADDRESS)).toBe(ADDRESS);
      const renewed = await app.call('POST', `/projects/${id}/certificate/renew`);
      expect(renewed.status, renewed.text).toBe(200);
    });

    it.each(['http-01', 'tls-alpn-01'])(
      'has a doctor who sees the listener of %s at [::1]',
      async (challengeType) => {
        const body = { names: [ADDRESS], challengeType, ca: pebble.directoryUrl };
        const { body: report, text } = await app.call('POST', '/doctor', { body });
        const ports = [
          { address: ADDRESS, port: 80, state: 'answers', who: 'Certdesk' },
          { address: ADDRESS, port: 443, state: 'answers' },
        ];
        expect(report, text).toMatchObject({ findings: [], names: [{ addresses: [ADDRESS], ports }] });
      },
    );
  },
  missingIpv6(),
);
