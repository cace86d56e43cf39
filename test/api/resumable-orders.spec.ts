// A job that fails after the CA has received its order: the next one resumes that order. A certificate issued meanwhile
// is fetched for the stored key, and nothing is ordered twice.
import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type AcmeGate, startAcmeGate } from '../support/acme/gate.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

const OBTAIN = { challengeType: 'http-01', keyType: 'ec' };

describeWith('pebble', 'an order that outlives its job', () => {
  let pebble: Pebble;
  let gate: AcmeGate;
  let app: TestApp;

  beforeAll(async () => {
    pebble = await startPebble();
    gate = await startAcmeGate(pebble);
    app = await start(3_000);
  });
  /** @param issueWithinMs The time-out of a job. */
  const start = (issueWithinMs: number, dataFolder?: string) =>
    startApp({
      pebble,
      limits: { issueWithinMs },
      platform: { directories: { production: gate.directoryUrl }, acmeRoots: gate.rootPem },
      ...(dataFolder === undefined ? {} : { dataFolder }),
    });
  /** The job after the cut gets the usual time, however busy the machine is. */
  const restart = async (issueWithinMs: number): Promise<void> => {
    await app.close();
    app = await start(issueWithinMs, app.dataFolder);
  };
  afterEach(() => gate?.keep(null));
  afterAll(async () => {
    await app?.stop();
    await gate?.stop();
    await pebble?.stop();
  });

  const ordersAtCa = () => gate.requests.filter((path) => path === '/order-plz').length;
  const issued = () => [...pebble.log().matchAll(/Issued certificate serial ([0-9a-f]+)/g)].length;
  const obtain = (id: string, more: object = {}) =>
    app.call('POST', `/projects/${id}/certificate/obtain`, { body: { ...OBTAIN, ...more } });

  /** From the first request for that path on nothing gets through; the CA carries that one out if `done`. */
  function cutOffAt(at: string, done: boolean): void {
    let cut = false;
    gate.keep((path, pass) => {
      if (!cut && !path.startsWith(at)) return null;
      const first = !cut;
      cut = true;
      return (async () => {
        if (first && done) await pass();
        return 'lost' as const;
      })();
    });
  }

  it.each([
    ['/finalize-order', true],
    ['/finalize-order', false],
    ['/authZ', false],
  ] as const)('cut off at %s (done by the CA: %s)', async (at, done) => {
    const id = await app.project(`kept${at.slice(1, 4).toLowerCase()}${done}.example.com`);
    const before = { orders: ordersAtCa(), issued: issued() };
    cutOffAt(at, done);
    const failed = await obtain(id);
    expect(failed.body.code, failed.text).toMatch(/^ACME_(UNAVAILABLE|TIMEOUT)$/);
    gate.keep(null);
    await restart(900_000);
    const again = await obtain(id);
    expect(again.status, again.text).toBe(200);
    expect(ordersAtCa() - before.orders).toBe(1);
    expect(issued() - before.issued).toBe(1);
    const pem = (await app.call('GET', `/projects/${id}/certificate/download?format=pem`)).text;
    expect(await pebble.certificateStatus(new X509Certificate(pem).serialNumber)).not.toBeNull();
    await restart(3_000);
  });

  it('is not used for another key: a new order is created', async () => {
    const id = await app.project('otherkey.example.com');
    cutOffAt('/finalize-order', false);
    expect((await obtain(id)).status).not.toBe(200);
    gate.keep(null);
    await restart(900_000);
    const before = ordersAtCa();
    expect((await obtain(id, { keySize: 384 })).status).toBe(200);
    expect(ordersAtCa() - before).toBe(1);
  });
});
