import dnsPacket from 'dns-packet';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createDnsResolver } from '../../../../src/main/engine/dns/lookup/resolver.ts';
import { createAddressPolicy } from '../../../../src/main/engine/outgoing/address-policy.ts';
import {
  type NameServer,
  type Respond,
  startNameServer,
  toAnswer,
} from '../../../support/dns/name-server.ts';
import { LOOPBACK_POLICY } from '../../../support/tools/network.ts';
import { unusedPort } from '../../../support/tools/ports.ts';

const signal = new AbortController().signal;
const started: NameServer[] = [];
const start = async (respond: Respond): Promise<NameServer> => {
  const server = await startNameServer(respond);
  started.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});

const TXT = { name: '_acme-challenge.example.com', type: 'TXT' } as const;
const silent: Respond = () => null;
const failing: Respond = () => ({ rcode: 'SERVFAIL' });
const value = (text: string): Respond => {
  return ({ name }) => ({ answers: [toAnswer(name, 'TXT', text)] });
};

describe('ask', () => {
  test('asks without recursion on request, with EDNS, and returns values without quotes', async () => {
    const server = await start(({ name }) => ({
      authoritative: true,
      answers: [{ name: name.toUpperCase(), type: 'TXT', data: ['a "b', ' \\c'] }],
    }));
    const resolver = createDnsResolver({ addressPolicy: LOOPBACK_POLICY, servers: [] });
    const reply = await resolver.ask(server.server, TXT, { recursive: false, signal });
    expect(reply).toEqual({
      silent: false,
      server: server.server,
      rcode: 'NOERROR',
      authoritative: true,
      authenticated: false,
      answers: [{ name: TXT.name, type: 'TXT', ttl: 0, value: 'a "b \\c' }],
      authorities: [],
    });
    expect(server.questions).toMatchObject([{ ...TXT, tcp: false, recursive: false, edns: true }]);
  });

  test.each(['NXDOMAIN', 'SERVFAIL', 'REFUSED'] as const)('shows %s', async (rcode) => {
    const server = await start(() => ({ rcode }));
    const resolver = createDnsResolver({ addressPolicy: LOOPBACK_POLICY, servers: [] });
    expect(await resolver.ask(server.server, TXT, { recursive: false, signal })).toMatchObject({ rcode });
  });

  test('refuses an answer with too many records', async () => {
    const many = (count: number): Respond => {
      return ({ name, tcp }) => ({
        truncated: !tcp,
        answers: tcp ? Array.from({ length: count }, (_, index) => toAnswer(name, 'TXT', `${index}`)) : [],
      });
    };
    const ask = async (count: number) => {
      const server = await start(many(count));
      const resolver = createDnsResolver({ addressPolicy: LOOPBACK_POLICY, servers: [] });
      return resolver.ask(server.server, TXT, { recursive: false, signal });
    };
    expect(await ask(500)).toMatchObject({ silent: false, answers: { length: 500 } });
    expect(await ask(501)).toMatchObject({
      silent: true,
      reason: 'an answer with more than 500 records',
    });
  });

  test('asks its own servers at any address, and no private server that DNS names', async () => {
    const server = await start(value('x'));
    const port = Number(server.server.split(':')[1]);
    const addressPolicy = createAddressPolicy({ listeners: () => [port] });
    const own = createDnsResolver({ addressPolicy, servers: [server.server] });
    expect(own.mayAsk(server.server)).toBe(true);
    expect(await own.resolve(TXT, signal)).toMatchObject({ rcode: 'NOERROR' });
    const other = createDnsResolver({ addressPolicy: createAddressPolicy(), servers: ['192.0.2.1:53'] });
    expect(other.mayAsk(server.server)).toBe(false);
    const reply = await other.ask(server.server, TXT, { recursive: false, signal });
    expect(reply).toMatchObject({ silent: true, reason: 'in a network that Certdesk does not query' });
    expect(server.questions).toHaveLength(1);
  });

  test('repeats a truncated query over TCP', async () => {
    const long = 'x'.repeat(200);
    const server = await start(({ name, tcp }) =>
      tcp
        ? { answers: Array.from({ length: 40 }, (_, i) => toAnswer(name, 'TXT', `${i}${long}`)) }
        : { truncated: true },
    );
    const resolver = createDnsResolver({ addressPolicy: LOOPBACK_POLICY, servers: [] });
    const reply = await resolver.ask(server.server, TXT, { recursive: false, signal });
    expect(reply.silent ? [] : reply.answers).toHaveLength(40);
    expect(server.questions.map(({ tcp }) => tcp)).toEqual([false, true]);
  });

  test('repeats without EDNS for a server that does not know it', async () => {
    const server = await start(({ name, edns }) =>
      edns ? { rcode: 'FORMERR', withoutQuestion: true } : { answers: [toAnswer(name, 'TXT', 'plain')] },
    );
    const resolver = createDnsResolver({ addressPolicy: LOOPBACK_POLICY, servers: [] });
    const reply = await resolver.ask(server.server, TXT, { recursive: false, signal });
    expect(reply).toMatchObject({ rcode: 'NOERROR', answers: [{ value: 'plain' }] });
  });

  test('repeats a query after a lost datagram', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }); // the time until it is sent again; the time-out stays real
    let count = 0;
    const server = await start((question) => {
      count += 1;
      if (count > 1) return value('late')(question);
      vi.advanceTimersByTime(8_000);
      return null;
    });
    const resolver = createDnsResolver({ addressPolicy: LOOPBACK_POLICY, servers: [], timeoutMs: 20_000 });
    const reply = await resolver
      .ask(server.server, TXT, { recursive: false, signal })
      .finally(() => vi.useRealTimers());
    expect(reply).toMatchObject({ answers: [{ value: 'late' }] });
    expect(new Set(server.questions.map(({ id }) => id)).size).toBe(1);
  });

  test('distinguishes no answer, a closed port and an answer to another query', async () => {
    const ask = (server: string, timeoutMs: number) =>
      createDnsResolver({ addressPolicy: LOOPBACK_POLICY, servers: [], timeoutMs }).ask(server, TXT, {
        recursive: false,
        signal,
      });
    const mute = await start(silent);
    expect(await ask(mute.server, 60)).toMatchObject({ silent: true, reason: 'no answer in time' });
    const liar = await start(() => Buffer.from('not DNS at all, but some octets'));
    expect(await ask(liar.server, 60)).toMatchObject({ silent: true, reason: 'no answer in time' });
    const closed = `127.0.0.1:${await unusedPort({ udp: true })}`;
    expect(await ask(closed, 20_000)).toMatchObject({ silent: true, reason: 'connection refused' });
  });

  test.each([
    ['another id', (id: number) => ({ id: (id + 1) % 0x10000, name: TXT.name })],
    ['another name', (id: number) => ({ id, name: 'elsewhere.example.com' })],
  ])('ignores an answer with %s', async (_, change) => {
    const server = await start((question) => {
      const { id, name } = change(question.id);
      return dnsPacket.encode({
        type: 'response',
        id,
        questions: [{ name, type: 'TXT' }],
        answers: [toAnswer(TXT.name, 'TXT', 'forged')],
      });
    });
    const resolver = createDnsResolver({ addressPolicy: LOOPBACK_POLICY, servers: [], timeoutMs: 60 });
    const reply = await resolver.ask(server.server, TXT, { recursive: false, signal });
    expect(reply).toMatchObject({ silent: true, reason: 'no answer in time' });
  });

  test('ends on abort with its reason', async () => {
    const abort = new AbortController();
    const reason = new Error('stop');
    const mute = await start(() => {
      abort.abort(reason);
      return null;
    });
    const resolver = createDnsResolver({ addressPolicy: LOOPBACK_POLICY, servers: [], timeoutMs: 20_000 });
    const asked = resolver.ask(mute.server, TXT, { recursive: false, signal: abort.signal });
    await expect(asked).rejects.toBe(reason);
  });

  test('refuses a name that DNS cannot carry', async () => {
    const resolver = createDnsResolver({ servers: ['127.0.0.1:9'] });
    const long = `${'a'.repeat(64)}.example.com`;
    await expect(resolver.resolve({ name: long, type: 'A' }, signal)).rejects.toMatchObject({
      code: 'DNS_LOOKUP_FAILED',
    });
  });
});

