import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AddressPolicy, createAddressPolicy } from '../../../src/main/engine/outgoing/address-policy.ts';
import { createCrlFetcher } from '../../../src/main/engine/revocation/crl-fetcher.ts';
import { LOOPBACK_POLICY } from '../../support/tools/network.ts';
import { portOf } from '../../support/tools/ports.ts';

const signal = new AbortController().signal;

describe('a fetched CRL', () => {
  let server: Server;
  let asked = 0;
  let url = '';
  beforeAll(async () => {
    server = createServer((request, reply) => {
      asked += 1;
      if (request.url === '/moved') return void reply.writeHead(302, { location: '/ok' }).end();
      if (request.url === '/endless') return void reply.end(Buffer.alloc(17 * 1024 * 1024));
      reply.end(Buffer.from([0x30, 0x00]));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${portOf(server)}`;
  });
  afterAll(() => void server?.close());

  const open: ReturnType<typeof createCrlFetcher>[] = [];
  const make = (policy: AddressPolicy) => {
    const fetcher = createCrlFetcher(policy);
    open.push(fetcher);
    return fetcher;
  };
  afterEach(() => Promise.all(open.splice(0).map((fetcher) => fetcher.close())));

  it('is returned as served', async () => {
    expect([...(await make(LOOPBACK_POLICY).fetch(`${url}/ok`, signal))]).toEqual([0x30, 0x00]);
  });

  it('fails if it is redirected, or larger than 16 MiB', async () => {
    const { fetch } = make(LOOPBACK_POLICY);
    await expect(fetch(`${url}/moved`, signal)).rejects.toMatchObject({ code: 'ACME_UNAVAILABLE' });
    await expect(fetch(`${url}/endless`, signal)).rejects.toMatchObject({ code: 'ACME_UNAVAILABLE' });
  });

  it('is not requested from a private address, by address or by name', async () => {
    asked = 0;
    const { fetch } = make(createAddressPolicy());
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433']) {
      const address = url.replace('127.0.0.1', host);
      await expect(fetch(`${address}/ok`, signal), host).rejects.toThrow(/private network/);
    }
    expect(asked).toBe(0);
  });
});
