// Requests of IP addresses, as a CA makes them: no name server, brackets around IPv6, no way to another address.
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FetchDeps, fetchAsCa } from '../../../../src/main/engine/challenges/reachability/fetch.ts';
import { addressesOf } from '../../../../src/main/engine/challenges/reachability/reachability.ts';
import { portOf } from '../../../support/tools/ports.ts';

describe('a request of an IP address', () => {
  const hosts: (string | undefined)[] = [];
  const signal = new AbortController().signal;
  let server: Server;

  beforeAll(async () => {
    server = createServer(({ url, headers }, reply) => {
      hosts.push(headers.host);
      if (url === '/same') reply.writeHead(302, { Location: '/end' }).end();
      else if (url === '/other') reply.writeHead(302, { Location: 'http://192.0.2.1/end' }).end();
      else reply.end('proof');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
  });

  const fetchFrom = (url: string) => {
    const deps: FetchDeps = {
      ports: { http: portOf(server), https: portOf(server) },
      timeoutMs: 20_000,
      lookup: async () => null,
      redirectRefusal: () => null,
    };
    return fetchAsCa({ url: new URL(url), address: '127.0.0.1' }, deps, signal);
  };

  it.each([
    ['http://192.0.2.9/end', '192.0.2.9'],
    ['http://[2001:db8::1]/end', '[2001:db8::1]'],
  ])('%s has the Host %s', async (url, host) => {
    expect(await fetchFrom(url)).toMatchObject({ kind: 'answer', status: 200, body: 'proof' });
    expect(hosts.at(-1)).toBe(host);
  });

  it('follows a redirect to the same address only', async () => {
    expect(await fetchFrom('http://[2001:db8::1]/same')).toMatchObject({ kind: 'answer', body: 'proof' });
    expect(await fetchFrom('http://[2001:db8::1]/other')).toMatchObject({
      kind: 'bad_redirect',
      reason: 'to an address instead of a name, where CAs do not follow',
    });
  });

  it('asks no name server', async () => {
    const resolver = { resolve: () => Promise.reject(new Error('asked')) };
    expect(await addressesOf('2001:db8::1', resolver, signal)).toEqual(['2001:db8::1']);
    await expect(addressesOf('a.example.com', resolver, signal)).rejects.toThrow('asked');
  });
});
