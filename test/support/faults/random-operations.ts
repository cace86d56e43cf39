// Random operations by seed, over a faulty network and with restarts: a model predicts each answer and the state after
// it. For npm test (short) and npm run soak (long).
import { createPrivateKey, X509Certificate } from 'node:crypto';
import Sqlite from 'better-sqlite3';
import { expect } from 'vitest';
import { databasePath } from '../../../src/main/storage/data-folder.ts';
import { startAcmeGate } from '../acme/gate.ts';
import { type Pebble, startPebble } from '../acme/pebble.ts';
import { type Answer, startApp, type TestApp } from '../server/app.ts';
import { seeded } from '../year/year.ts';
import { createFaultyNetwork } from './network.ts';

export interface OperationsReport {
  readonly operations: number;
  /** Name of the operation -> how often it succeeded, and how often it was refused or failed as predicted. */
  readonly done: Readonly<Record<string, readonly [number, number]>>;
  readonly restarts: number;
  readonly faults: number;
}

/** The predicted state of a project. */
interface Known {
  readonly id: string;
  name: string;
  /** Of the active certificate; null: none. */
  serial: string | null;
  /** `unsure`: the answer to a revocation was lost, and the CA may have revoked. */
  revoked: boolean | 'unsure';
}

/** Lanes run concurrently, each with its own projects. */
const LANES = 3;
const PROJECTS = 12;
/** Failures that the CA or the network may cause; they must change nothing. */
const OUTSIDE = /^(ACME_|ISSUED_CERTIFICATE_REJECTED|CHALLENGE_FAILED)/;

/** @param share Of the requests to the CA that fail, 0 to 1. */
export async function runRandomOperations(given: {
  readonly seed: number;
  readonly operations: number;
  readonly share: number;
  readonly phases: number;
}): Promise<OperationsReport> {
  const pebble = await startPebble();
  const gate = await startAcmeGate(pebble);
  const platform = { directories: { production: gate.directoryUrl }, acmeRoots: gate.rootPem };
  let app = await startApp({ pebble, platform });
  const { dataFolder, token } = app;
  const network = createFaultyNetwork(given.share, seeded(given.seed));
  const done: Record<string, [number, number]> = {};
  const lanes = Array.from({ length: LANES }, (_, n) => createLane(n, seeded(given.seed * 100 + n), done));
  try {
    for (let phase = 0; phase < given.phases; phase += 1) {
      gate.keep(network.keeper);
      const turns = Math.ceil(given.operations / given.phases / LANES);
      const call: TestApp['call'] = (method, path, more) => app.call(method, path, { token, ...more });
      await Promise.all(lanes.map((lane) => lane.live(call, turns)));
      gate.keep(null);
      await app.close();
      app = await startApp({ pebble, platform, dataFolder });
      for (const lane of lanes) await lane.check((method, path) => app.call(method, path, { token }), pebble);
      checkWhole(databasePath(dataFolder));
      expect((await app.call('GET', '/audit/verify', { token })).body.ok).toBe(true);
    }
    const operations = Object.values(done).reduce((sum, [good, bad]) => sum + good + bad, 0);
    const faults = [...network.done.values()].reduce((sum, times) => sum + times, 0);
    return { operations, done, restarts: given.phases, faults };
  } finally {
    await app.stop();
    await gate.stop();
    await pebble.stop();
  }
}

type CallApi = (method: string, path: string, more?: { readonly body?: object }) => Promise<Answer>;

