// Opens a listening socket and explains failures.
import type { AddressInfo, Server } from 'node:net';
import { CertdeskError } from '../engine/core/errors.ts';

export interface Listening {
  readonly host: string;
  /** 0 picks any free port. */
  readonly port: number;
  /** For error messages: the purpose of the listener, and the option that sets its port. */
  readonly what: string;
  readonly option: string;
}

/** @returns the port @throws LISTEN_FAILED with advice */
export async function listen(server: Server, at: Listening): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, at)));
    server.listen({ host: at.host, port: at.port }, () => resolve());
  });
  return (server.address() as AddressInfo).port;
}

/** Converts an error of `listen` to LISTEN_FAILED with advice. */
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
 * @returns the shell command that lets a program open ports below 1024. With a file capability, Electron would no
 * longer find the libraries next to it (ld.so(8), secure-execution mode), so for Electron it changes the system
 * setting.
 */
export function lowPorts(program: string, electron = process.versions.electron !== undefined): string {
  const quoted = /^[\w./-]+$/.test(program) ? program : `'${program.replaceAll("'", "'\\''")}'`;
  return electron
    ? 'sudo sysctl -w net.ipv4.ip_unprivileged_port_start=80'
    : `sudo setcap cap_net_bind_service=+ep ${quoted}`;
}
