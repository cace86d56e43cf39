// The whole of Certdesk before a Pebble whose answers are changed. Waits take no real time, because the clock runs
// ahead.
import { expect } from 'vitest';
import { type AcmeGate, startAcmeGate } from '../../acme/gate.ts';
import { type Pebble, startPebble } from '../../acme/pebble.ts';
import { commonName, leafOf, split } from '../../acme/pebble-rig.ts';
import { createQuickTiming } from '../../engine/quick-time.ts';
import { type Answer, type Json, startApp, type TestApp } from '../../server/app.ts';
import { type FaultyCa, faultAnswers } from './fault.ts';
import type { Operation, Row } from './rows.ts';

/** How an operation ends: at once, in the next job after a failed one, or in the next process. */
export type Way = 'at once' | 'by retry' | 'after a restart';

const AFTER_CSR = { 'at once': null, 'by retry': 'refused', 'after a restart': 'silent' } as const;

export interface FaultyWorld {
  /** Runs the operation while the CA behaves like the row, and checks its result and its requests. */
  run(row: Row, operation: Operation, way?: Way): Promise<void>;
  stop(): Promise<void>;
}

/** Pebble needs a little real time, however far the clock runs ahead. */
const REAL_PAUSE_MS = 8;

export async function startFaultyWorld(): Promise<FaultyWorld> {
  const pebble: Pebble = await startPebble({ env: { PEBBLE_ALTERNATE_ROOTS: '1' } });
  const gate: AcmeGate = await startAcmeGate(pebble);
  const [, otherRoot = ''] = await pebble.issuerRoots();
  const alternate = commonName(leafOf(otherRoot).subject);
  const open = (dataFolder?: string): Promise<TestApp> =>
    startApp({
      pebble,
      platform: {
        directories: { production: gate.directoryUrl },
        acmeRoots: gate.rootPem,
        around: (ports) => ({ ...ports, timing: createQuickTiming(REAL_PAUSE_MS) }),
      },
      ...(dataFolder === undefined ? {} : { dataFolder }),
    });
  let app = await open();
  let projects = 0;

  async function perform(id: string, operation: Operation, row: Row): Promise<Answer> {
    const path = `/projects/${id}/certificate/${operation}`;
    if (operation === 'renew') return app.call('POST', path);
    if (operation === 'revoke')
      return app.call('POST', path, { body: { reason: row.reason ?? 'superseded', replace: true } });
    return app.call('POST', path, { body: await obtainBody(id, row) });
  }

  async function obtainBody(id: string, { chain }: Pick<Row, 'chain'>): Promise<object> {
    const preferredChain = chain === 'alternate' ? alternate.toUpperCase() : chain && 'No such root';
    return {
      challengeType: 'http-01',
      keyType: 'ec',
      email: `${id.slice(0, 8)}@example.com`, // its own account
      ...(preferredChain === undefined ? {} : { preferredChain }),
    };
  }

  /** A project, with a certificate if the operation needs one. */
  async function prepare(row: Row, operation: Operation): Promise<string> {
    projects += 1;
    const id = await app.project(`faulty-${projects}.example.com`);
    if (operation === 'obtain') return id;
    const body = await obtainBody(id, row);
    const { status, text } = await app.call('POST', `/projects/${id}/certificate/obtain`, { body });
    expect(status, text).toBe(200);
    await app.app.engine.sweep(); // fetches the CA's suggestion: then an order says what it replaces
    return id;
  }

  const jobsOf = async (id: string): Promise<readonly Json[]> =>
    Object.values((await app.call('GET', `/jobs?project=${id}`)).body.jobs ?? {});

  /** The state of the newest job after it has ended. */
  async function ended(id: string): Promise<Json> {
    await expect
      .poll(async () => String((await jobsOf(id))[0]?.state), { timeout: 120_000 })
      .toMatch(/succeeded|failed/);
    return (await jobsOf(id))[0] ?? {};
  }

  /** @param between What happens while Certdesk is stopped. */
  async function restart(between: () => void = () => undefined): Promise<void> {
    const { dataFolder } = app;
    await app.close();
    between();
    app = await open(dataFolder);
  }

  /** Every step of every job of the project, as one text. */
  async function stepsOf(id: string): Promise<string> {
    const jobs = await Promise.all((await jobsOf(id)).map((job) => app.call('GET', `/jobs/${job.id}`)));
    return jobs.map(({ text }) => text).join('\n');
  }

  /** The chain in use, which Pebble must have issued. */
  async function chainOf(id: string): Promise<string> {
    const { text } = await app.call('GET', `/projects/${id}/certificate/download?format=fullchain`);
    expect(await pebble.certificateStatus(leafOf(text).serialNumber)).toMatchObject({ status: 'Valid' });
    return text;
  }

  async function checkSuccess(id: string, row: Row, { counts }: FaultyCa): Promise<void> {
    const steps = await stepsOf(id);
    expect({ ...counts }, steps).toEqual({ orders: 1, finalizes: row.finalizes ?? 1 });
    if (row.says !== undefined) expect(steps).toMatch(row.says);
    const top = split(await chainOf(id)).at(-1)?.issuer ?? '';
    expect(commonName(top) === alternate).toBe(row.getsAlternate === true);
  }

  async function atOnce(id: string, row: Row, operation: Operation, faulty: FaultyCa): Promise<void> {
    const { status, text, body } = await perform(id, operation, row);
    if (row.fails === undefined) {
      expect(status, text).toBe(200);
      return checkSuccess(id, row, faulty);
    }
    const { code, says, orders, finalizes } = row.fails;
    expect(body.code, text).toBe(code);
    expect(text).toMatch(says);
    expect(faulty.counts).toEqual({ orders, finalizes });
  }

  async function byRetry(id: string, row: Row, operation: Operation, faulty: FaultyCa): Promise<void> {
    const failed = await perform(id, operation, row);
    expect(failed.status, failed.text).toBeGreaterThanOrEqual(500);
    faulty.reconnect();
    const { status, text } = await perform(id, operation, row);
    expect(status, text).toBe(200);
    await checkSuccess(id, row, faulty);
  }

  async function afterRestart(id: string, row: Row, operation: Operation, faulty: FaultyCa): Promise<void> {
    const stopped = perform(id, operation, row).catch(() => null); // its server disappears
    const early = stopped.then((answer) => {
      throw new Error(`it ended before its CSR: ${answer?.text}`);
    });
    await Promise.race([faulty.cut, early]);
    early.catch(() => undefined); // from now on it may end
    await restart(() => faulty.reconnect()); // the resumed job calls the CA immediately
    await stopped;
    expect(await ended(id)).toMatchObject({ state: 'succeeded' });
    await checkSuccess(id, row, faulty);
  }

  async function run(row: Row, operation: Operation, way: Way = 'at once'): Promise<void> {
    const id = await prepare(row, operation);
    if (row.faults.some(({ at }) => at === 'directory')) await restart(); // a process caches it
    const faulty = faultAnswers(gate, row.faults, AFTER_CSR[way]);
    try {
      const how = { 'at once': atOnce, 'by retry': byRetry, 'after a restart': afterRestart }[way];
      await how(id, row, operation, faulty);
      if (row.faults.length > 0) expect(faulty.changed(), 'answers that were changed').toBeGreaterThan(0);
    } catch (error) {
      // Pebble reuses one authorization in a hundred even at 0 % (`>` in its wfe.go): then the row had no effect.
      if (operation === 'obtain' || !faulty.hasReusedAuthorization()) throw error;
      faulty.stop(); // otherwise the certificate before the next attempt would meet the faults too
      await run(row, operation, way);
    } finally {
      faulty.stop();
    }
  }

  return {
    run,
    async stop() {
      await app.stop();
      await gate.stop();
      await pebble.stop();
    },
  };
}
