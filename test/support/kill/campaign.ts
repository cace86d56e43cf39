// Kills Certdesk in the middle of operations, restarts it, repeats the request like a client, and checks that nothing
// was lost, nothing was done twice and nothing was left behind: in the database, at the CA, in DNS.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect } from 'vitest';
import { expectGone, type KillableServer, type Moment } from './killable-server.ts';
import { OPERATIONS, type Operation, type OperationName, type Prepared, prepare } from './operations.ts';
import type { KillWorld } from './world.ts';

/** When the process may end: at a transition, or `ms` after the request. */
export type Deadly = Moment | { readonly ms: number };

export interface Killed {
  /** False if the operation had finished before. */
  readonly died: boolean;
  /** Orders at the CA. */
  readonly orders: number;
}

let count = 0;

/** Longer than any operation takes on a busy machine. */
const ANSWER_MS = 120_000;

/** The transitions of an uninterrupted operation, in order. */
export async function listTransitions(world: KillWorld, name: OperationName): Promise<readonly Moment[]> {
  const server = await world.server();
  count += 1;
  const prepared = await prepare(world, server, {
    operation: OPERATIONS[name],
    domain: `record${count}.example.com`,
  });
  await server.record();
  const { path, body } = prepared;
  const answer = await server.call('POST', path, body === undefined ? {} : { body });
  expect(answer.status, answer.text).toBe(200);
  await server.settled(); // secrets are deleted after the answer
  return server.recorded();
}

/** @param again Kills at these moments of the following runs, one each. */
export async function killIn(
  world: KillWorld,
  name: OperationName,
  { deadly, again = [] }: { readonly deadly: Deadly; readonly again?: readonly Deadly[] },
): Promise<Killed> {
  const first = await world.server();
  count += 1;
  const domain = `kill${count}.example.com`;
  const operation: Operation = OPERATIONS[name];
  const prepared = await prepare(world, first, { operation, domain });
  const since = world.rig.pebble.log().length;
  const former = world.inDatabase(prepared.projectId).serials;
  const before = former.length;
  let allowed = 1;
  let died = false;
  for (const way of [deadly, ...again]) {
    const dead = await dieIn(await world.server(), prepared, way);
    if (!dead) break;
    died = true;
    const { orders, serials } = world.atCa(since);
    const kept = world.inDatabase(prepared.projectId);
    // The CA has created it, and its URL was lost with the process: nothing can find that order again.
    const stored = kept.serials.length > before;
    if (orders > 0 && !stored && !kept.orders.some(({ url }) => url !== null)) allowed += 1;
    for (const serial of serials) {
      const safe = kept.serials.includes(serial) || kept.orders.some(({ hasKey }) => hasKey);
      expect(safe, `the key of ${serial} is lost`).toBe(true);
    }
  }
  const last = await world.server();
  await answered(last, prepared);
  const ca = world.atCa(since);
  // If the CA validated while no server answered, its order is invalid, and another one is right.
  expect(ca.orders, 'orders at the CA').toBeLessThanOrEqual(ca.refused ? allowed + 1 : allowed);
  await expectAllWell(world, last, { prepared, operation, former, since });
  return { died, orders: ca.orders };
}

const request = ({ path, body }: Prepared) => ({
  ...(body === undefined ? {} : { body }),
  headers: { 'Idempotency-Key': path },
});

/** Sends the request and kills the process. @returns false if the moment did not come. */
async function dieIn(server: KillableServer, prepared: Prepared, deadly: Deadly): Promise<boolean> {
  if ('name' in deadly) await server.arm(deadly);
  else setTimeout(() => void server.kill(), deadly.ms);
  const died = async (why: string) => {
    await expectGone(server, why);
    return true;
  };
  const call = { ...request(prepared), signal: AbortSignal.timeout(ANSWER_MS) };
  const answer = server.call('POST', prepared.path, call).catch(() => null);
  const lost = await Promise.race([server.gone.then(() => true), answer.then((given) => given === null)]);
  if (lost) return died('because it does not answer any more');
  // What follows the answer: secrets are deleted then. That moment always comes.
  if ('ms' in deadly) return died(`${deadly.ms} ms after the request`);
  const settled = server.settled().then(
    () => false,
    () => died('because its jobs do not end'),
  );
  if (await settled) return true;
  // The moment did not come, and must not come later.
  return server.arm({ name: 'none', nth: 1 }).then(
    () => false,
    () => true,
  );
}

/** The client repeats its request until it is answered. */
async function answered({ call }: KillableServer, prepared: Prepared): Promise<void> {
  const again = async () => {
    const { status, text } = await call('POST', prepared.path, request(prepared));
    return status === 200 ? 200 : text;
  };
  // 504: the job is not queued yet in the first moments after a start.
  await expect.poll(again, { timeout: 60_000, interval: 50 }).toBe(200);
}

interface Outcome {
  readonly prepared: Prepared;
  readonly operation: Operation;
  /** Serials that existed before. */
  readonly former: readonly string[];
  readonly since: number;
}

async function expectAllWell(
  world: KillWorld,
  { call }: KillableServer,
  { prepared: { projectId, domain }, operation: { verb, replace }, former, since }: Outcome,
): Promise<void> {
  const { pebble, bind } = world.rig;
  const ca = world.atCa(since);
  const kept = world.inDatabase(projectId);
  expect({ projectId, jobs: kept.jobs.filter(({ kind }) => kind === verb) }).toEqual({
    projectId,
    jobs: [{ kind: verb, state: 'succeeded', error: null }],
  });
  // Each certificate that the CA has issued is stored, and one is active.
  for (const serial of ca.serials) expect(kept.serials, 'a certificate is forgotten').toContain(serial);
  expect(kept).toMatchObject({ active: 1, orders: [] });
  const path = `/projects/${projectId}/certificate`;
  const chain = (await call('GET', `${path}/download?format=fullchain`)).text;
  const key = (await call('GET', `${path}/download?format=key`)).text;
  const leaf = new X509Certificate(chain);
  expect(leaf.checkPrivateKey(createPrivateKey(key)), 'key and certificate belong together').toBe(true);
  expect(chain.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(1);
  const status = verb === 'revoke' && replace === undefined ? 'Revoked' : 'Valid';
  expect(await pebble.certificateStatus(leaf.serialNumber)).toMatchObject({ status });
  expect((await call('GET', `${path}/status`)).body.status).toBe(status.toLowerCase());
  if (replace !== undefined) {
    for (const serial of former)
      expect(await pebble.certificateStatus(serial)).toEqual({ status: 'Revoked', reason: 1 });
    expect(kept.serials.length, 'one replacement').toBe(former.length + ca.serials.length);
  }
  // Nothing is left behind.
  for (const token of ca.tokens) expect(await world.tokenStatus(token), `token ${token}`).toBe(404);
  await expect.poll(() => bind.lookup(`_acme-challenge.${domain}`, 'TXT')).toEqual([]);
  await expect.poll(() => world.jobSecrets()).toEqual([]);
}

/** At the end: the database is intact, its audit trail too, and nothing waits or is left over in it. */
export async function expectWhole(world: KillWorld): Promise<void> {
  const { call } = await world.server();
  expect((await call('GET', '/audit/verify')).body.ok).toBe(true);
  // A server that has just started resumes jobs first.
  await expect
    .poll(() => world.wholeDatabase())
    .toEqual({ integrity: 'ok', foreignKeys: [], orders: 0, unfinished: 0, twoInUse: 0 });
  await expect.poll(() => world.jobSecrets()).toEqual([]);
}
