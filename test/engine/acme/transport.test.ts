// The connections on which requests reach the CA.
import { expect, it } from 'vitest';
import { createTransport } from '../../../src/main/engine/acme/transport.ts';
import { startFakeCa } from '../../support/acme/fake-ca.ts';
import { LOOPBACK_POLICY } from '../../support/tools/network.ts';

it('requests that follow each other at once share one connection', async () => {
  const ca = await startFakeCa();
  const transport = createTransport({
    addressPolicy: LOOPBACK_POLICY,
    requestTimeoutMs: 60_000,
    userAgent: 'certdesk-tests/1',
  });
  try {
    const { directoryUrl } = ca;
    for (let turn = 0; turn < 5; turn += 1)
      await transport.send({ method: 'GET', url: directoryUrl, directoryUrl });
    expect(ca.connections).toBe(1);
  } finally {
    await transport.close();
    await ca.stop();
  }
});
