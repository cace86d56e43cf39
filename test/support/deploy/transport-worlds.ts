// The hosts on which the conformance suite and the kill tests run.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectLocal } from '../../../src/main/engine/deploy/transports/local.ts';
import { connectSsh } from '../../../src/main/engine/deploy/transports/ssh.ts';
import { createAddressPolicy } from '../../../src/main/engine/outgoing/address-policy.ts';
import { type SshHost, type SshHostOptions, startSshHost } from './ssh-host.ts';
import { SIGNAL, type TransportWorld } from './transport-conformance.ts';

export const POLICY = createAddressPolicy();

/** The helper's list for the site of a host. */
export const SITE_LIST: readonly string[] = [
  'folder {site}',
  'folder {site}/small',
  'command sh {site}/commands/validate',
  'command sh {site}/commands/reload',
];

export async function localWorld(): Promise<TransportWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-local-'));
  chmodSync(folder, 0o755); // services may enter it
  const data = join(folder, 'data');
  const site = join(folder, 'site');
  mkdirSync(site);
  return {
    site,
    stateFolder: join(data, 'state'),
    uploads: [join(data, 'uploads')],
    sudo: false,
    mountSmall: (path) => mountSmall([], path),
    connect: async () =>
      connectLocal({ name: 'here', transport: 'local', become: 'none', ssh: null }, { folder: data }),
    async stop() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @param enter A command that runs the rest of its line on the host. */
function mountSmall(enter: readonly string[], folder: string): () => void {
  const run = (...command: readonly string[]): void => {
    const [program = '', ...args] = [...enter, ...command];
    execFileSync(program, args);
  };
  run('mount', '-t', 'tmpfs', '-o', 'size=64k,mode=755', 'tmpfs', folder);
  return () => run('umount', folder);
}

export async function sshWorld(
  options: SshHostOptions,
  user: 'root' | 'deploy' = 'root',
): Promise<TransportWorld & { readonly host: SshHost }> {
  const host = await startSshHost(options);
  return {
    host,
    site: join(host.folder, 'site'),
    stateFolder: user === 'deploy' ? host.helperStateFolder : host.stateFolder,
    uploads: ['root', 'deploy'].map((name) => join(host.folder, 'home', name, '.certdesk-deploy/uploads')),
    sudo: user === 'deploy',
    mountSmall: (folder) => mountSmall(['nsenter', `--mount=/proc/${host.pid}/ns/mnt`], folder),
    connect: () => connectSsh(host.connectable(user), { policy: POLICY }, SIGNAL()),
    stop: () => host.stop(),
  };
}

/** A host that is reached through another one. */
export async function jumpWorld(options: SshHostOptions): Promise<TransportWorld> {
  const jump = await startSshHost({ address: '127.0.0.3' });
  const world = await sshWorld(options);
  return {
    ...world,
    connect: () =>
      connectSsh(world.host.connectable('root', { jump: jump.target() }), { policy: POLICY }, SIGNAL()),
    async stop() {
      await world.stop();
      await jump.stop();
    },
  };
}
