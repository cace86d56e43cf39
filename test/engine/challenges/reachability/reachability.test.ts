// "Test reachability" with a name server and web servers of this test, all on loopback.
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttpChallenges } from '../../../../src/main/engine/challenges/http-01.ts';
import {
  describeAddress,
  describeName,
} from '../../../../src/main/engine/challenges/reachability/message-text.ts';
import {
  createReachability,
  redirectRefusal,
} from '../../../../src/main/engine/challenges/reachability/reachability.ts';
import { createAlpnChallenges } from '../../../../src/main/engine/challenges/tls-alpn-01.ts';
import { createDnsResolver } from '../../../../src/main/engine/dns/lookup/resolver.ts';
import {
  type AddressPolicy,
  createAddressPolicy,
} from '../../../../src/main/engine/outgoing/address-policy.ts';
import { isOwnAddress } from '../../../../src/main/engine/outgoing/own-addresses.ts';
import { isPublicAddress } from '../../../../src/main/engine/outgoing/special-networks.ts';
import { answerPath } from '../../../../src/main/http/acme-challenge.ts';
import { openDatabase } from '../../../../src/main/storage/database.ts';
import { createStores } from '../../../../src/main/storage/stores.ts';
import { answersFrom, type NameServer, startNameServer } from '../../../support/dns/name-server.ts';
import { PROJECT } from '../../../support/engine/records.ts';
import { LOOPBACK_POLICY } from '../../../support/tools/network.ts';
import { portOf, unusedPort } from '../../../support/tools/ports.ts';

const http = createHttpChallenges();
const alpn = createAlpnChallenges({ clock: { now: () => new Date() }, isListening: () => true });
const signal = new AbortController().signal;
const closing: (() => Promise<unknown> | unknown)[] = [];
let names: NameServer;
let records: Record<string, readonly string[]>;