function createLane(n: number, random: () => number, done: Record<string, [number, number]>) {
  const all: Known[] = [];
  let made = 0;

  const count = (name: string, good: boolean): void => {
    done[name] ??= [0, 0];
    done[name][good ? 0 : 1] += 1;
  };
  /** Expects success, or exactly the predicted code; `outside` also allows failures of the CA. */
  function isExpected(name: string, answer: Answer, expected: string | null, outside = false): boolean {
    const code = answer.status < 300 ? null : String(answer.body.code);
    const blamed = outside && expected === null && code !== null && OUTSIDE.test(code);
    if (!blamed)
      expect({ name, code, text: answer.text.slice(0, 300) }).toMatchObject({ name, code: expected });
    count(name, code === null);
    return code === null;
  }

  async function create(call: CallApi): Promise<void> {
    made += 1;
    const domain = `life${n}-${made}.example.com`;
    const answer = await call('POST', '/projects', { body: { name: domain, domain } });
    isExpected('create', answer, null);
    all.push({ id: String(answer.body.id), name: domain, serial: null, revoked: false });
  }

  async function issue(call: CallApi, known: Known, verb: 'obtain' | 'renew'): Promise<void> {
    const path = `/projects/${known.id}/certificate`;
    const body = { challengeType: 'http-01', keyType: 'ec' };
    const answer = await call('POST', `${path}/${verb}`, verb === 'obtain' ? { body } : {});
    const expected = verb === 'renew' && known.serial === null ? 'CERTIFICATE_NOT_FOUND' : null;
    if (!isExpected(verb, answer, expected, true)) return;
    const { serial } = (await call('GET', path)).body;
    expect(serial).not.toBe(known.serial);
    known.serial = String(serial);
    known.revoked = false;
  }

  const acts: Readonly<Record<string, (call: CallApi, known: Known) => Promise<void>>> = {
    obtain: (call, known) => issue(call, known, 'obtain'),
    renew: (call, known) => issue(call, known, 'renew'),
    async revoke(call, known) {
      const answer = await call('POST', `/projects/${known.id}/certificate/revoke`);
      const refused =
        known.serial === null ? 'CERTIFICATE_NOT_FOUND' : known.revoked === true ? 'ALREADY_REVOKED' : null;
      if (isExpected('revoke', answer, refused, true)) known.revoked = true;
      else if (refused === null) known.revoked = 'unsure';
    },
    async remove(call, known) {
      const answer = await call('DELETE', `/projects/${known.id}/certificate`);
      if (!isExpected('remove', answer, known.serial === null ? 'CERTIFICATE_NOT_FOUND' : null)) return;
      known.serial = null;
      known.revoked = false;
    },
    async drop(call, known) {
      const answer = await call('DELETE', `/projects/${known.id}`);
      if (isExpected('drop', answer, known.serial === null ? null : 'PROJECT_HAS_CERTIFICATE'))
        all.splice(all.indexOf(known), 1);
    },
    async rename(call, known) {
      const name = `name ${Math.floor(random() * 1e9)}`;
      if (isExpected('rename', await call('PATCH', `/projects/${known.id}`, { body: { name } }), null))
        known.name = name;
    },
    async read(call, known) {
      const answer = await call('GET', `/projects/${known.id}`);
      isExpected('read', answer, null);
      expect(answer.body.name).toBe(known.name);
      expect(answer.body.certificate?.serial ?? null).toBe(known.serial);
    },
    list: async (call) => void isExpected('list', await call('GET', '/projects?limit=50'), null),
    overview: async (call) => void isExpected('overview', await call('GET', '/overview'), null),
  };
  const often = ['obtain', 'renew', 'revoke', 'remove', 'drop', 'rename', 'rename', 'rename', 'rename'];
  const bag = [
    ...often,
    'read',
    'read',
    'read',
    'read',
    'read',
    'read',
    'list',
    'overview',
    'obtain',
    'renew',
  ];

  return {
    async live(call: CallApi, turns: number): Promise<void> {
      for (let turn = 0; turn < turns; turn += 1) {
        const known = all[Math.floor(random() * all.length)];
        const act = acts[bag[Math.floor(random() * bag.length)] ?? 'read'];
        if (known === undefined || (all.length < PROJECTS && random() < 0.1)) await create(call);
        else await act?.(call, known);
      }
    },
    /** Checks after a restart that everything is as predicted. */
    async check(call: CallApi, pebble: Pebble): Promise<void> {
      for (const { id, name, serial, revoked } of all) {
        const { body } = await call('GET', `/projects/${id}`);
        const now = { id, name: body.name, serial: body.certificate?.serial ?? null };
        expect(now).toEqual({ id, name, serial });
        if (serial === null) continue;
        const path = `/projects/${id}/certificate/download?format=`;
        const leaf = new X509Certificate((await call('GET', `${path}fullchain`)).text);
        const key = createPrivateKey((await call('GET', `${path}key`)).text);
        expect(leaf.checkPrivateKey(key)).toBe(true);
        if (revoked === 'unsure') continue;
        const status = revoked ? 'Revoked' : 'Valid';
        expect(await pebble.certificateStatus(leaf.serialNumber)).toMatchObject({ status });
      }
    },
  };
}

function checkWhole(path: string): void {
  const sqlite = new Sqlite(path, { readonly: true });
  try {
    expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(sqlite.pragma('foreign_key_check')).toEqual([]);
    const left = sqlite.prepare(
      "select count(*) from orders, json_each(orders.challenges) where value ->> 'state' <> 'cleaned'",
    );
    expect(left.pluck().get()).toBe(0);
  } finally {
    sqlite.close();
  }
}
