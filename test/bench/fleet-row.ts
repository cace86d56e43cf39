// A renewed certificate reaches 100 hosts through one running server, ten in parallel, with a reload on each. Beside it a
// shell loop of scp and ssh over the same hosts. They are addresses of one OpenSSH server, which takes 16 at most.
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from '../../scripts/lib/find-tool.ts';
import { type SshHost, startSshHost } from '../support/deploy/ssh-host.ts';
import { runCertdesk, type Server, startServer } from '../support/server/server.ts';
import { type CallAsUser, signIn } from '../support/server/signed-in-user.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';
import { inTurn, type Times } from './measure.ts';
import { residentMb } from './process-facts.ts';

export interface FleetRow {
  readonly hosts: number;
  readonly certdesk: Times;
  readonly loop: Times;
  /** Memory that the server needs more than before the deployments, at most. */
  readonly extraMb: number;
}

const ADDRESSES = Array.from({ length: 16 }, (_, at) => `127.0.0.${at + 2}`);
const NAME = 'fleet.example.com';
const FILES = [
  ['certificate', 'cert.pem'],
  ['chain', 'chain.pem'],
  ['fullchain', 'fullchain.pem'],
  ['privkey', 'privkey.pem'],
] as const;
/** A graceful restart takes about as long. */
const RELOAD_SECONDS = 0.1;

/** @param turns Beside the first, which warms up. Needs root, for the host's namespace. */
export async function measureFleet(hosts: number, turns: number): Promise<FleetRow> {
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-bench-fleet-'));
  const [address, ...others] = ADDRESSES;
  const host = await startSshHost({
    address,
    sshd: others.map((each) => `ListenAddress ${each}`).join('\n'),
  });
  const openssl = await createOpenSsl();
  const dataFolder = join(folder, 'data');
  const server = await startServer({ dataFolder, logFile: join(folder, 'log') });
  try {
    const link = await runCertdesk(['login-link', '--data-dir', dataFolder]);
    const fleet = await createFleet(await signIn(link.match(/https?:\/\/\S+/)?.[0] ?? ''), host, hosts);
    const pairs = await Promise.all(
      Array.from({ length: turns + 1 }, () =>
        openssl.issue({ subject: `/CN=${NAME}`, san: [`DNS:${NAME}`] }),
      ),
    );
    const loop = writeLoop(folder, host, hosts, pairs[0]);
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
    return { hosts, certdesk, loop: shell, extraMb: peakMb - idleMb };
  } finally {
    await stopAll(server, host, openssl);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function stopAll(server: Server, host: SshHost, openssl: OpenSsl): Promise<void> {
  await server.stop();
  await host.stop();
  await openssl.remove();
}

type Pair = Awaited<ReturnType<OpenSsl['issue']>> | undefined;

const siteOf = (host: SshHost, n: number): string => join(host.folder, 'site', `host-${n}`);
const addressOf = (n: number): string => ADDRESSES[n % ADDRESSES.length] ?? '';
const reloadOf = (host: SshHost): string => join(host.folder, 'usr/local/sbin/reload-service');

/** A project with a deployment on each host, because the hosts share one file system. */
async function createFleet(asUser: CallAsUser, host: SshHost, hosts: number) {
  const post = async (path: string, body: object): Promise<string> => {
    const { status, body: answer, text } = await asUser('POST', path, { body });
    if (status >= 300) throw new Error(`POST ${path}: ${text}`);
    return String(answer.id);
  };
  writeFileSync(reloadOf(host), `#!/bin/sh\nsleep ${RELOAD_SECONDS}\n`);
  chmodSync(reloadOf(host), 0o755);
  const projectId = await post('/projects', { name: NAME, domain: NAME });
  const { privateKey } = host;
  const credentialId = await post('/host-credentials', { kind: 'ssh-key', name: 'fleet', privateKey });
  for (let n = 0; n < hosts; n += 1) {
    mkdirSync(siteOf(host, n));
    const connection = { address: addressOf(n), port: host.port, user: 'root', credentialId };
    const hostId = await post('/hosts', {
      name: `host-${n}`,
      transport: 'ssh',
      hostKeys: host.hostKeys,
      ...connection,
    });
    await post(`/projects/${projectId}/deployments`, {
      hosts: { ids: [hostId] },
      files: FILES.map(([content, name]) => ({ content, path: join(siteOf(host, n), name) })),
      steps: { reloadCommand: ['reload-service'] },
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
        if (Number(counts?.deployed) === hosts) return;
        if (Number(counts?.failed) > 0) throw new Error(`${Number(counts?.failed)} deployments failed`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}

/** @returns the path of the script */
function writeLoop(folder: string, host: SshHost, hosts: number, pair: Pair): string {
  const sources = FILES.map(([content, name]) => {
    const path = join(folder, name);
    writeFileSync(path, (content === 'privkey' ? pair?.privateKey : pair?.certificate) ?? '');
    return path;
  });
  const options = [
    '-F none',
    `-i ${host.keyFile}`,
    '-o StrictHostKeyChecking=no',
    '-o UserKnownHostsFile=/dev/null',
    '-o LogLevel=ERROR',
  ].join(' ');
  const lines = Array.from({ length: hosts }, (_, n) =>
    [
      `${toolPath('CERTDESK_TEST_SCP')} ${options} -P ${host.port} ${sources.join(' ')} root@${addressOf(n)}:${siteOf(host, n)}/`,
      `ssh ${options} -p ${host.port} root@${addressOf(n)} reload-service`,
    ].join('\n'),
  );
  const path = join(folder, 'loop.sh');
  writeFileSync(path, `set -e\n${lines.join('\n')}\n`);
  return path;
}
