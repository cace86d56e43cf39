// A renewed certificate reaches 100 hosts through one running server, ten in parallel, with a reload on each. Beside it a
// shell loop of scp and ssh over the same hosts.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from '../../scripts/lib/find-tool.ts';
import type { SshHost } from '../support/deploy/ssh-host.ts';
import { runCertdesk, startServer } from '../support/server/server.ts';
import { type CallAsUser, createPoster, signIn } from '../support/server/signed-in-user.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';
import { inTurn, type Times } from './measure.ts';
import { residentMb } from './process-facts.ts';
import { RELOAD_COMMAND, startReloadingHosts, stopHosts } from './reloading-hosts.ts';
import { unitEnvironment } from './unit-environment.ts';

export interface FleetRow {
  readonly hosts: number;
  readonly certdesk: Times;
  readonly loop: Times;
  /** Memory that the server needs more than before the deployments, at most. */
  readonly extraMb: number;
}

const NAME = 'fleet.example.com';
const FILES = [
  ['certificate', 'cert.pem'],
  ['chain', 'chain.pem'],
  ['fullchain', 'fullchain.pem'],
  ['privkey', 'privkey.pem'],
] as const;
/** @param turns Beside the first, which warms up. Needs root, for the namespaces of the hosts. */
export async function measureFleet(count: number, turns: number): Promise<FleetRow> {
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-bench-fleet-'));
  const hosts = await startReloadingHosts(count);
  const openssl = await createOpenSsl();
  const dataFolder = join(folder, 'data');
  const server = await startServer({ dataFolder, logFile: join(folder, 'log'), env: unitEnvironment() });
  try {
    const link = await runCertdesk(['login-link', '--data-dir', dataFolder]);
    const fleet = await createFleet(await signIn(link.match(/https?:\/\/\S+/)?.[0] ?? ''), hosts);
    const pairs = await Promise.all(
      Array.from({ length: turns + 1 }, () =>
        openssl.issue({ subject: `/CN=${NAME}`, san: [`DNS:${NAME}`] }),
      ),
    );
    const loop = writeLoop(folder, hosts, pairs[0]);
    const idleMb = residentMb(server.pid);
    let peakMb = idleMb;
    const watch = setInterval(() => {
      peakMb = Math.max(peakMb, residentMb(server.pid));
    }, 50);
    const times = await inTurn(
      [
        { name: 'certdesk', run: (turn) => fleet.renew(pairs[turn]) },
        { name: 'loop', run: async () => void (await promisify(execFile)('sh', [loop])) },
      ],
      turns,
    );
    clearInterval(watch);
    const [certdesk, shell] = [times.get('certdesk'), times.get('loop')];
    if (certdesk === undefined || shell === undefined) throw new Error('not measured');
    return { hosts: count, certdesk, loop: shell, extraMb: peakMb - idleMb };
  } finally {
    await server.stop();
    await stopHosts(hosts);
    await openssl.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Pair = Awaited<ReturnType<OpenSsl['issue']>> | undefined;

const siteOf = (host: SshHost): string => join(host.folder, 'site');

/** A project with a deployment on each host. */
async function createFleet(asUser: CallAsUser, hosts: readonly SshHost[]) {
  const post = createPoster(asUser);
  const projectId = await post('/projects', { name: NAME, domain: NAME });
  const privateKey = hosts[0]?.privateKey;
  const credentialId = await post('/host-credentials', { kind: 'ssh-key', name: 'fleet', privateKey });
  for (const [n, host] of hosts.entries()) {
    const { address, port, hostKeys } = host;
    const connection = { transport: 'ssh', address, port, user: 'root', credentialId, hostKeys };
    const hostId = await post('/hosts', { name: `host-${n}`, ...connection });
    await post(`/projects/${projectId}/deployments`, {
      hosts: { ids: [hostId] },
      files: FILES.map(([content, name]) => ({ content, path: join(siteOf(host), name) })),
      steps: { reloadCommand: [RELOAD_COMMAND] },
    });
  }
  return {
    /** Until every host has the certificate and has reloaded. */
    async renew(pair: Pair): Promise<void> {
      const body = { certificate: pair?.certificate, privateKey: pair?.privateKey };
      const { status, text } = await asUser('POST', `/projects/${projectId}/certificate/upload`, { body });
      if (status >= 300) throw new Error(`upload: ${text}`);
      for (;;) {
        const { counts } = (await asUser('GET', '/deployments?limit=1')).body;
        if (Number(counts?.deployed) === hosts.length) return;
        if (Number(counts?.failed) > 0) throw new Error(`${Number(counts?.failed)} deployments failed`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}

/** @returns the path of the script */
function writeLoop(folder: string, hosts: readonly SshHost[], pair: Pair): string {
  const sources = FILES.map(([content, name]) => {
    const path = join(folder, name);
    writeFileSync(path, (content === 'privkey' ? pair?.privateKey : pair?.certificate) ?? '');
    return path;
  });
  const options = [
    '-F none',
    `-i ${hosts[0]?.keyFile}`,
    '-o StrictHostKeyChecking=no',
    '-o UserKnownHostsFile=/dev/null',
    '-o LogLevel=ERROR',
  ].join(' ');
  const lines = hosts.map((host) =>
    [
      `${toolPath('CERTDESK_TEST_SCP')} ${options} -P ${host.port} ${sources.join(' ')} root@${host.address}:${siteOf(host)}/`,
      `ssh ${options} -p ${host.port} root@${host.address} ${RELOAD_COMMAND}`,
    ].join('\n'),
  );
  const path = join(folder, 'loop.sh');
  writeFileSync(path, `set -e\n${lines.join('\n')}\n`);
  return path;
}