describe('resolve', () => {
  test('asks the next server after SERVFAIL and after a time-out', async () => {
    const servers = [await start(failing), await startNameServer(silent), await start(value('found'))];
    await servers[1]?.close(); // the kind of silence that takes no time
    const resolver = createDnsResolver({ servers: servers.map(({ server }) => server), timeoutMs: 20_000 });
    const reply = await resolver.resolve(TXT, signal);
    expect(reply).toMatchObject({ server: servers[2]?.server, answers: [{ value: 'found' }] });
    expect(servers[2]?.questions[0]?.recursive).toBe(true);
  });

  test('accepts NXDOMAIN as an answer', async () => {
    const [first, second] = [await start(() => ({ rcode: 'NXDOMAIN' })), await start(value('no'))];
    const resolver = createDnsResolver({ servers: [first.server, second.server] });
    expect((await resolver.resolve(TXT, signal)).rcode).toBe('NXDOMAIN');
    expect(second.questions).toEqual([]);
  });

  test('reports what each server answered if none helps', async () => {
    const [first, second] = [await start(failing), await start(() => ({ rcode: 'REFUSED' }))];
    const resolver = createDnsResolver({ servers: [first.server, second.server] });
    await expect(resolver.resolve(TXT, signal)).rejects.toMatchObject({
      code: 'DNS_LOOKUP_FAILED',
      // Resolvers are an option of the start, and shown under Addresses: there is no setting for them.
      message: expect.stringMatching(
        `${first.server}: SERVFAIL; ${second.server}: REFUSED.*Settings, HTTPS and network; startup option --dns-resolver`,
      ),
      details: {
        ...TXT,
        servers: [
          { server: first.server, answer: 'SERVFAIL' },
          { server: second.server, answer: 'REFUSED' },
        ],
      },
    });
  });
});

