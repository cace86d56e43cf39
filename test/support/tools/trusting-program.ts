// A process whose system store has another root: connects to an HTTPS server and a mail server, and prints the results.
// Node reads the store's location (SSL_CERT_FILE) at startup, so this cannot be tested within the test's process.
import { connect } from 'node:tls';
import { request } from 'undici';
import { sendMail } from '../../../src/main/engine/notifications/smtp.ts';
import { createAgent } from '../../../src/main/engine/outgoing/connect.ts';
import { LOOPBACK_POLICY as policy } from './network.ts';

const [url = '', smtpPort = ''] = process.argv.slice(2);
const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'trusted',
    (error: unknown) => String(error),
  );
const agent = await createAgent({ policy, origin: 'open', connectTimeoutMs: 20_000 });
/** As a client that has only the roots that come with Node. */
const askWithBundledRoots = () =>
  new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(url);
    const socket = connect({ host, port: Number(port) }, () => resolve(socket.destroy()));
    socket.on('error', reject);
  });
const server = {
  host: '127.0.0.1',
  port: Number(smtpPort),
  security: 'tls' as const,
  username: null,
  from: 'a@example.com',
  to: ['b@example.com'],
  rootCertificate: null,
};
const mail = {
  server,
  origin: 'open' as const,
  password: null,
  id: 'i',
  subject: 's',
  text: 't',
  date: new Date(),
};
console.log(
  JSON.stringify({
    https: await outcome(request(url, { dispatcher: agent }).then(({ body }) => body.text())),
    mail: await outcome(sendMail(policy, mail, AbortSignal.timeout(20_000))),
    withoutOurRoots: await outcome(askWithBundledRoots()),
  }),
);
await agent.destroy();
