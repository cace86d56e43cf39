// tls-alpn-01 with a real CA: on a listener of its own, and on the port that also serves HTTPS.
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Pebble, startPebble } from '../../support/acme/pebble.ts';
import { startApp, type TestApp } from '../../support/server/app.ts';
import { callHttp1, startHttpsApp } from '../../support/server/https.ts';
import { describeWith } from '../../support/tools/tools.ts';

const OBTAIN = { challengeType: 'tls-alpn-01', keyType: 'ec' };

describeWith('pebble', 'tls-alpn-01', () => {
  let pebble: Pebble;
  let app: TestApp;
  let project: string;

  beforeAll(async () => {
    pebble = await startPebble();
    app = await startApp({
      pebble,
      platform: {
        challenge: { ...challenge(), alpnPort: pebble.tlsPort },
        webPorts: { http: pebble.httpPort, https: pebble.tlsPort },
        dns: { resolvers: [pebble.challtestsrv.dnsAddress], endpoints: {}, authorityPort: null },
      },
    });
    project = await app.project('alpn.example.com', ['www.alpn.example.com']);
  });
  afterAll(async () => {
    await app?.stop();
    await pebble?.stop();
  });

  const challenge = () => ({ host: '127.0.0.1', port: 0, required: true });
  const sanOf = async (id = project): Promise<string | undefined> => {
    const { text } = await app.call('GET', `/projects/${id}/certificate/download?format=fullchain`);
    return new X509Certificate(text).subjectAltName;
  };

  it('finds that the names reach the listener', async () => {
    const body = { challengeType: 'tls-alpn-01' };
    const { body: found } = await app.call('POST', `/projects/${project}/reachability`, { body });
    // A public CA cannot reach 127.0.0.1, but the handshake showed the certificate of this Certdesk.
    expect(found).toMatchObject({ verdict: 'doubtful' });
    expect(found.names?.[0]?.addresses?.[0]).toMatchObject({ finding: 'private', address: '127.0.0.1' });
  });

  it('obtains a certificate for several names', async () => {
    const answer = await app.call('POST', `/projects/${project}/certificate/obtain`, { body: OBTAIN });
    expect(answer.status, answer.text).toBe(200);
    expect(await sanOf()).toBe('DNS:alpn.example.com, DNS:www.alpn.example.com');
    expect(app.app.engine.alpnChallenges.answer('alpn.example.com')).toBeNull();
  });

  it('obtains a certificate for an IP address, whose server name is that of reverse DNS (RFC 8738)', async () => {
    const id = await app.project('127.0.0.1', ['ip.alpn.example.com']);
    const answer = await app.call('POST', `/projects/${id}/certificate/obtain`, { body: OBTAIN });
    expect(answer.status, answer.text).toBe(200);
    expect(await sanOf(id)).toBe('DNS:ip.alpn.example.com, IP Address:127.0.0.1');
  });

  it('validates one name for several orders at once, one after the other', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => app.project('shared.example.com')));
    const answers = await Promise.all(
      ids.map((id) => app.call('POST', `/projects/${id}/certificate/obtain`, { body: OBTAIN })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(app.app.engine.alpnChallenges.answer('shared.example.com')).toBeNull();
  });

  it('refuses a wildcard before the CA is asked', async () => {
    const id = await app.project('*.wild.example.com');
    const answer = await app.call('POST', `/projects/${id}/certificate/obtain`, { body: OBTAIN });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    expect(answer.text).toContain('needs dns-01');
  });

  it('renews on the port that also serves HTTPS after a restart', async () => {
    await app.close();
    app = await startHttpsApp({
      pebble,
      dataFolder: app.dataFolder,
      platform: {
        api: { host: '127.0.0.1', port: pebble.tlsPort },
        challenge: { ...challenge(), alpnPort: pebble.tlsPort },
      },
    });
    expect(app.app.alpnPort).toBe(pebble.tlsPort);
    const call = { headers: { authorization: `Bearer ${app.token}` } };
    const at = `${app.app.address}/api/v1`;
    // While the CA validates, the API answers the same request on the same port.
    const renewed = await callHttp1(`${at}/projects/${project}/certificate/renew`, 'POST', call);
    expect(renewed.status, renewed.text).toBe(200);
    const { body } = await callHttp1(`${at}/projects/${project}/certificate`, 'GET', call);
    expect(body.renewedFrom).not.toBeNull();
  });

  it('says how to turn it on if no listener answers the challenges', async () => {
    await app.close();
    app = await startApp({ pebble, dataFolder: app.dataFolder });
    const answer = await app.call('POST', `/projects/${project}/certificate/renew`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'ALPN_LISTENER_OFF' } });
    expect(answer.text).toContain('--alpn-port 443');
  });
});
