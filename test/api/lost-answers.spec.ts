// A network that loses answers and a CA that fails briefly, at every request of an issuance: it succeeds, with one
// order and one account, and what cannot succeed says why.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type AcmeGate, type GateAnswer, startAcmeGate } from '../support/acme/gate.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { withQuickTiming } from '../support/engine/quick-time.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

const OBTAIN = { challengeType: 'http-01', keyType: 'ec' };
const STEPS = ['/sign-me-up', '/order-plz', '/authZ', '/chalZ', '/finalize-order', '/my-order', '/certZ'];

const problem = (
  status: number,
  type: string,
  headers: Readonly<Record<string, string>> = {},
): GateAnswer => ({
  status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: JSON.stringify({ type: `urn:ietf:params:acme:error:${type}`, detail: 'from the gate', status }),
});
const HTML: GateAnswer = { status: 503, headers: { 'content-type': 'text/html' }, body: '<h1>Busy</h1>' };

describeWith('pebble', 'Certdesk with a CA whose answers get lost', () => {
  let pebble: Pebble;
  let gate: AcmeGate;
  let app: TestApp;
  let count = 0;

  beforeAll(async () => {
    pebble = await startPebble();
    gate = await startAcmeGate(pebble);
    app = await open();
  });
  afterEach(() => gate?.keep(null));
  afterAll(async () => {
    await app?.stop();
    await gate?.stop();
    await pebble?.stop();
  });

  function open(): Promise<TestApp> {
    const directories = { production: gate.directoryUrl };
    return startApp({ pebble, platform: { directories, acmeRoots: gate.rootPem, around: withQuickTiming } });
  }

  /** An issuance with a new account. @returns the number of orders created for it. */
  async function obtain() {
    count += 1;
    const domain = `lost${count}.example.com`;
    const id = await app.project(domain);
    const before = gate.requests.length;
    const body = { ...OBTAIN, email: `admin@${domain}` };
    const answer = await app.call('POST', `/projects/${id}/certificate/obtain`, { body });
    const orders = gate.requests.slice(before).filter((path) => path === '/order-plz').length;
    return { id, answer, orders };
  }

  /** Does this to the first `times` requests for that path. */
  function disturb(
    at: string,
    times: number,
    how: (pass: () => Promise<GateAnswer>) => Promise<GateAnswer | 'lost'>,
  ) {
    let left = times;
    gate.keep((path, pass) => {
      if (left === 0 || !path.startsWith(at)) return null;
      left -= 1;
      return how(pass);
    });
  }

  it.each(STEPS)('%s: recovers from a request that does not arrive', async (at) => {
    disturb(at, 1, async () => 'lost');
    const { answer, orders } = await obtain();
    expect(answer.status, answer.text).toBe(200);
    expect(orders).toBeLessThanOrEqual(at === '/order-plz' ? 2 : 1);
  });

  it.each(STEPS)('%s: recovers from an answer that does not arrive', async (at) => {
    disturb(at, 1, async (pass) => {
      await pass();
      return 'lost';
    });
    const { answer, orders } = await obtain();
    expect(answer.status, answer.text).toBe(200);
    expect(orders).toBeLessThanOrEqual(at === '/order-plz' ? 2 : 1);
  });

  it.each(STEPS)('%s: recovers from a 503 with a page instead of a problem document', async (at) => {
    disturb(at, 1, async () => HTML);
    const { answer } = await obtain();
    expect(answer.status, answer.text).toBe(200);
  });

  it('reports a CA that keeps failing as unavailable, and the next attempt succeeds', async () => {
    disturb('/finalize-order', 1_000, async () => HTML);
    const { id, answer } = await obtain();
    expect(answer).toMatchObject({ status: 502, body: { success: false, code: 'ACME_UNAVAILABLE' } });
    gate.keep(null);
    const again = await app.call('POST', `/projects/${id}/certificate/obtain`, { body: OBTAIN });
    expect(again.status, again.text).toBe(200);
  });

  it('waits the two seconds that a CA asks for before it sends the order again', async () => {
    const asked: number[] = [];
    gate.keep((path) => {
      if (path !== '/order-plz') return null;
      asked.push(performance.now());
      return asked.length === 1
        ? Promise.resolve({ ...HTML, headers: { ...HTML.headers, 'retry-after': '2' } })
        : null;
    });
    const { answer } = await obtain();
    expect(answer.status, answer.text).toBe(200);
    const [first = 0, second = 0] = asked;
    expect(second - first).toBeGreaterThan(1_950);
  });

  it('asks a CA that wants ten minutes no more, neither in the same job nor in the next', async () => {
    let asked = 0;
    disturb('/order-plz', 1_000, async () => {
      asked += 1;
      return { ...HTML, headers: { ...HTML.headers, 'retry-after': '600' } };
    });
    try {
      for (const { answer } of [await obtain(), await obtain()]) {
        expect(answer).toMatchObject({
          status: 502,
          body: { code: 'ACME_UNAVAILABLE', details: { retryAfter: 600 } },
        });
      }
      expect(asked).toBe(1);
    } finally {
      await app.stop(); // it would remember the gate
      app = await open();
    }
  });

  it.each(['/sign-me-up', '/order-plz', '/finalize-order'])(
    '%s: reports a rate limit with its Retry-After, and does not retry',
    async (at) => {
      let asked = 0;
      disturb(at, 1_000, async () => {
        asked += 1;
        return problem(429, 'rateLimited', { 'retry-after': '122400' });
      });
      const { answer } = await obtain();
      expect(answer).toMatchObject({ status: 429, body: { code: 'ACME_RATE_LIMITED' } });
      expect(answer.headers.get('retry-after')).toBe('122400');
      expect(asked).toBe(1);
    },
  );

  it('reports a refusal once, in the words of the CA', async () => {
    let asked = 0;
    disturb('/order-plz', 1_000, async () => {
      asked += 1;
      return problem(403, 'rejectedIdentifier');
    });
    const { answer } = await obtain();
    expect(answer).toMatchObject({ status: 400, body: { code: 'ACME_REJECTED' } });
    expect(answer.body.details?.problem).toMatchObject({
      type: 'urn:ietf:params:acme:error:rejectedIdentifier',
      detail: 'from the gate',
    });
    expect(asked).toBe(1);
  });

  it('rejects a certificate that is not the ordered one', async () => {
    const other = await obtain();
    const chain = (await app.call('GET', `/projects/${other.id}/certificate/download?format=fullchain`)).text;
    const headers = { 'content-type': 'application/pem-certificate-chain' };
    disturb('/certZ', 1_000, async () => ({ status: 200, headers, body: chain }));
    const { id, answer } = await obtain();
    expect(answer).toMatchObject({
      status: 502,
      body: { code: 'ISSUED_CERTIFICATE_REJECTED', details: { check: 'key' } },
    });
    expect((await app.call('GET', `/projects/${id}/certificate`)).text).toBe('null');
  });
});
