import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  createDnsHttp,
  type DnsHttp,
  type DnsHttpRequest,
} from '../../../../src/main/engine/dns/providers/http.ts';
import { allPages } from '../../../../src/main/engine/dns/providers/paging.ts';
import { createRedactor } from '../../../../src/main/engine/dns/providers/redact.ts';
import { failureOf } from '../../../support/dns/provider-on-stand-in.ts';
import { LOOPBACK_POLICY } from '../../../support/tools/network.ts';
import { portOf, unusedPort } from '../../../support/tools/ports.ts';

const SECRET = 'top-secret-token';

describe('http', () => {
  let server: Server;
  let answer: RequestListener;
  let calls: number;
  let pauses: number[];
  let http: DnsHttp;
  let call: (more?: Partial<DnsHttpRequest>) => DnsHttpRequest;

  const build = (timeoutMs: number, totalMs = 120_000) =>
    createDnsHttp({
      provider: { name: 'Some DNS', permissions: 'DNS: edit.' },
      redactor: createRedactor([SECRET]),
      clock: { now: () => new Date() },
      log: { debug() {}, info() {}, warn() {}, error() {} },
      sleep: async (ms) => {
        pauses.push(ms);
      },
      addressPolicy: LOOPBACK_POLICY,
      origin: 'open',
      timeoutMs,
      totalMs,
    });

  beforeEach(async () => {
    calls = 0;
    pauses = [];
    server = createServer((request, response) => {
      calls += 1;
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${portOf(server)}/path`;
    http = build(20_000);
    call = (more) => ({ method: 'GET', url, signal: new AbortController().signal, ...more });
  });
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  test('sends and parses JSON', async () => {
    const seen: string[] = [];
    answer = async (request, response) => {
      seen.push(`${request.method} ${request.headers['content-type']} ${request.headers.accept}`);
      for await (const chunk of request) seen.push(String(chunk));
      response.writeHead(201, { 'x-Some': 'a' }).end('{"ok":true}');
    };
    const response = await http.request(call({ method: 'POST', body: { a: 1 } }));
    expect(response).toMatchObject({ status: 201, json: { ok: true }, headers: { 'x-some': 'a' } });
    expect(seen).toEqual(['POST application/json application/json', '{"a":1}']);
  });

  test('passes 4xx to the caller, and undefined for an empty body', async () => {
    answer = (_, response) => response.writeHead(404).end();
    expect(await http.request(call())).toMatchObject({ status: 404, json: undefined });
    expect(calls).toBe(1);
  });

  test.each([
    ['GET', undefined, 4],
    ['PUT', undefined, 4],
    ['DELETE', undefined, 4],
    ['POST', undefined, 1],
    ['PATCH', undefined, 1],
    ['POST', true, 4],
    ['GET', false, 1],
  ] as const)('%s, idempotent %s, is tried %i times on 500', async (method, idempotent, tries) => {
    answer = (_, response) => response.writeHead(500).end('{}');
    const more = idempotent === undefined ? {} : { idempotent };
    const error = await failureOf(http.request(call({ method, ...more })));
    expect(error.code).toBe('DNS_PROVIDER_UNAVAILABLE');
    expect(calls).toBe(tries);
    expect(pauses).toHaveLength(tries - 1);
  });

  test('repeats a POST after 429, which was not carried out, and after a refused connection', async () => {
    answer = (_, response) => response.writeHead(calls === 1 ? 429 : 200, { 'retry-after': '2' }).end('{}');
    await http.request(call({ method: 'POST' }));
    expect(pauses).toEqual([2000]);
    const url = `http://127.0.0.1:${await unusedPort()}/`;
    const error = await failureOf(http.request(call({ method: 'POST', url })));
    expect(error.message).toMatch(/^Some DNS is unreachable at 127\.0\.0\.1:\d+: connect ECONNREFUSED/);
    expect(pauses).toHaveLength(4);
  });

  test('does not repeat a POST whose connection broke', async () => {
    answer = (request) => request.socket.destroy();
    const error = await failureOf(http.request(call({ method: 'POST' })));
    expect(error.code).toBe('DNS_PROVIDER_UNAVAILABLE');
    expect(calls).toBe(1);
  });

  test('ends a POST on abort with the reason, not as a failure of the provider', async () => {
    const abort = new AbortController();
    const reason = new Error('the job is cancelled');
    answer = () => abort.abort(reason);
    await expect(http.request(call({ method: 'POST', signal: abort.signal }))).rejects.toBe(reason);
  });

  test('treats as throttling what the caller classifies as such', async () => {
    answer = (_, response) => response.writeHead(calls === 1 ? 400 : 200).end('{"code":"Throttling"}');
    const throttled = (given: { status: number; text: string }) =>
      given.status === 400 && given.text.includes('Throttling');
    expect(await http.request(call({ method: 'POST', throttled }))).toMatchObject({ status: 200 });
    expect(calls).toBe(2);
  });

  test('gives up before the waits exceed the total timeout', async () => {
    http = build(20_000, 10_000);
    answer = (_, response) => response.writeHead(503, { 'retry-after': '30' }).end('<b>busy</b>');
    const error = await failureOf(http.request(call()));
    expect(error.message).toBe('Some DNS is failing, it answered 503: busy. Try again later.');
    expect(error.details).toEqual({ provider: 'Some DNS', status: 503, retryAfter: 30 });
    expect(pauses).toEqual([]);
  });

  test('treats a body that never ends as a time-out', async () => {
    http = build(30);
    answer = (_, response) => void response.writeHead(200).write('{"half":');
    const error = await failureOf(http.request(call()));
    expect(error.message).toContain('did not answer within 0.03 s');
  });

  test('refuses an answer over 2 MiB', async () => {
    answer = (_, response) => void response.end(Buffer.alloc(9 * 1024 * 1024, 0x20));
    const error = await failureOf(http.request(call({ method: 'POST' })));
    expect(error.message).toContain('the response is larger than 2097152 bytes');
  });

  test('does not follow a redirect with the credentials', async () => {
    const seen: (string | undefined)[] = [];
    answer = (request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(307, { location: '/elsewhere' }).end();
    };
    const error = await failureOf(http.request(call({ headers: { authorization: SECRET } })));
    expect(error.message).toContain('answered 307, a redirect. Certdesk does not follow it');
    expect(seen).toEqual([SECRET]);
  });

  test('shows the beginning of an answer that is not JSON, in one line and without secrets', async () => {
    answer = (_, response) => response.end(`<h1>Sign\n in</h1> ${'x'.repeat(190)}${SECRET}`);
    const error = await failureOf(http.request(call()));
    expect(error.message).toMatch(/^Some DNS answered 200 with a body that is not JSON: Sign in x+\[r?/);
    expect(error.message).not.toContain('top');
  });

  test('says where an answer is not as documented, without its values', async () => {
    answer = (_, response) => response.end(JSON.stringify({ zones: [{ id: SECRET }] }));
    const response = await http.request(call());
    const schema = z.object({ zones: z.array(z.object({ id: z.number() })) });
    expect(() => http.read(schema, response)).toThrow(
      'Some DNS answered 200 in an undocumented form: zones.0.id: Invalid input',
    );
  });

  test.each([
    [401, undefined, 'DNS_CREDENTIALS_REJECTED'],
    [403, undefined, 'DNS_CREDENTIALS_REJECTED'],
    [403, false, 'DNS_PROVIDER_REFUSED'],
    [400, undefined, 'DNS_PROVIDER_REFUSED'],
    [400, true, 'DNS_CREDENTIALS_REJECTED'],
  ] as const)('a refusal with %i, credentials %s, is %s', (status, credentials, code) => {
    const hints = credentials === undefined ? {} : { credentials };
    const error = http.refused({ status }, `not ${SECRET}`, { ...hints, advice: 'Do this.' });
    expect(error.code).toBe(code);
    expect(error.message).toMatch(
      /^Some DNS refused the (credentials|request): not \[redacted\]\. Do this\.$/,
    );
    expect(error.details).toMatchObject({ status, answer: 'not [redacted].' });
  });

  test('stops paging through a list that does not end', async () => {
    let asked = 0;
    const endless = allPages(1, async (page) => {
      asked += 1;
      return { items: [page], next: page };
    });
    expect((await failureOf(endless)).message).toContain('does not end');
    expect(asked).toBe(1000);
  });
});