beforeEach(async () => {
  records = {};
  names = await startNameServer((question) => answersFrom(records)(question));
  closing.push(() => names.close());
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Certdesk's own answers, as in http/acme-challenge.ts. */
const certdesk: RequestListener = ({ url = '' }, reply) => {
  const [path = ''] = url.split('?');
  const body = answerPath(path, http.answer);
  reply.writeHead(body === null ? 404 : 200).end(body ?? 'no');
};

async function serve(listener: RequestListener, host = '127.0.0.1', port = 0): Promise<number> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return portOf(server);
}

interface More {
  readonly timeoutMs?: number;
  readonly addressPolicy?: AddressPolicy;
  readonly showAnswers?: boolean;
}

async function testNames(port: number, ask: readonly string[] | null = ['a.example.com'], more: More = {}) {
  const { timeoutMs = 20_000, addressPolicy = LOOPBACK_POLICY, showAnswers = true } = more;
  const database = openDatabase(':memory:');
  closing.push(() => database.close());
  const stores = createStores(database.db);
  await stores.projects.create({ ...PROJECT, id: 'p', domain: 'a.example.com', altNames: ['b.example.com'] });
  const reachability = createReachability({
    stores,
    resolver: createDnsResolver({ servers: [names.server], timeoutMs: 20_000 }),
    http,
    alpn,
    addressPolicy,
    ports: { http: port, https: port },
    timeoutMs,
  });
  return reachability.test('p', ask, { signal, showAnswers });
}

async function lookAtOne(port: number, more?: More) {
  const found = await testNames(port, ['a.example.com'], more);
  const [name] = found.names;
  if (name === undefined) throw new Error('no report');
  return { ...name, first: name.addresses[0] };
}

test('recognizes our own answer, and reports a private address', async () => {
  records = { 'a.example.com A': ['127.0.0.1'] };
  const report = await lookAtOne(await serve(certdesk));
  expect(report).toMatchObject({ verdict: 'doubtful', problem: null });
  expect(report.first).toMatchObject({
    address: '127.0.0.1',
    finding: 'private',
    isPublic: false,
    isOwn: true,
  });
  expect(report.message).toContain('a.example.com resolves to 127.0.0.1');
  expect(report.message).toContain('a public CA cannot connect');
});

test('names another server with its status and its Server header', async () => {
  records = { 'a.example.com A': ['127.0.0.1'] };
  const port = await serve((_, reply) => reply.writeHead(404, { Server: 'nginx/1.29' }).end('no'));
  const report = await lookAtOne(port);
  expect(report.verdict).toBe('failing');
  expect(report.first).toMatchObject({ finding: 'other_server', status: 404, server: 'nginx/1.29' });
  expect(report.first?.message).toContain(
    'Another web server uses port 80 of 127.0.0.1, this server (nginx/1.29, status 404)',
  );
});

test('hides the other server from a token limited to projects', async () => {
  records = { 'a.example.com A': ['127.0.0.1'] };
  const port = await serve((_, reply) => reply.writeHead(404, { Server: 'nginx/1.29' }).end('no'));
  const report = await lookAtOne(port, { showAnswers: false });
  expect(report.first).toMatchObject({ finding: 'other_server', server: null });
  expect(JSON.stringify(report)).not.toContain('nginx');
});

test('hides the target of a redirect from a token limited to projects', async () => {
  records = { 'a.example.com A': ['127.0.0.1'] };
  const port = await serve((_, reply) =>
    reply.writeHead(302, { Location: 'ftp://inside.example/secret' }).end(),
  );
  expect(JSON.stringify(await lookAtOne(port))).toContain('inside.example');
  const report = await lookAtOne(port, { showAnswers: false });
  expect(report.first).toMatchObject({ finding: 'bad_redirect', redirects: [] });
  expect(JSON.stringify(report)).not.toContain('inside.example');
});

test('takes a 200 with another text for another server', async () => {
  records = { 'a.example.com A': ['127.0.0.1'] };
  const port = await serve((_, reply) => reply.end('Welcome'));
  expect((await lookAtOne(port)).first).toMatchObject({ finding: 'other_server', status: 200, server: null });
});

test('reports a name that does not resolve, one that cannot be looked up, and a wildcard', async () => {
  records = { 'b.example.com TXT': ['x'] };
  const { names: found, verdict } = await testNames(1, ['b.example.com', 'c.example.net', '*.example.com']);
  expect(verdict).toBe('failing');
  expect(found.map(({ problem }) => problem)).toEqual(['unresolved', 'unresolved', 'wildcard']);
  expect(found[0]?.message).toMatch(/b\.example\.com does not resolve/);
  expect(found[2]?.message).toMatch(/Use DNS-01/);
  names.respond = () => ({ rcode: 'SERVFAIL' });
  const [failed] = (await testNames(1)).names;
  expect(failed).toMatchObject({ problem: 'lookup_failed' });
  expect(failed?.message).toContain('SERVFAIL');
  const [limited] = (await testNames(1, ['a.example.com'], { showAnswers: false })).names;
  expect(limited?.message).not.toContain('SERVFAIL');
});

test('reports a closed port', async () => {
  records = { 'a.example.com A': ['127.0.0.1'] };
  const { first } = await lookAtOne(await unusedPort());
  expect(first).toMatchObject({ finding: 'refused', status: null });
  expect(first?.message).toMatch(/^Port 80 of 127\.0\.0\.1 is closed/);
});

test('reports a silent server as a time-out, and one that is not HTTP as such', async () => {
  records = { 'a.example.com A': ['127.0.0.1'] };
  const silent: TcpServer = createTcpServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  closing.push(() => silent.close());
  expect((await lookAtOne(portOf(silent), { timeoutMs: 200 })).first?.finding).toBe('timeout');

  const ssh: TcpServer = createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
  await new Promise<void>((resolve) => ssh.listen(0, '127.0.0.1', resolve));
  closing.push(() => ssh.close());
  expect((await lookAtOne(portOf(ssh))).first?.finding).toBe('broken');
});

test('reports IPv6 and IPv4 separately, and fails if one fails', async () => {
  records = { 'a.example.com A': ['127.0.0.1'], 'a.example.com AAAA': ['::1'] };
  const port = await serve(certdesk);
  const report = await lookAtOne(port);
  expect(report.addresses.map(({ address, finding }) => [address, finding])).toEqual([
    ['::1', 'refused'],
    ['127.0.0.1', 'private'],
  ]);
  expect(report.verdict).toBe('failing');
  expect(report.message).toContain('prefer IPv6');
  await serve(certdesk, '::1', port);
  expect((await lookAtOne(port)).verdict).toBe('doubtful');
});

test('probes the addresses behind a CNAME', async () => {
  names.respond = ({ name, type }) => ({
    answers: [
      { name, type: 'CNAME', ttl: 1, data: 'edge.example.net' },
      ...(type === 'A' ? [{ name: 'edge.example.net', type: 'A' as const, ttl: 1, data: '127.0.0.1' }] : []),
    ],
  });
  expect((await lookAtOne(await serve(certdesk))).first).toMatchObject({ finding: 'private' });
});

describe('redirects', () => {
  const to =
    (location: string, status = 302): RequestListener =>
    (request, reply) =>
      request.headers.host?.startsWith('a.') === true
        ? reply.writeHead(status, { Location: location.replace('PATH', request.url ?? '') }).end()
        : certdesk(request, reply);
  beforeEach(() => {
    records = { 'a.example.com A': ['127.0.0.1'], 'b.example.com A': ['127.0.0.1'] };
  });

  test('to another name are followed and reported', async () => {
    const { first } = await lookAtOne(await serve(to('http://b.example.com:80PATH?secret=1')));
    expect(first?.finding).toBe('private');
    expect(first?.redirects).toHaveLength(1);
    expect(first?.redirects[0]).toMatch(/^http:\/\/b\.example\.com\/\.well-known\/acme-challenge\/[\w-]+$/);
    expect(first?.message).toContain('It redirected to http://b.example.com');
  });

  test.each([
    ['http://b.example.com:8080/', 'to port 8080'],
    ['ftp://b.example.com/', 'to ftp:'],
    ['http://127.0.0.1/', 'to an address instead of a name'],
    ['http://nowhere.example.net/', 'which has no address'],
    ['http://a.example.com/PATH/x', 'more than 10 times'],
  ])('to %s are refused', async (location, words) => {
    const { first } = await lookAtOne(await serve(to(location)));
    expect(first).toMatchObject({ finding: 'bad_redirect' });
    expect(first?.message).toContain(words);
  });
});

describe('a private address', () => {
  test('is reported and not probed, even with split DNS', async () => {
    records = { 'a.example.com A': ['127.0.0.1'] };
    const asked: string[] = [];
    const port = await serve(({ url = '' }, reply) => {
      asked.push(url);
      reply.end('an internal secret');
    });
    const report = await lookAtOne(port, { addressPolicy: createAddressPolicy() });
    expect(report).toMatchObject({ verdict: 'doubtful', problem: null });
    expect(report.first).toMatchObject({ finding: 'not_asked', isPublic: false, status: null, server: null });
    expect(report.message).toContain('a public CA cannot connect');
    expect(asked).toEqual([]);
  });

  test('is not reached by a redirect: GET /admin/delete?x=1 is not sent', async () => {
    records = { 'a.example.com A': ['127.0.0.1'], 'b.example.com A': ['127.0.0.2'] };
    const asked: string[] = [];
    const port = await serve((_, reply) =>
      reply.writeHead(302, { Location: 'http://b.example.com/admin/delete?x=1' }).end(),
    );
    await serve(({ url = '' }, reply) => void reply.end(asked.push(url)), '127.0.0.2', port);
    const addressPolicy = createAddressPolicy({ allowPrivate: ['127.0.0.1'] });
    const { first } = await lookAtOne(port, { addressPolicy });
    expect(first).toMatchObject({ finding: 'bad_redirect', status: null, server: null });
    expect(first?.message).toContain('to b.example.com, which points to a private network');
    expect(asked).toEqual([]);
  });
});

test('follows redirects from a public address to public ones only, and to none of our own ports except for a challenge', () => {
  const policy = createAddressPolicy({ allowPrivate: ['10.0.0.0/8'], listeners: () => [80, 443] });
  const refusal = (from: string, address: string, path: string, port = 443) =>
    redirectRefusal(policy, from, { url: new URL(`https://b.example.com${path}`), address, port });
  const challenge = '/.well-known/acme-challenge/x';
  expect(refusal('8.8.8.8', '1.1.1.1', '/any')).toBeNull();
  expect(refusal('10.0.0.1', '10.0.0.2', '/any')).toBeNull();
  for (const address of ['10.0.0.2', '192.168.0.1', '127.0.0.1', '169.254.169.254', '::1', '2002:a00:1::'])
    expect(refusal('8.8.8.8', address, '/any', 8443), address).toContain('which points to');
  expect(refusal('127.0.0.1', '127.0.0.1', '/admin')).toContain('itself listens');
  expect(
    redirectRefusal(
      createAddressPolicy({ listeners: () => [80], allowPrivate: ['127.0.0.1'] }),
      '127.0.0.1',
      {
        url: new URL(`http://b.example.com${challenge}`),
        address: '127.0.0.1',
        port: 80,
      },
    ),
  ).toBeNull();
});

test('probes the project’s names if none are given, and says what it cannot know', async () => {
  const found = await testNames(1, null);
  expect(found.names.map(({ name }) => name)).toEqual(['a.example.com', 'b.example.com']);
  expect(found.seenFrom).toContain('NAT hairpin');
});

test('ends at once on abort, and leaves no probe', async () => {
  records = { 'a.example.com A': ['127.0.0.1'] };
  const asked: string[] = [];
  const port = await serve(({ url = '' }) => void asked.push(url));
  const database = openDatabase(':memory:');
  closing.push(() => database.close());
  const stores = createStores(database.db);
  await stores.projects.create({ ...PROJECT, id: 'p', domain: 'a.example.com', altNames: [] });
  const resolver = createDnsResolver({ servers: [names.server], timeoutMs: 20_000 });
  const reachability = createReachability({
    stores,
    resolver,
    http,
    alpn,
    addressPolicy: LOOPBACK_POLICY,
    ports: { http: port, https: port },
  });
  const controller = new AbortController();
  const result = reachability.test('p', null, { signal: controller.signal, showAnswers: true });
  await expect.poll(() => asked.length).toBe(1);
  expect(answerPath(asked[0] ?? '', http.answer)).not.toBeNull();
  controller.abort(new Error('gone'));
  await expect(result).rejects.toThrow('gone');
  expect(answerPath(asked[0] ?? '', http.answer)).toBeNull();
});

describe('a probe from public addresses', () => {
  const answer = { kind: 'answer', status: 200, server: 'Apache', body: 'ours\n', redirects: [] } as const;
  const far = { address: '8.8.8.8', isPublic: true, isOwn: false };
  const OURS = { expected: 'ours', name: 'a.example.com' };

  test('does not mention DNS if the address itself is validated', () => {
    const report = describeAddress(far, { ...answer, body: 'Hello' }, { expected: 'ours', name: '8.8.8.8' });
    const { message } = describeName('8.8.8.8', [report]);
    expect(message).toBe('8.8.8.8 is an IP address. Certdesk is not reachable there.');
    expect(report.message).toBe(
      'Another server answers at 8.8.8.8 (Apache, status 200). Forward its port 80 to this server, or request the certificate where that server runs.',
    );
  });

  test('accepts our own answer', () => {
    const report = describeAddress(far, answer, OURS);
    expect(report).toMatchObject({ finding: 'well', message: '8.8.8.8 reaches this Certdesk.' });
    expect(describeName('a.example.com', [report])).toMatchObject({ verdict: 'well' });
  });

  test('says that the name leads elsewhere if another machine answers', () => {
    const report = describeAddress(far, { ...answer, body: 'Hello' }, OURS);
    expect(report).toMatchObject({ finding: 'elsewhere', server: 'Apache', status: 200 });
    expect(report.message).toMatch(
      /Another server answers at 8\.8\.8\.8.*Apache.*Point the name to this server/,
    );
    const name = describeName('a.example.com', [report, describeAddress(far, answer, OURS)]);
    expect(name).toMatchObject({ verdict: 'failing' });
    expect(name.message).toContain('may use any of them');
  });
});

test('classifies addresses as public or not, own or not', () => {
  expect(['8.8.8.8', '2606:4700::1111'].map(isPublicAddress)).toEqual([true, true]);
  const special = ['10.1.2.3', '192.168.1.1', '172.31.0.1', '100.64.1.1', '127.0.0.1', '169.254.1.1'];
  expect([...special, '::1', 'fe80::1', 'fd00::1', '::ffff:10.0.0.1', 'no'].filter(isPublicAddress)).toEqual(
    [],
  );
  expect(['127.0.0.1', '::1'].map(isOwnAddress)).toEqual([true, true]);
  expect(isOwnAddress('8.8.8.8')).toBe(false);
});
