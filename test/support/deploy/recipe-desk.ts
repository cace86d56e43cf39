// A Certdesk with one project that is deployed to a service, through its REST API as a client uses it.
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { ServedPair } from '../daemons/daemon.ts';
import type { Answer, Call, Json } from '../server/app.ts';
import { NAME, type RecipeService } from './recipe-service.ts';
import type { TestVersion } from './recipe-versions.ts';
import type { SshHost } from './ssh-host.ts';

/** A Certdesk in this process or another one; it may be another one each time. */
export interface Client {
  call(method: string, path: string, call?: Call): Promise<Answer>;
  /** As a signed-in person. */
  asUser(method: string, path: string, call?: Omit<Call, 'token'>): Promise<Answer>;
}

export interface Desk {
  readonly projectId: string;
  readonly deploymentId: string;
  get(path: string): Promise<Json>;
  /** Stores a version as a renewal would: it becomes active, and its run begins. */
  activate(version: ServedPair): Promise<void>;
  /** The last run. */
  run(): Promise<Json>;
  /** Waits for the end of a run with this certificate. */
  ended(version: TestVersion): Promise<Json>;
  deploy(force?: boolean): Promise<void>;
  /** Attempts the last run again, without waiting for its time. */
  retry(): Promise<void>;
  rollBack(version: TestVersion): Promise<void>;
  /** Checks of the test of the deployment on its host. */
  test(): Promise<readonly Json[]>;
  change(patch: object): Promise<void>;
  /** Of any host. */
  testHost(id: string): Promise<Json>;
  /** Another host at the same address. */
  addHost(host: { readonly name: string; readonly hostKeys: SshHost['hostKeys'] }): Promise<Json>;
}

export const HOST_NAME = 'web1';
/** Longer than any service needs to reload, on a busy machine, although Certdesk's clock runs ahead (quick-time.ts). */
export const GRACE_SECONDS = 400;
const ENDED = ['deployed', 'verified', 'not-served', 'rolled-back', 'failed', 'unchanged', 'cancelled'];

/** @param client Asked for each request: a killed Certdesk is replaced. */
export async function createDesk(
  client: () => Promise<Client>,
  {
    host,
    recipe,
    options,
    check,
  }: Pick<RecipeService, 'host' | 'options' | 'check'> & { readonly recipe: string },
): Promise<Desk> {
  const send = async (method: string, path: string, body?: object, as: 'user' | 'token' = 'token') => {
    const { call, asUser } = await client();
    const given = body === undefined ? {} : { body };
    const answer = await (as === 'user' ? asUser(method, path, given) : call(method, path, given));
    expect(answer.status, `${path}: ${answer.text}`).toBeLessThan(300);
    return answer.body;
  };
  const project = await send('POST', '/projects', { name: NAME, domain: NAME });
  const projectId = String(project.id);
  const credential = await send(
    'POST',
    '/host-credentials',
    { kind: 'ssh-key', name: 'deploy key', privateKey: host.privateKey },
    'user',
  );
  const place = { transport: 'ssh', address: host.address, port: host.port, user: 'root' };
  const addHost = (given: { readonly name: string; readonly hostKeys: SshHost['hostKeys'] }) =>
    send('POST', '/hosts', { ...place, ...given, credentialId: String(credential.id) }, 'user');
  const created = await addHost({ name: HOST_NAME, hostKeys: host.hostKeys });
  const body = { recipe, options, hosts: { ids: [String(created.id)] } };
  const verify = { ...check, graceSeconds: GRACE_SECONDS };
  const deployment = await send('POST', `/projects/${projectId}/deployments`, { ...body, verify }, 'user');
  const deploymentId = String(deployment.id);
  const at = `/deployments/${deploymentId}`;
  const run = async () => {
    const { runs } = await send('GET', `${at}/runs`);
    const [last] = runs as unknown as readonly Json[];
    if (last === undefined) throw new Error('there is no run');
    return last;
  };
  return {
    projectId,
    deploymentId,
    addHost,
    run,
    get: (path) => send('GET', path),
    async activate({ chain, privateKey }) {
      await send('POST', `/projects/${projectId}/certificate/upload`, { certificate: chain, privateKey });
    },
    async ended({ fingerprint }) {
      let last: Json = {};
      const isOver = async () => {
        last = await run();
        return hasEnded(last, fingerprint);
      };
      const message = 'the run ends';
      await expect.poll(isOver, { timeout: 120_000, interval: 50, message }).toBe(true);
      return last; // another look might see its next attempt
    },
    deploy: async (force = false) => void (await send('POST', `${at}/run`, { force })),
    retry: async () => void (await send('POST', `/deployment-runs/${String((await run()).id)}/retry`)),
    async rollBack({ fingerprint }) {
      const { versions } = await send('GET', `/projects/${projectId}/certificate/versions`);
      const found = (versions as unknown as readonly Json[]).find(
        (each) => String(each.fingerprint) === fingerprint,
      );
      await send('POST', `${at}/roll-back`, { versionId: String(found?.id) }, 'user');
    },
    testHost: (id) => send('POST', `/hosts/${id}/test`),
    async test() {
      const { hosts } = await send('POST', `${at}/test`);
      return (hosts as unknown as readonly Json[]).flatMap(
        ({ test }) => test?.checks as unknown as readonly Json[],
      );
    },
    change: async (patch) => void (await send('PATCH', at, patch, 'user')),
  };
}

/** Whether it is a run of this certificate, and over. */
export function hasEnded({ fingerprint, state, nextAttemptAt }: Json, wanted: string): boolean {
  // A retried run is due at once, and keeps its state until it begins.
  const isDue = nextAttemptAt !== null && Date.parse(String(nextAttemptAt)) <= Date.now();
  return String(fingerprint) === wanted && ENDED.includes(String(state)) && !isDue;
}

/** Whether all files of the service are of this pair, and none is of another one. */
export function hasFiles({ files }: RecipeService, { chain, privateKey }: ServedPair): boolean {
  const wanted = files.length === 1 ? [privateKey + chain] : [chain, privateKey];
  const plain = (text: string) => text.replaceAll(/\s/g, '');
  return files.every((path, at) => plain(readFileSync(path, 'utf8')) === plain(wanted[at] ?? ''));
}
