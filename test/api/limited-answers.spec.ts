// A token limited to projects reads Certdesk's own message, the HTTP status and the ACME problem type of other servers'
// answers, and nothing else of them; unlimited callers read them in full. Every place of the API.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type AcmeGate, type GateAnswer, type GateKeeper, startAcmeGate } from '../support/acme/gate.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { callApi, startApp, type TestApp } from '../support/server/app.ts';
import { portOf } from '../support/tools/ports.ts';
import { describeWith } from '../support/tools/tools.ts';

const INSIDE = 'words-from-inside-the-network';
const OBTAIN = { challengeType: 'http-01', keyType: 'ec' };
const RENEW_AFTER_MS = 61 * 86_400_000;

let pebble: Pebble;
let gate: AcmeGate;
let app: TestApp;
let dns: Server;
let now = Date.now();

describeWith('pebble', 'errors that a limited token sees', () => {
  beforeAll(async () => {
    pebble = await startPebble({});
    gate = await startAcmeGate(pebble);
    dns = createServer((_, reply) => reply.writeHead(400).end(JSON.stringify({ error: INSIDE })));
    dns.listen(0, '127.0.0.1');
    await once(dns, 'listening');
    app = await startApp({
      pebble,
      platform: {
        directories: { production: gate.directoryUrl },
        acmeRoots: gate.rootPem,
        clock: { now: () => new Date(now) },
        dns: { resolvers: [pebble.challtestsrv.dnsAddress], endpoints: {}, authorityPort: null },
      },
      limits: { issueWithinMs: 20_000 },
    });
  });
  afterEach(() => gate?.keep(null));
  afterAll(async () => {
    await app?.stop();
    await gate?.stop();
    await pebble?.stop();
    dns?.close();
  });

  const newToken = (id: string) => app.makeToken(['projects:write'], [id]);

  /** Every place of the API that describes the project, read with this token. */
  async function readEverywhere(token: string, id: string): Promise<Map<string, string>> {
    const get = async (path: string) => (await app.call('GET', path, { token })).text;
    const trpc = async (path: string, input: object) => {
      const query = encodeURIComponent(JSON.stringify(input));
      return (await callApi(`${app.app.address}/trpc/${path}?input=${query}`, 'GET', { token })).text;
    };
    const list = (await app.call('GET', `/jobs?project=${id}`, { token })).body.jobs;
    const jobId = String(list?.['0']?.id);
    return new Map([
      ['GET /jobs', await get(`/jobs?project=${id}`)],
      ['GET /jobs/{jobId}', await get(`/jobs/${jobId}`)],
      ['jobs.get by tRPC', await trpc('jobs.get', { jobId })],
      ['GET /projects', await get('/projects')],
      ['GET /projects/{id}', await get(`/projects/${id}`)],
      ['GET /projects/{id}/certificate/status', await get(`/projects/${id}/certificate/status`)],
      ['GET /overview', await get('/overview')],
      ['overview.get by tRPC', await trpc('overview.get', {})],
      ['GET /events', await readEvents('/api/v1/events', token, jobId)],
      ['jobs.events by tRPC', await readEvents('/trpc/jobs.events?input={"lastEventId":0}', token, jobId)],
    ]);
  }

  /** The stream from the first event to the end of the job. */
  async function readEvents(path: string, token: string, jobId: string): Promise<string> {
    const controller = new AbortController();
    const headers = { authorization: `Bearer ${token}`, 'last-event-id': '0' };
    const { body } = await fetch(`${app.app.address}${path}`, { headers, signal: controller.signal });
    let text = '';
    for await (const chunk of body ?? []) {
      text += Buffer.from(chunk).toString('utf8');
      const isOver = text.split('\n').some((line) => line.includes('"job.failed"') && line.includes(jobId));
      if (isOver) break;
    }
    controller.abort();
    return text;
  }

  /** @param places Where an unlimited token reads the words. */
  async function expectLimited(id: string, token: string, places: readonly string[]): Promise<void> {
    const [full, limited] = [await readEverywhere(app.token, id), await readEverywhere(token, id)];
    const holding = [...full].filter(([, text]) => text.includes(INSIDE)).map(([place]) => place);
    expect(holding).toEqual(expect.arrayContaining([...places]));
    for (const [place, text] of limited) expect(text, place).not.toContain(INSIDE);
    expect(limited.get('GET /jobs/{jobId}')).toContain('"failed"');
  }

  const JOB = ['GET /jobs', 'GET /jobs/{jobId}', 'jobs.get by tRPC'];
  const EVENTS = ['GET /events', 'jobs.events by tRPC'];

  const refusal: GateAnswer = {
    status: 400,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({
      type: 'urn:ietf:params:acme:error:rejectedIdentifier',
      detail: INSIDE,
      status: 400,
      [INSIDE]: INSIDE,
      subproblems: [{ type: INSIDE, detail: INSIDE, identifier: { type: 'dns', value: INSIDE } }],
    }),
  };
  const onNewOrder =
    (answer: GateAnswer): GateKeeper =>
    (path) =>
      path === '/order-plz' ? Promise.resolve(answer) : null;

  it('show only type and status of a CA’s problem document', async () => {
    gate.keep(onNewOrder(refusal));
    const id = await app.project('refused.example.com');
    const token = await newToken(id);
    const path = `/projects/${id}/certificate/obtain`;
    const full = await app.call('POST', path, { body: OBTAIN });
    expect(full.text).toContain(INSIDE);
    const limited = await app.call('POST', path, { body: OBTAIN, token });
    expect(limited.text).not.toContain(INSIDE);
    expect(limited).toMatchObject({
      status: 400,
      body: {
        success: false,
        code: 'ACME_REJECTED',
        error: expect.stringMatching(/HTTP 400, urn:ietf:params:acme:error:rejectedIdentifier/),
        details: { status: 400, problem: { type: 'urn:ietf:params:acme:error:rejectedIdentifier' } },
      },
    });
    await expectLimited(id, token, [
      ...JOB,
      ...EVENTS,
      'GET /projects',
      'GET /overview',
      'overview.get by tRPC',
    ]);
  });

  it.each([
    { characters: 1_000_000, status: 400, code: 'ACME_REJECTED' },
    { characters: 1_100_000, status: 502, code: 'ACME_PROTOCOL_ERROR' }, // answers over 1 MiB are not read
  ])('are bounded for every caller: $characters characters', async ({ characters, status, code }) => {
    const problem = { type: 'urn:ietf:params:acme:error:malformed', detail: 'x'.repeat(characters) };
    gate.keep(onNewOrder({ ...refusal, body: JSON.stringify(problem) }));
    const id = await app.project(`long-${characters}.example.com`);
    const answer = await app.call('POST', `/projects/${id}/certificate/obtain`, { body: OBTAIN });
    expect(answer).toMatchObject({ status, body: { code } });
    expect(answer.text.length).toBeLessThan(10_000);
    for (const [place, text] of await readEverywhere(app.token, id))
      expect(text.length, place).toBeLessThan(100_000);
  });

  it('show no page that came in place of an ACME answer, and not its type', async () => {
    gate.keep(onNewOrder({ status: 403, headers: { 'content-type': INSIDE }, body: `<h1>${INSIDE}</h1>` }));
    const id = await app.project('page.example.com');
    const token = await newToken(id);
    const { text } = await app.call('POST', `/projects/${id}/certificate/obtain`, { body: OBTAIN, token });
    expect(text).not.toContain(INSIDE);
    await expectLimited(id, token, JOB);
  });

  it('hide the reason for a failed validation, in steps too', async () => {
    gate.keep(async (path, pass) => {
      const answer = await pass();
      if (!path.startsWith('/authZ/')) return answer;
      const { challenges, ...others } = JSON.parse(answer.body);
      const error = { type: 'urn:ietf:params:acme:error:unauthorized', detail: INSIDE };
      const failed = challenges.map((one: object) => ({ ...one, error }));
      return { ...answer, body: JSON.stringify({ ...others, challenges: failed }) };
    });
    await pebble.challtestsrv.setServfail('unproved.example.com');
    const id = await app.project('unproved.example.com');
    const token = await newToken(id);
    const answer = await app.call('POST', `/projects/${id}/certificate/obtain`, { body: OBTAIN, token });
    expect(answer).toMatchObject({
      body: {
        error: 'HTTP-01 challenge failed: Could not verify domain ownership',
        details: { problem: { type: 'urn:ietf:params:acme:error:unauthorized' } },
      },
    });
    expect(answer.text).not.toContain(INSIDE);
    await expectLimited(id, token, ['GET /jobs/{jobId}', 'jobs.get by tRPC']);
  });

  it('hide the detail of a failed renewal in the status, the list and the overview', async () => {
    const id = await app.project('renewed.example.com');
    const token = await newToken(id);
    const first = await app.call('POST', `/projects/${id}/certificate/obtain`, { body: OBTAIN });
    expect(first.status, first.text).toBe(200);
    gate.keep(onNewOrder(refusal));
    await app.app.engine.sweep();
    now += RENEW_AFTER_MS;
    await app.app.engine.sweep();
    await expect.poll(() => app.app.engine.counts()).toEqual({ running: 0, queued: 0 });
    await expectLimited(id, token, [
      ...JOB,
      ...EVENTS,
      'GET /projects',
      'GET /projects/{id}/certificate/status',
      'GET /overview',
      'overview.get by tRPC',
    ]);
    const { body } = await app.call('GET', `/projects/${id}/certificate/status`, { token });
    expect(body).toMatchObject({
      lastRenewErrorCode: 'ACME_REJECTED',
      lastRenewError: expect.stringContaining('The CA rejected the request'),
    });
    const renewal = await app.call('POST', `/projects/${id}/certificate/renew`, { token });
    expect(renewal).toMatchObject({ status: 400, body: { code: 'ACME_REJECTED' } });
    expect(renewal.text).not.toContain(INSIDE);
  });

  it('hide the address of a DNS server that an administrator saved', async () => {
    const credentials = {
      baseUrl: `http://127.0.0.1:${portOf(dns)}`,
      apiUser: 'user',
      apiKey: 'key-of-acme-dns',
      subdomain: 'sub',
    };
    const id = await app.project('dns.example.com');
    await pebble.challtestsrv.setCname('_acme-challenge.dns.example.com', 'sub.127.0.0.1');
    const token = await newToken(id);
    const saved = await app.asUser('POST', '/dns-credentials', {
      body: { name: 'inside', provider: 'acmedns', credentials, projectIds: [id] },
    });
    expect(saved.status, saved.text).toBe(201);
    const test = await app.call('POST', `/dns-credentials/${saved.body.id}/test`, { body: {} });
    expect(test.text).toContain(INSIDE);
    const body = {
      challengeType: 'dns-01',
      dnsProvider: 'acmedns',
      dnsCredentialId: saved.body.id,
      keyType: 'ec',
    };
    const answer = await app.call('POST', `/projects/${id}/certificate/obtain`, { body, token });
    expect(answer).toMatchObject({
      body: { code: 'DNS_PROVIDER_REFUSED', error: expect.stringContaining('HTTP 400') },
    });
    expect(answer.text).not.toContain(INSIDE);
    await expectLimited(id, token, [...JOB, ...EVENTS]);
  });
});