describe('servers', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1:53'],
    ['192.0.2.1:5353', '192.0.2.1:5353'],
    ['2001:db8::1', '[2001:db8::1]:53'],
    ['[2001:db8::1]:5353', '[2001:db8::1]:5353'],
    ['dns.example:53', 'dns.example:53'],
  ])('parses %s', (text, server) => {
    const resolver = createDnsResolver({ servers: [text] });
    expect(resolver.servers).toEqual([server]);
    expect(resolver.configured).toBe(true);
  });

  test.each(['', 'a b', '192.0.2.1:0', '192.0.2.1:99999', 'https://dns.example'])('refuses %j', (text) => {
    expect(() => createDnsResolver({ servers: [text] })).toThrow(/write HOST:PORT/);
  });

  test("are the system's if none is named", () => {
    const resolver = createDnsResolver({ addressPolicy: LOOPBACK_POLICY, servers: [] });
    expect(resolver.configured).toBe(false);
    for (const server of resolver.servers) expect(server).toMatch(/:\d+$/);
  });

  test('authoritative ones are asked on port 53, but on loopback on the port of the resolver at that address', () => {
    const resolver = createDnsResolver({ servers: ['127.0.0.1:5353', '192.0.2.1:5353'] });
    expect(resolver.authority('192.0.2.1')).toBe('192.0.2.1:53');
    expect(resolver.authority('127.0.0.1')).toBe('127.0.0.1:5353');
    expect(resolver.authority('127.0.0.2')).toBe('127.0.0.2:53');
    expect(createDnsResolver({ servers: [], authorityPort: 99 }).authority('::1')).toBe('[::1]:99');
  });
});
