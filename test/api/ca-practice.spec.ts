// CA behaviour in practice, through the whole of Certdesk with a test clock and a gate before Pebble: limits with waits
// of hours and weeks, permanent refusals, validations that keep failing, reused authorizations, slow validations.
import { afterEach, expect, it } from 'vitest';
import { type AcmeGate, type GateAnswer, startAcmeGate } from '../support/acme/gate.ts';
import { type Pebble, type PebbleOptions, startPebble } from '../support/acme/pebble.ts';
import { problem } from '../support/faults/network.ts';
import { type Json, startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

const OBTAIN = { challengeType: 'http-01', keyType: 'ec' };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** In the words of https://letsencrypt.org/docs/rate-limits. */
const LIMITED =
  'too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s, retry after 2026-12-01 10:00:00 UTC: see https://letsencrypt.org/docs/rate-limits/#new-certificates-per-exact-set-of-identifiers';

interface Rig {
  readonly pebble: Pebble;
  readonly gate: AcmeGate;
  app: TestApp;
  /** Sets the clock and runs renewal checks until all started jobs have ended. */
  pass(ms: number): Promise<void>;
  now(): number;
  obtain(domain: string, altNames?: readonly string[]): Promise<string>;
  status(id: string): Promise<Json>;
  orders(): number;
  /** Another process on the same folder. */
  restart(): Promise<void>;
}

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function start(options: PebbleOptions = {}): Promise<Rig> {
  const pebble = await startPebble(options);
  const gate = await startAcmeGate(pebble);
  let now = Date.now();
  const clock = { now: () => new Date(now) };
  const open = (dataFolder?: string) =>
    startApp({
      pebble,
      platform: { directories: { production: gate.directoryUrl }, acmeRoots: gate.rootPem, clock },
      ...(dataFolder === undefined ? {} : { dataFolder }),
    });
  const rig: Rig = {
    pebble,
    gate,
    app: await open(),
    now: () => now,
    async pass(ms) {
      await rig.app.app.engine.sweep(); // a running one does not know what is due after the jump
      now += ms;
      await rig.app.app.engine.sweep();
      await expect.poll(() => rig.app.app.engine.counts()).toEqual({ running: 0, queued: 0 });
    },
    async obtain(domain, altNames = []) {
      const id = await rig.app.project(domain, altNames);
      const { status, text } = await rig.app.call('POST', `/projects/${id}/certificate/obtain`, {
        body: OBTAIN,
      });
      expect(status, text).toBe(200);
      return id;
    },
    status: async (id) => (await rig.app.call('GET', `/projects/${id}/certificate/status`)).body,
    orders: () => gate.requests.filter((path) => path === '/order-plz').length,
    async restart() {
      const { dataFolder } = rig.app;
      await rig.app.close();
      rig.app = await open(dataFolder);
    },
  };
  ending.push(
    () => pebble.stop(),
    () => gate.stop(),
    () => rig.app.stop(),
  );
  return rig;
}

describeWith('pebble', 'Certdesk with a real CA', () => {
  it.each<[string, string | null, number, number]>([
    ['34 hours', '122400', 34 * HOUR, 34 * HOUR],
    ['a date', 'date', 5 * HOUR, 5 * HOUR],
    ['60 days, of which a week is believed', String(60 * 86_400), 7 * DAY, 7 * DAY],
    ['nothing, as where an account is paused', null, MINUTE, 2 * MINUTE],
  ])(
    '429 with %s: sends no order before that time, even after a restart, and does not delay other CAs',
    async (_what, given, least, most) => {
      const rig = await start();
      const id = await rig.obtain('limited.example.com');
      const date = new Date(Date.now() + 5 * HOUR).toUTCString();
      const headers =
        given === null
          ? {}
          : { 'retry-after': given === 'date' ? date : given, date: new Date().toUTCString() };
      let limit = true;
      rig.gate.keep((path) =>
        limit && path === '/order-plz'
          ? Promise.resolve(problem(429, 'rateLimited', { detail: LIMITED, headers: headers as never }))
          : null,
      );
      const made = rig.orders();
      await rig.pass(61 * DAY);
      expect(rig.orders() - made).toBeLessThanOrEqual(2); // the second one is without what it replaces
      const refused = rig.orders();
      const { nextAttemptAt, lastRenewError, renewFailures, renewAt } = await rig.status(id);
      const wait = Date.parse(String(nextAttemptAt)) - rig.now();
      expect(wait).toBeGreaterThanOrEqual(least - 2_000);
      expect(wait).toBeLessThanOrEqual(most + 2_000);
      expect(String(lastRenewError)).toContain(LIMITED); // the CA's own message
      expect(renewFailures).toBe(1);
      expect(Date.parse(String(renewAt))).toBeLessThan(rig.now());
      limit = false;
      await rig.obtain('other.example.com');
      expect(rig.orders()).toBe(refused + 1);
      const attempts = async () => (await rig.app.call('GET', `/jobs?project=${id}`)).body.jobs?.length;
      expect(await attempts()).toBe(2); // the issuance, and this renewal
      await rig.restart();
      await rig.pass(wait - 5_000);
      expect(await attempts()).toBe(2);
      await rig.pass(10_000);
      expect(await attempts()).toBe(3);
      expect(await rig.status(id)).toMatchObject({ renewFailures: 0, lastRenewError: null });
      // The clock here is two months ahead of the CA's, which is reported.
      const { body } = await rig.app.call('GET', `/jobs?project=${id}`);
      const job = await rig.app.call('GET', `/jobs/${body.jobs?.['0']?.id}`);
      expect(job.text).toMatch(/clock of this server is \d+ minutes ahead of the CA's/);
    },
  );

  it('does not repeat a permanent refusal until somebody changes something', async () => {
    const rig = await start();
    const id = await rig.obtain('forbidden.example.com');
    const detail = 'The ACME server refuses to issue a certificate for this domain name, forbidden by policy';
    rig.gate.keep((path) =>
      path === '/order-plz' ? Promise.resolve(problem(400, 'rejectedIdentifier', { detail })) : null,
    );
    await rig.pass(61 * DAY);
    const asked = rig.orders();
    expect(await rig.status(id)).toMatchObject({
      nextAttemptAt: null,
      waitsFor: 'Action needed: the CA does not issue for this name.',
      lastRenewError: expect.stringContaining(detail),
    });
    for (let day = 0; day < 5; day += 1) await rig.pass(DAY);
    expect(rig.orders()).toBe(asked);
    rig.gate.keep(null);
    await rig.app.call('PATCH', `/projects/${id}`, { body: { name: 'fixed' } });
    await rig.pass(MINUTE);
    expect(await rig.status(id)).toMatchObject({ renewFailures: 0, waitsFor: null });
  });

  it('fails the validation of one name fewer than five times an hour, and says why', async () => {
    const rig = await start();
    // Two names: Pebble reuses an authorization even at 0 %, one time in a hundred (`>` in its wfe.go).
    const names = ['broken.example.com', 'www.broken.example.com'];
    const id = await rig.obtain('broken.example.com', names.slice(1));
    for (const name of names) await rig.pebble.challtestsrv.setServfail(name);
    await rig.pass(61 * DAY);
    const failed = [rig.now()];
    let seen = 1;
    expect((await rig.status(id)).renewFailures).toBe(seen);
    for (let minutes = 0; minutes < 10 * 60; minutes += 4) {
      await rig.pass(4 * MINUTE);
      const failures = Number((await rig.status(id)).renewFailures);
      if (failures > seen) failed.push(rig.now());
      seen = failures;
    }
    expect(failed.length).toBeGreaterThanOrEqual(4); // 1, 10, 100 minutes, 6 hours
    expect(failed.length).toBe(seen);
    const worst = Math.max(...failed.map((at) => failed.filter((t) => t >= at && t < at + HOUR).length));
    expect(worst).toBeLessThan(5);
    const { lastRenewError } = await rig.status(id);
    expect(String(lastRenewError)).toMatch(/broken\.example\.com|SERVFAIL/);
  });

  it('sends the order once more without `replaces` if the CA calls it malformed', async () => {
    const rig = await start();
    const id = await rig.obtain('replaced.example.com');
    await rig.pass(0); // fetches the window
    const made = rig.orders();
    let first = true;
    rig.gate.keep((path) => {
      if (!first || path !== '/order-plz') return null;
      first = false;
      return Promise.resolve(problem(400, 'malformed', { detail: 'Invalid replaces field' }));
    });
    const answer = await rig.app.call('POST', `/projects/${id}/certificate/renew`);
    expect(answer.status, answer.text).toBe(200);
    expect(rig.orders()).toBe(made + 2);
  });

  it('does not validate an authorization again that the CA reuses', async () => {
    const rig = await start({ env: { PEBBLE_AUTHZREUSE: '100' } });
    const id = await rig.obtain('reused.example.com');
    const before = rig.gate.requests.length;
    expect((await rig.app.call('POST', `/projects/${id}/certificate/renew`)).status).toBe(200);
    const asked = rig.gate.requests.slice(before);
    expect(asked.filter((path) => path.startsWith('/order-plz'))).toHaveLength(1);
    expect(asked.filter((path) => path.startsWith('/chalZ'))).toEqual([]);
  });

  it('logs each step of an issuance in one line, with its project, job and CA', async () => {
    const rig = await start();
    const id = await rig.obtain('logged.example.com');
    const { body } = await rig.app.call('GET', `/jobs?project=${id}`);
    const jobId = body.jobs?.['0']?.id;
    const lines = rig.app.log
      .map((line) => JSON.parse(line))
      .filter((line) => line.kind === 'job.step' && line.jobId === jobId);
    const steps = (await rig.app.call('GET', `/jobs/${jobId}`)).body.steps as unknown as {
      data: { step?: string } | null;
      message: string;
    }[];
    const reported = steps.filter(({ data }) => data?.step !== undefined);
    expect(lines.map(({ msg }) => msg)).toEqual(reported.map(({ message }) => message));
    expect(lines.length).toBeGreaterThanOrEqual(7);
    const { host } = new URL(rig.gate.directoryUrl);
    for (const line of lines) expect(line).toMatchObject({ projectId: id, data: { ca: host } });
  });

  it('polls slow validations only as often as the CA says, three at once', async () => {
    const config = { retryAfter: { authz: 1, order: 1 } };
    const rig = await start({ env: { PEBBLE_VA_NOSLEEP: '0', PEBBLE_VA_SLEEPTIME: '4' }, config });
    const notBefore = new Map<string, number>();
    const early: string[] = [];
    const waits: string[] = [];
    rig.gate.keep(async (path, pass): Promise<GateAnswer> => {
      if ((notBefore.get(path) ?? 0) > performance.now()) early.push(path);
      const answer = await pass();
      const after = answer.headers['retry-after'];
      if (after !== undefined) {
        waits.push(after);
        notBefore.set(path, performance.now() + Number(after) * 1_000 - 50);
      }
      return answer;
    });
    await Promise.all(['a', 'b', 'c'].map((name) => rig.obtain(`slow-${name}.example.com`)));
    expect(waits.length).toBeGreaterThan(0); // otherwise the test proves nothing
    expect(early).toEqual([]);
  });
});
