// A peer's process: started on its ports, ready when its port is open, stopped by its own pid.
import { connect } from 'node:net';
import { startProcess, type TestProcess } from '../../test/support/acme/process.ts';
import { holdPorts, type PortUse } from '../../test/support/tools/ports.ts';
import type { Bench } from './peer.ts';

const START_TIMEOUT_MS = 60_000;

/** Free ports of 127.0.0.1 until the peer's checks have ended. */
export async function takePorts(bench: Bench, uses: readonly PortUse[]): Promise<readonly number[]> {
  const { ports, release } = await holdPorts(uses);
  bench.cleanUp(async () => release());
  return ports;
}

export interface PeerProcess {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** It is ready when this TCP port accepts connections. */
  readonly port: number;
}

export async function startPeer(
  bench: Bench,
  { program, args, env, port }: PeerProcess,
): Promise<TestProcess> {
  const started = startProcess(program, args, { HOME: bench.folder, ...env });
  bench.cleanUp(started.stop);
  bench.watch(started.output);
  await started.waitUntil(() => isOpen(port), START_TIMEOUT_MS);
  return started;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(2_000, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
