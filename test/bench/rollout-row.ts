// A renewed wildcard reaches 50 hosts by one deployment: the canary first, then the others, with a reload on each. Each host
// is an OpenSSH server in a namespace of its own; all of them share the processors of this machine with Certdesk.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SshHost } from '../support/deploy/ssh-host.ts';
import { runCertdesk, startServer } from '../support/server/server.ts';
import { type CallAsUser, createPoster, signIn } from '../support/server/signed-in-user.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';
import { inTurn, type Times } from './measure.ts';
import { childrenCpuMsOf, cpuMsOf } from './process-facts.ts';
import { RELOAD_COMMAND, startReloadingHosts, stopHosts } from './reloading-hosts.ts';
import { unitEnvironment } from './unit-environment.ts';

export interface RolloutRow {
  readonly hosts: number;
  readonly certdesk: Times;
  /** From the activation until the canary has the certificate, in ms: the median of the turns. */
  readonly canaryMs: number;
  /** Processor time of Certdesk for a rollout, ms: the mean of all turns. */
  readonly cpuMs: number;
  /** Processor time of the hosts together, as `cpuMs`. */
  readonly hostsCpuMs: number;
}

const NAME = '*.fleet.example.com';
const FOLDER = '/run/tls';
const FILES = [
  ['fullchain', 'fullchain.pem'],
  ['privkey', 'privkey.pem'],
] as const;
/** @param turns Beside the first, which warms up. Needs root, for the namespaces of the hosts. */
export async function measureRollout(count: number, turns: number): Promise<RolloutRow> {
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-bench-rollout-'));
  const openssl = await createOpenSsl();
  const hosts = await startReloadingHosts(count);
  const dataFolder = join(folder, 'data');
  const server = await startServer({ dataFolder, logFile: join(folder, 'log'), env: unitEnvironment() });
  try {
    for (const host of hosts) host.inside(`mkdir ${FOLDER}`);
    const link = await runCertdesk(['login-link', '--data-dir', dataFolder]);
    const rollout = await createRollout(await signIn(link.match(/https?:\/\/\S+/)?.[0] ?? ''), hosts);
    const issue = () => openssl.issue({ subject: `/CN=${NAME}`, san: [`DNS:${NAME}`] });
    const pairs = await Promise.all(Array.from({ length: turns + 1 }, issue));
    const cpuOfHosts = () => hosts.reduce((sum, { pid }) => sum + childrenCpuMsOf(pid), 0);
    const [cpuBefore, hostsBefore] = [cpuMsOf(server.pid), cpuOfHosts()];
    const subject = { name: 'certdesk', run: (turn: number) => rollout.renew(pairs[turn]) };
    const certdesk = (await inTurn([subject], turns)).get('certdesk');
    if (certdesk === undefined) throw new Error('not measured');
    const cpuMs = (cpuMsOf(server.pid) - cpuBefore) / (turns + 1);
    const hostsCpuMs = (cpuOfHosts() - hostsBefore) / (turns + 1);
    return { hosts: count, certdesk, canaryMs: rollout.medianCanaryMs(), cpuMs, hostsCpuMs };
  } finally {
    await server.stop();
    await stopHosts(hosts);
    await openssl.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Pair = Awaited<ReturnType<OpenSsl['issue']>> | undefined;

async function createRollout(asUser: CallAsUser, hosts: readonly SshHost[]) {
  const post = createPoster(asUser);
  const projectId = await post('/projects', { name: NAME, domain: NAME });
  const privateKey = hosts[0]?.privateKey;
  const credentialId = await post('/host-credentials', { kind: 'ssh-key', name: 'fleet', privateKey });
  const ids: string[] = [];
  for (const [n, { address, port, hostKeys }] of hosts.entries()) {
    const connection = { transport: 'ssh', address, port, user: 'root', credentialId, hostKeys };
    ids.push(await post('/hosts', { name: `host-${n}`, ...connection }));
  }
  await post(`/projects/${projectId}/deployments`, {
    hosts: { ids },
    files: FILES.map(([content, name]) => ({ content, path: `${FOLDER}/${name}` })),
    steps: { reloadCommand: [RELOAD_COMMAND] },
    rollout: { strategy: 'canary' },
  });
  const canaries: number[] = [];
  return {
    medianCanaryMs: () => canaries.toSorted((a, b) => a - b)[canaries.length >> 1] ?? Number.NaN,
    /** Until every host has the certificate and has reloaded. */
    async renew(pair: Pair): Promise<void> {
      const body = { certificate: pair?.certificate, privateKey: pair?.privateKey };
      const began = performance.now();
      const { status, text } = await asUser('POST', `/projects/${projectId}/certificate/upload`, { body });
      if (status >= 300) throw new Error(`upload: ${text}`);
      let canary = 0;
      for (;;) {
        const [deployment] = (await asUser('GET', '/deployments?limit=1')).body.deployments as unknown as {
          readonly state: string;
          readonly targets: readonly { readonly state: string | null }[];
        }[];
        const done = deployment?.targets.filter(({ state }) => state === 'deployed').length ?? 0;
        if (canary === 0 && done > 0) canary = performance.now() - began;
        if (deployment?.state === 'deployed') break;
        if (deployment?.state === 'failed') throw new Error('a host failed');
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      canaries.push(canary);
    },
  };
}
