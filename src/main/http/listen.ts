// Opens a listening socket, and says in plain words why it cannot be opened.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CertdeskError } from '../engine/core/errors.ts';

export interface Listening {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** What it is for, and the option that names another port: for the error. */
  readonly what: string;
  readonly option: string;
}

/** @returns the port. @throws LISTEN_FAILED with what to do. */
export async function listen(server: Server, at: Listening): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, at)));
    server.listen({ host: at.host, port: at.port }, () => resolve());
  });
  return (server.address() as AddressInfo).port;
}

/** An error of `listen` as one sentence. */
export function listenError(error: unknown, { host, port, what, option }: Listening): CertdeskError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  const place = `${what} cannot listen on ${host} port ${port}`;
  const advice: Readonly<Record<string, string>> = {
    EADDRINUSE: `another program uses that port. Stop it, or use another port with ${option}`,
    EACCES: `this user may not open ports below 1024. Allow it (${lowPorts(process.execPath)}), or use another port with ${option} and forward port ${port} to it`,
    EADDRNOTAVAIL: 'this server has no such address',
    ENOTFOUND: 'the host name does not resolve',
  };
  const message = `${place}: ${advice[code] ?? code}`;
  return new CertdeskError('LISTEN_FAILED', message, { host, port, reason: code }, { cause: error });
}

/**
 * The command that lets a program open ports below 1024. Electron with a capability of its own would no longer find its
 * libraries beside it (ld.so(8), secure-execution mode), so there it is the system's setting.
 */
export function lowPorts(program: string, electron = process.versions.electron !== undefined): string {
  const quoted = /^[\w./-]+$/.test(program) ? program : `'${program.replaceAll("'", "'\\''")}'`;
  return electron
    ? 'sudo sysctl -w net.ipv4.ip_unprivileged_port_start=80'
    : `sudo setcap cap_net_bind_service=+ep ${quoted}`;
}
