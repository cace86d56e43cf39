// Runs the same checks against every ACME server: obtain, renew, revoke, and the message of a failed validation.
import { X509Certificate } from 'node:crypto';
import type { Bind } from '../../test/support/dns/bind.ts';
import { startApp, type TestApp } from '../../test/support/server/app.ts';
import { platformDns, tsigCredentials, UNREACHABLE, ZONE } from './names.ts';
import { type Bench, ensure } from './peer.ts';

export interface AcmeServer {
  readonly directoryUrl: string;
  /** PEM: the root of the server's own HTTPS. */
  readonly rootPem: string;
  readonly bind: Bind;
  /** The port to which it connects for HTTP-01, if configurable. */
  readonly httpPort?: number;
  /** The message that users must see after a failed validation. */
  readonly failure: RegExp;
  /** Whether it accepts a key compromise that the account key signs. */
  readonly keyCompromise?: true;
}

/** django-ca and acme2certifier reject accounts without a contact. */
const REQUEST = { keyType: 'ec', email: 'admin@example.com' };
const certificate = (id: string, rest = ''): string => `/projects/${id}/certificate${rest}`;

export async function checkAcmeServer(bench: Bench, server: AcmeServer): Promise<void> {
  const app = await startForServer(bench, server);
  const dns01 = {
    ...{ ...REQUEST, challengeType: 'dns-01', dnsProvider: 'rfc2136' },
    dnsCredentials: tsigCredentials(server.bind),
  };
  const obtain = (id: string, body: object) => app.asUser('POST', certificate(id, '/obtain'), { body });
  const leafOf = async (id: string): Promise<X509Certificate> => {
    const { text } = await app.call('GET', certificate(id, '/download?format=pem'));
    return new X509Certificate(text);
  };
  const id = await app.project(`app.${ZONE}`, [`www.${ZONE}`]);

  await bench.check('obtains a certificate for two names by DNS-01', async () => {
    const answer = await obtain(id, dns01);
    ensure(answer.status === 200, answer.text);
    const leaf = await leafOf(id);
    ensure(leaf.checkHost(`www.${ZONE}`) !== undefined, `the certificate names ${leaf.subjectAltName}`);
    return `issued by ${leaf.issuer.replaceAll('\n', ', ')}`;
  });
  await bench.check('renews it', async () => {
    const before = (await leafOf(id)).serialNumber;
    const answer = await app.call('POST', certificate(id, '/renew'));
    ensure(answer.status === 200, answer.text);
    ensure((await leafOf(id)).serialNumber !== before, 'the serial number is the same');
    return undefined;
  });
  if (server.httpPort !== undefined)
    await bench.check('obtains a certificate by HTTP-01', async () => {
      const answer = await obtain(await app.project(`web.${ZONE}`), { ...REQUEST, challengeType: 'http-01' });
      ensure(answer.status === 200, answer.text);
      return undefined;
    });
  const reason = server.keyCompromise === undefined ? 'superseded' : 'keyCompromise';
  await bench.check(`revokes it (${reason})`, async () => {
    const answer = await app.call('POST', certificate(id, '/revoke'), { body: { reason } });
    ensure(answer.status === 200, answer.text);
    return undefined;
  });
  await bench.check('shows the reason of a failed validation', async () => {
    const answer = await obtain(await app.project(UNREACHABLE), { ...REQUEST, challengeType: 'http-01' });
    ensure(answer.status >= 400, `it was answered by ${answer.status}`);
    ensure(answer.body.code === ('CHALLENGE_FAILED' as unknown), answer.text);
    const [failure] = Object.values(answer.body.details?.failures ?? {});
    const said = String(failure?.problem?.detail ?? failure?.advice);
    ensure(server.failure.test(said), answer.text);
    return said;
  });
}

async function startForServer(
  bench: Bench,
  { directoryUrl, rootPem, bind, httpPort }: AcmeServer,
): Promise<TestApp> {
  const app = await startApp({
    platform: {
      directories: { production: directoryUrl },
      acmeRoots: rootPem,
      dns: platformDns(bind),
      ...(httpPort === undefined
        ? {}
        : {
            challenge: { host: '127.0.0.1', port: httpPort, required: true },
            webPorts: { http: httpPort, https: 443 },
          }),
    },
  });
  bench.cleanUp(app.stop);
  await bench.check('is named by its own host in GET /cas', async () => {
    const { body } = await app.call('GET', '/cas');
    const [first] = Object.values(body.cas ?? {});
    const { host } = new URL(directoryUrl);
    ensure(String(first?.name) === host, `it is named ${String(first?.name)}`);
    return undefined;
  });
  return app;
}
