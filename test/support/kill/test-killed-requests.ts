// The server is killed at every request to the CA, before and after it is carried out: after a restart the job resumes,
// the repeated request gets its answer, and key and certificate match.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../../scripts/lib/build.ts';
import { createSealedFile } from '../../../src/main/secrets/sealed-file.ts';
import { databasePath } from '../../../src/main/storage/data-folder.ts';
import { type AcmeGate, startAcmeGate } from '../acme/gate.ts';
import { type Pebble, startPebble } from '../acme/pebble.ts';
import type { Answer, Call } from '../server/app.ts';
import { pebbleArgs, runCertdesk, startServer } from '../server/server.ts';

const OBTAIN = {
  challengeType: 'http-01',
  keyType: 'ec',
  dnsCredentials: { apiToken: 'kept-while-the-job-runs' },
};

export interface KillMoment {
  /** The path of the request to the CA. */
  readonly at: string;
  /** Whether the CA has carried out the request. */
  readonly done: boolean;
}

export interface KillMoments {
  readonly issuance: readonly KillMoment[];
  readonly renewal: readonly KillMoment[];
  readonly revocation: readonly KillMoment[];
}

/** Declares the tests of a server that is killed at these moments; call it in a file of tests. */
export function testKilledRequests({ issuance, renewal, revocation }: KillMoments): void {
  let folder: string;
  let pebble: Pebble;
  let gate: AcmeGate;
  let args: readonly string[];
  let token: string;
  let server: Running | null = null;

  const data = () => join(folder, 'data');
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certdesk-killed-'));
    expect(await ensureBuilt()).toBeNull();
    pebble = await startPebble();
    gate = await startAcmeGate(pebble);
    args = [
      ...(await pebbleArgs(folder, { ...gate, httpPort: pebble.httpPort })),
      ...['--alpn-port', String(pebble.tlsPort)],
    ];
    const create = ['token', 'create', '--data-dir', data(), '--name', 't', '--scope', 'projects:write'];
    token = (await runCertdesk(create)).trim();
  }, 600_000);
  afterAll(async () => {
    await server?.kill();
    await gate?.stop();
    await pebble?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  async function start(): Promise<Running> {
    const started = await startServer({ dataFolder: data(), args });
    server = {
      kill: () => started.stop('SIGKILL'),
      call: (method, path, call = {}) => started.call(method, path, { token, ...call }),
    };
    return server;
  }

  /** The one that the previous test started last, or a new one. */
  const current = async (): Promise<Running> => server ?? start();

  /** Kills the server when it sends such a request: before the CA receives it, or during its answer. */
  function killAt({ at, done }: KillMoment, running: Running): Promise<void> {
    const killed = Promise.withResolvers<void>();
    gate.keep((path, pass) => {
      if (!path.startsWith(at)) return null;
      gate.keep(null);
      return (async () => {
        if (done) await pass();
        await running.kill();
        killed.resolve();
        return 'lost' as const;
      })();
    });
    return killed.promise;
  }

  /** Sends the request, kills the server meanwhile, restarts it and repeats the request. */
  async function killedIn(moment: KillMoment, path: string, body?: object): Promise<Running> {
    const before = await current();
    const killed = killAt(moment, before);
    const call = { ...(body === undefined ? {} : { body }), headers: { 'Idempotency-Key': path } };
    const lost = before.call('POST', path, call).catch(() => 'lost');
    const answer = await Promise.race([killed, lost]);
    if (typeof answer === 'object') throw new Error(`answered before ${moment.at}: ${answer.text}`);
    await killed;
    expect(await lost).toBe('lost');
    const after = await start();
    const again = async () => (await after.call('POST', path, call)).status;
    // 504: the job is not queued yet in the first moments after a start.
    await expect.poll(again).toBe(200);
    return after;
  }

  const newProject = async (domain: string): Promise<string> => {
    const { call } = await current();
    const { body } = await call('POST', '/projects', { body: { domain } });
    return String(body.id);
  };
  it.each(issuance)('at $at (done by the CA: $done) of an issuance', async (moment) => {
    const domain = `${moment.at.slice(1).toLowerCase()}-${moment.done}.example.com`;
    const id = await newProject(domain);
    const path = `/projects/${id}/certificate`;
    // A new e-mail address creates a new account.
    const before = gate.requests.length;
    const after = await killedIn(moment, `${path}/obtain`, { ...OBTAIN, email: `admin@${domain}` });
    await expectPair(after, path);
    const { body } = await after.call('GET', `/jobs?project=${id}`);
    expect(Object.values(body.jobs ?? {}).map(({ state }) => state)).toEqual(['succeeded']);
    // One order is enough, unless its URL was lost with the answer, or the CA validated while no server answered.
    const again = moment.at === '/order-plz' || (moment.at === '/chalZ' && moment.done);
    const orders = gate.requests.slice(before).filter((request) => request === '/order-plz');
    expect(orders.length).toBeLessThanOrEqual(again ? 2 : 1);
  });

  it('between the presentation of a tls-alpn-01 challenge and its validation', async () => {
    const id = await newProject('alpn-killed.example.com');
    const path = `/projects/${id}/certificate`;
    const body = { ...OBTAIN, challengeType: 'tls-alpn-01' };
    await expectPair(await killedIn({ at: '/chalZ', done: false }, `${path}/obtain`, body), path);
  });

  it.each(renewal)(
    'at $at (done by the CA: $done) of a renewal: the old certificate serves until the new one is there',
    async (moment) => {
      const id = await newProject(`renew${moment.at.slice(1).toLowerCase()}-${moment.done}.example.com`);
      const path = `/projects/${id}/certificate`;
      const { call } = await current();
      expect((await call('POST', `${path}/obtain`, { body: OBTAIN })).status).toBe(200);
      const { serial, issuedAt } = (await call('GET', path)).body;
      const after = await killedIn(moment, `${path}/renew`);
      await expectPair(after, path);
      const { body } = await after.call('GET', path);
      expect(body.serial).not.toBe(serial);
      expect(body.renewedFrom).toBe(issuedAt);
    },
  );

  it.each(revocation)('at $at (done by the CA: $done)', async (moment) => {
    const id = await newProject(`revoke-${moment.done}.example.com`);
    const path = `/projects/${id}/certificate`;
    const { call } = await current();
    await call('POST', `${path}/obtain`, { body: OBTAIN });
    const { serial } = (await call('GET', path)).body;
    const after = await killedIn(moment, `${path}/revoke`);
    expect((await after.call('GET', `${path}/status`)).body.status).toBe('revoked');
    expect(await pebble.certificateStatus(String(serial))).toMatchObject({ status: 'Revoked' });
  });

  it('leaves nothing behind after one more restart', async () => {
    await (await current()).kill();
    await start();
    await expect.poll(() => leftIn(data())).toEqual({ unfinished: 0, orders: 0, secrets: [] });
  });
}

interface Running {
  kill(): Promise<unknown>;
  call(method: string, path: string, call?: Call): Promise<Answer>;
}

/** Checks that the stored certificate has the stored key, and a chain. */
async function expectPair(server: Running, path: string): Promise<void> {
  const chain = (await server.call('GET', `${path}/download?format=fullchain`)).text;
  const key = (await server.call('GET', `${path}/download?format=key`)).text;
  expect(new X509Certificate(chain).checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(chain.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(1);
}

/** What a running job has stored, seen by another process. */
async function leftIn(folder: string): Promise<object> {
  const names = await createSealedFile({ folder }).names();
  const database = new Sqlite(databasePath(folder), { readonly: true });
  try {
    const count = (rows: string) => database.prepare(`select count(*) from ${rows}`).pluck().get();
    return {
      unfinished: count("jobs where state in ('queued', 'running')"),
      orders: count('orders'),
      secrets: names.filter((name) => name.startsWith('job:')),
    };
  } finally {
    database.close();
  }
}
