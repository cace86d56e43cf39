// One deployment of four files by SSH, without a reload: connect, compare, stage, swap. Beside it `scp` of the same files,
// which replaces them without any safety, and one `ssh true`.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from '../../scripts/lib/find-tool.ts';
import { connectSsh } from '../../src/main/engine/deploy/transports/ssh.ts';
import { createAddressPolicy } from '../../src/main/engine/outgoing/address-policy.ts';
import { startSshHost } from '../support/deploy/ssh-host.ts';
import { fileAt, SIGNAL } from '../support/deploy/transport-files.ts';
import { inTurn, type Times } from './measure.ts';

export interface DeployRow {
  readonly certdesk: Times;
  readonly scp: Times;
}

const NAMES = ['cert.pem', 'chain.pem', 'fullchain.pem', 'privkey.pem'];
const BYTES = 2_000;
const run = promisify(execFile);

/** Needs root, for the host's namespace. */
export async function measureDeploy(turns: number): Promise<DeployRow> {
  const host = await startSshHost();
  const policy = createAddressPolicy();
  const site = join(host.folder, 'site');
  for (const name of NAMES) writeFileSync(join(host.folder, name), 'x'.repeat(BYTES));
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
  const common = ['-F', 'none', '-i', host.keyFile, ...options.flatMap((option) => ['-o', option])];
  try {
    const times = await inTurn(
      [
        {
          name: 'certdesk',
          async run(turn) {
            const transport = await connectSsh(host.connectable(), { policy }, SIGNAL());
            const runId = `run-${turn}`;
            const files = NAMES.map((name) => fileAt(join(site, name), String(turn % 10).repeat(BYTES)));
            await transport.stat(
              files.map(({ path }) => path),
              SIGNAL(),
            );
            await transport.stage({ runId, deploymentId: 'bench', files }, SIGNAL());
            await transport.swap({ runId, validate: null, reload: null }, SIGNAL());
            transport.close();
          },
        },
        {
          name: 'scp',
          async run() {
            const sources = NAMES.map((name) => join(host.folder, name));
            const to = `root@${host.address}`;
            const scp = toolPath('CERTDESK_TEST_SCP');
            await run(scp, [...common, '-P', String(host.port), ...sources, `${to}:${site}/`]);
            await run('ssh', [...common, '-p', String(host.port), to, 'true']);
          },
        },
      ],
      turns,
    );
    const [certdesk, scp] = [times.get('certdesk'), times.get('scp')];
    if (certdesk === undefined || scp === undefined) throw new Error('not measured');
    return { certdesk, scp };
  } finally {
    await host.stop();
  }
}
