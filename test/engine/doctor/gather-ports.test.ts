// The handshake on port 443, with a real TLS server.
import { once } from 'node:events';
import { createServer } from 'node:tls';
import { expect, it } from 'vitest';
import { gatherPort443 } from '../../../src/main/engine/doctor/gather-ports.ts';
import { createAddressPolicy } from '../../../src/main/engine/outgoing/address-policy.ts';
import { portOf } from '../../support/tools/ports.ts';

it.each([
  ['answers', 'of a running Certdesk', () => ({ token: '', text: '', end: () => undefined })],
  ['not-asked', 'without one', null],
] as const)('says %s about Certdesk’s own listener if the doctor is that %s', async (state, _, probe) => {
  const server = createServer({}).listen(0, '127.0.0.1'); // no certificate: it refuses each handshake with an alert
  await once(server, 'listening');
  const port = portOf(server);
  try {
    const { signal } = new AbortController();
    const facts = await gatherPort443(
      {
        policy: createAddressPolicy({ allowPrivate: ['127.0.0.0/8'], listeners: () => [port] }),
        origin: 'open',
        ports: { http: port, https: port },
        probe,
        showAnswers: true,
        answerMs: 20_000,
      },
      { name: 'www.example.com', address: '127.0.0.1' },
      signal,
    );
    expect(facts).toMatchObject({ tls: { kind: state } });
  } finally {
    server.close();
  }
});
