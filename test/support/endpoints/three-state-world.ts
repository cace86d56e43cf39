// A service on three addresses, deployed over SSH by a Certdesk that can be killed, and what clients are really given there.
import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { ServedPair } from '../daemons/daemon.ts';
import { type Nginx, startNginx } from '../daemons/nginx.ts';
import { type SshHost, startSshHost } from '../deploy/ssh-host.ts';
import {
  diedAtMoment,
  ignoreLostAnswer,
  type KillableServer,
  type Moment,
  startKillableServer,
} from '../kill/killable-server.ts';
import type { Json } from '../server/app.ts';
import type { CallAsUser } from '../server/signed-in-user.ts';
import { createOpenSsl } from '../tools/openssl.ts';
import { toolPath } from '../tools/tools.ts';
import { createTestPki, NAME } from './chains.ts';

export const ADDRESSES = ['127.0.0.1', '127.0.0.2', '127.0.0.3'] as const;

export interface Version extends ServedPair {
  /** SHA-256 of the leaf in upper-case hex. */
  readonly fingerprint: string;
}

/** What openssl s_client is given on each address: the leaf's fingerprint and how many certificates were sent. */
export type Seen = readonly { readonly fingerprint: string; readonly length: number }[];

/** What Certdesk shows. */
export interface Shown {
  /** Fingerprint of the active certificate. */
  readonly issued: string;
  readonly deployed: string;
  readonly served: string;
  /** The state of the endpoint. */
  readonly endpoint: string;
}

export interface ThreeStateWorld {
  readonly current: () => Version;
  /** Uploads the next version, which is deployed, and waits for the end of its run. */
  renew(): Promise<void>;
  /** The same, with a SIGKILL of Certdesk at the moment and a new start. */
  renewKilledAt(moment: Moment): Promise<void>;
  /** The moments of a renewal at which Certdesk can be killed. */
  moments(): Promise<readonly Moment[]>;
  /** Deploys the current version again, whatever is on the host. */
  repair(): Promise<void>;
  /** What somebody else does on the server. */
  install(block: number, pair: ServedPair): Promise<void>;
  /** Whether the command that reloads the service does something. */
  setReload(works: boolean): void;
  /** What is shown without a new check. */
  shown(): Promise<Shown>;
  /** Checks the endpoint. */
  check(): Promise<void>;
  seen(): Promise<Seen>;
  /** The pid of the worker that answers on all addresses; null during a reload, when any of several may answer. */
  worker(): string | null;
  stop(): Promise<void>;
}

const ENDED = ['deployed', 'verified', 'not-served', 'rolled-back', 'failed', 'unchanged'];

