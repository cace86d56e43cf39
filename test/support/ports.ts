// Free loopback ports for programs that must be told theirs before they start (Pebble, its DNS server, BIND).
import { createServer, type Server } from 'node:net';

/**
 * `count` different TCP ports of 127.0.0.1 that nobody listens on now. They are held together until all are known,
 * then let go: another program may still take one before the caller does, so a start that fails on a taken port is
 * worth a second try. A server in this process should listen on port 0 instead.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map(portOf);
  await Promise.all(servers.map(close));
  return ports;
}

/** One port of `freePorts`. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('no free port');
  return port;
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** The port that a listening server got. */
export function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  return address.port;
}
