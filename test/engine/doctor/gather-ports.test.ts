// The handshake on port 443, with real servers.
import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import { createServer } from 'node:tls';
import { expect, it } from 'vitest';
import { gatherPort443 } from '../../../src/main/engine/doctor/gather-ports.ts';
import { createAddressPolicy } from '../../../src/main/engine/outgoing/address-policy.ts';
import { portOf } from '../../support/tools/ports.ts';

const PROBE = () => ({ token: '', text: '', end: () => undefined });

async function gather(port: number, own: boolean, probe: typeof PROBE | null) {
  const facts = await gatherPort443(
    {
      policy: createAddressPolicy({
        allowPrivate: ['127.0.0.0/8'],
        listeners: () => (own ? [port] : []),
      }),
      origin: 'open',
      ports: { http: port, https: port },
      probe,
      showAnswers: true,
      answerMs: 20_000,
    },
    { name: 'www.example.com', address: '127.0.0.1' },
    new AbortController().signal,
  );
  return facts.port === 443 ? facts.tls : null;
}

it.each([
  ['answers', 'of a running Certdesk', PROBE],
  ['not-asked', 'without one', null],
] as const)('says %s about Certdesk’s own listener if the doctor is that %s', async (kind, _, probe) => {
  const server = createServer({}).listen(0, '127.0.0.1'); // no certificate: it refuses each handshake with an alert
  await once(server, 'listening');
  try {
    expect(await gather(portOf(server), true, probe)).toMatchObject({ kind });
  } finally {
    server.close();
  }
});

it.each([
  // What nginx sends with ssl_reject_handshake, and HAProxy with strict-sni (RFC 6066 section 3).
  ['answers', 'the alert unrecognized_name', Buffer.from([21, 3, 3, 0, 2, 2, 112])],
  ['not-tls', 'the greeting of a mail server', Buffer.from('220 ready\r\n')],
] as const)('says %s of a server that sends %s', async (kind, _, bytes) => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(bytes);
    socket.resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    expect(await gather(portOf(server), false, null)).toMatchObject({ kind });
  } finally {
    server.close();
  }
});