export async function startThreeStateWorld(): Promise<ThreeStateWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-three-states-'));
  const openssl = await createOpenSsl();
  const pki = await createTestPki(openssl);
  const next = async (): Promise<Version> => {
    const leaf = await pki.issueLeaf();
    const chain = [leaf, pki.lower, pki.upper].map(({ certificate }) => certificate).join('');
    return { chain, privateKey: leaf.privateKey, fingerprint: fingerprintOf(leaf.certificate) };
  };
  let current = await next();
  const nginx = await startNginx(ADDRESSES.map((address) => ({ address, pair: current, name: NAME })));
  const host = await startSshHost({ address: '127.0.0.1' });
  const reloadWorks = join(folder, 'reload-works');
  const setReload = (works: boolean): void => writeFileSync(reloadWorks, works ? 'yes' : 'no');
  setReload(true);
  writeFileSync(
    join(host.folder, 'usr/local/sbin/reload-service'),
    `#!/bin/sh
[ "$(cat ${reloadWorks})" = yes ] || exit 0
workers=/proc/${nginx.pid}/task/${nginx.pid}/children
before=$(cat $workers)
kill -s HUP ${nginx.pid}
# Until only new workers are left: those of before accept connections for a moment, on a busy machine for seconds.
while sleep 0.02; do
  new=no old=no
  for each in $(cat $workers); do
    case " $before " in *" $each "*) old=yes ;; *) new=yes ;; esac
  done
  [ $new$old != yesno ] || exit 0
done
`,
    { mode: 0o755 },
  );
  const rootsFile = join(folder, 'roots.pem');
  writeFileSync(rootsFile, pki.root.certificate);

  let token: string | null = null;
  let running: KillableServer | null = null;
  let starting: Promise<KillableServer> | null = null;
  let user: CallAsUser | null = null;
  async function start(): Promise<KillableServer> {
    running = await startKillableServer({
      dataFolder: join(folder, 'data'),
      directoryUrl: 'https://127.0.0.1:9/directory', // nothing is requested from a CA
      rootsFile,
      httpPort: 0,
      token,
      dns: { resolvers: [], endpoints: {}, authorityPort: null },
    });
    token = running.token;
    user = null;
    return running;
  }
  async function server(): Promise<KillableServer> {
    if (running?.alive === true) return running;
    starting ??= start().finally(() => {
      starting = null;
    });
    return starting;
  }
  async function send(
    method: string,
    path: string,
    body?: object,
    as: 'user' | 'token' = 'token',
  ): Promise<Json> {
    const live = await server();
    const given = body === undefined ? {} : { body };
    if (as === 'user') user ??= await live.signIn();
    const answer = await (as === 'user' && user !== null
      ? user(method, path, given)
      : live.call(method, path, given));
    expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
    return answer.body;
  }
  const upload = ({ chain: certificate, privateKey }: Version) =>
    send('POST', `/projects/${projectId}/certificate/upload`, { certificate, privateKey });

  const projectId = String((await send('POST', '/projects', { name: NAME, domain: NAME })).id);
  await upload(current);
  const { deploymentId, endpointId } = await define(send, {
    projectId,
    host,
    nginx,
    root: pki.root.certificate,
  });

  const lastRun = async (): Promise<Json | undefined> =>
    ((await send('GET', `/deployments/${deploymentId}/runs`)).runs as unknown as readonly Json[])[0];
  /** Waits for the end of a run of the current version, which is attempted at once if it has failed. */
  async function ended(): Promise<void> {
    const isOver = async () => {
      const run = await lastRun();
      if (String(run?.fingerprint) !== current.fingerprint || !ENDED.includes(String(run?.state)))
        return false;
      if (String(run?.state) !== 'failed') return true;
      await send('POST', `/deployment-runs/${String(run?.id)}/retry`);
      return false;
    };
    await expect.poll(isOver, { timeout: 120_000, interval: 50 }).toBe(true);
  }
  async function renew(): Promise<void> {
    current = await next();
    await upload(current);
    await ended();
  }
  async function shown(): Promise<Shown> {
    const project = await send('GET', `/projects/${projectId}`);
    const status = await send('GET', `/projects/${projectId}/certificate/status`);
    const endpoint = await send('GET', `/endpoints/${endpointId}`);
    return {
      issued: String(project.certificate?.fingerprint),
      deployed: String(status.deployed?.state),
      served: String(status.served?.state),
      endpoint: String(endpoint.state),
    };
  }
  const seen = async (): Promise<Seen> => Promise.all(ADDRESSES.map((address) => look(address, nginx.port)));
  return {
    current: () => current,
    setReload,
    seen,
    worker() {
      const [worker = null, ...others] = nginx.workers();
      return others.length === 0 ? worker : null;
    },
    renew,
    async moments() {
      const live = await server();
      await live.record();
      await renew();
      return (await live.recorded()).filter(({ name }) => /deployment/.test(name));
    },
    async renewKilledAt(moment) {
      const live = await server();
      current = await next();
      await live.arm(moment);
      await upload(current).catch(ignoreLostAnswer);
      await diedAtMoment(live, async () => {
        const { body } = await live.call('GET', `/deployments/${deploymentId}/runs`);
        const [last] = body.runs as unknown as readonly Json[];
        return String(last?.fingerprint) === current.fingerprint && ENDED.includes(String(last?.state));
      });
      if ((await shown()).issued !== current.fingerprint) await upload(current);
      await ended();
    },
    async repair() {
      await send('POST', `/deployments/${deploymentId}/run`, { force: true });
      await expect
        .poll(async () => ENDED.includes(String((await lastRun())?.state)), {
          timeout: 120_000,
          interval: 50,
        })
        .toBe(true);
    },
    async install(block, { chain, privateKey }) {
      writeFileSync(nginx.certificatePath(block), chain);
      writeFileSync(nginx.keyPath(block), privateKey);
      await nginx.replaceWorkers();
      const wanted = {
        fingerprint: fingerprintOf(chain),
        length: chain.split('BEGIN CERTIFICATE').length - 1,
      };
      expect(await look(ADDRESSES[block] ?? '', nginx.port)).toEqual(wanted);
    },
    shown,
    async check() {
      // A worker of before a reload would answer the check, and a new one s_client.
      await nginx.settled();
      // The first may join a check that had begun before; the second begins afterwards.
      for (const _ of [1, 2]) await send('POST', `/endpoints/${endpointId}/check`, {});
    },
    async stop() {
      await running?.kill();
      await nginx.stop();
      await host.stop();
      await openssl.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Send = (method: string, path: string, body?: object, as?: 'user' | 'token') => Promise<Json>;

async function define(
  send: Send,
  { projectId, host, nginx, root }: { projectId: string; host: SshHost; nginx: Nginx; root: string },
) {
  const { privateKey, address, port, hostKeys } = host;
  const credential = await send(
    'POST',
    '/host-credentials',
    { kind: 'ssh-key', name: 'key', privateKey },
    'user',
  );
  const credentialId = String(credential.id);
  const place = { name: 'web1', transport: 'ssh', address, port, user: 'root', credentialId, hostKeys };
  const created = await send('POST', '/hosts', place, 'user');
  const files = ADDRESSES.flatMap((_, block) => [
    { content: 'fullchain', path: nginx.certificatePath(block) },
    { content: 'privkey', path: nginx.keyPath(block) },
  ]);
  const deployment = {
    hosts: { ids: [String(created.id)] },
    files,
    steps: { reloadCommand: ['reload-service'] },
    verify: { port: nginx.port, protocol: 'tls', graceSeconds: 3 },
  };
  const { id } = await send('POST', `/projects/${projectId}/deployments`, deployment, 'user');
  const target = {
    host: ADDRESSES[0],
    port: nginx.port,
    addresses: ADDRESSES,
    serverName: NAME,
    trust: root,
  };
  const endpoint = await send('POST', '/endpoints', { ...target, projectIds: [projectId] }, 'user');
  return { deploymentId: String(id), endpointId: String(endpoint.id) };
}

/** @throws if there is no TLS connection */
async function look(address: string, port: number): Promise<Seen[number]> {
  const args = ['s_client', '-connect', `${address}:${port}`, '-servername', NAME, '-showcerts'];
  const running = promisify(execFile)(toolPath('CERTDESK_TEST_OPENSSL'), args, { timeout: 20_000 });
  running.child.stdin?.end();
  const { stdout } = await running;
  const sent = stdout.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  return { fingerprint: fingerprintOf(sent[0] ?? ''), length: sent.length };
}

const fingerprintOf = (pem: string): string =>
  createHash('sha256').update(new X509Certificate(pem).raw).digest('hex').toUpperCase();
