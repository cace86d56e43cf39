import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCrlFetcher, isPrivate } from '../../src/main/engine/fetch-crl.ts';
import { portOf } from '../support/ports.ts';

const signal = new AbortController().signal;

describe('isPrivate', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '169.254.169.254',
    '192.168.0.1',
    '172.31.0.1',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '224.0.0.1',
  ])('%s: yes', (address) => expect(isPrivate(address)).toBe(true));
  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])('%s: no', (address) =>
    expect(isPrivate(address)).toBe(false),
  );
});

describe('a list', () => {
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
  const make = (options?: { privateToo: boolean }) => {
    const fetcher = createCrlFetcher(options);
    open.push(fetcher);
    return fetcher;
  };
  afterEach(() => Promise.all(open.splice(0).map((fetcher) => fetcher.close())));

  it('is fetched as it is served', async () => {
    expect([...(await make({ privateToo: true }).fetch(`${url}/ok`, signal))]).toEqual([0x30, 0x00]);
  });

  it('that is elsewhere, or over 16 MiB, is a failure', async () => {
    const { fetch } = make({ privateToo: true });
    await expect(fetch(`${url}/moved`, signal)).rejects.toMatchObject({ code: 'ACME_UNAVAILABLE' });
    await expect(fetch(`${url}/endless`, signal)).rejects.toMatchObject({ code: 'ACME_UNAVAILABLE' });
  });

  it('at a private address is not asked for, by address or by name', async () => {
    asked = 0;
    const { fetch } = make();
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433']) {
      const address = url.replace('127.0.0.1', host);
      await expect(fetch(`${address}/ok`, signal), host).rejects.toThrow(/private address/);
    }
    expect(asked).toBe(0);
  });
});
