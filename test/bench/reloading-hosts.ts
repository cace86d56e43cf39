// Hosts whose service takes a moment to reload. Each is an OpenSSH server in a namespace of its own, with its own folders
// and its own lock of deployments, as separate machines have; all share the processors of this machine.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SshHost, startSshHost } from '../support/deploy/ssh-host.ts';

/** A graceful restart takes about as long. */
const RELOAD_SECONDS = 0.1;
export const RELOAD_COMMAND = 'reload-service';

/** The key of the first one opens all of them. Needs root. */
export async function startReloadingHosts(count: number): Promise<readonly SshHost[]> {
  const hosts: SshHost[] = [];
  try {
    for (let n = 0; n < count; n += 1) hosts.push(await startReloadingHost(hosts[0]));
    return hosts;
  } catch (error) {
    await stopHosts(hosts);
    throw error;
  }
}

export async function stopHosts(hosts: readonly SshHost[]): Promise<void> {
  await Promise.all(hosts.map((host) => host.stop()));
}

async function startReloadingHost(first: SshHost | undefined): Promise<SshHost> {
  const host = await startSshHost();
  const script = `#!/bin/sh\nsleep ${RELOAD_SECONDS}\n`;
  writeFileSync(join(host.folder, 'usr/local/sbin', RELOAD_COMMAND), script, { mode: 0o755 });
  if (first !== undefined)
    writeFileSync(join(host.folder, 'authorized_keys'), readFileSync(`${first.keyFile}.pub`));
  return host;
}
