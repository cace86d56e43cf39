// The SSH transport: a Shell over one SSH connection. Commands are exec channels; files go by SFTP, because sudo may log
// what is piped through it.
import type { ClientChannel, SFTPWrapper } from 'ssh2';
import { CertdeskError } from '../../core/errors.ts';
import { oneLine } from '../../core/outside-text.ts';
import type { AddressPolicy } from '../../outgoing/address-policy.ts';
import type { ConnectableHost, Transport } from '../transport.ts';
import { createOutputBuffer } from './output.ts';
import { createScriptedTransport } from './scripted.ts';
import { OUTPUT_GRACE_MS, type Shell, type ShellOptions, type ShellResult } from './shell.ts';
import { openConnection, type SshConnection } from './ssh-connection.ts';
import { uploadFiles } from './upload.ts';

export interface SshOptions {
  readonly policy: AddressPolicy;
  /** As in openConnection. */
  readonly keepAliveMs?: number;
}

/** See ConnectTransport for the errors. */
export async function connectSsh(
  host: ConnectableHost,
  options: SshOptions,
  signal: AbortSignal,
): Promise<Transport> {
  if (host.ssh === null) throw new Error('the host has no SSH address');
  const connection = await openConnection(host.ssh, { ...options, host: host.name, signal });
  return createScriptedTransport(createSshShell(host.name, connection), { become: host.become });
}

const UPLOAD_TIMEOUT_MS = 120_000;

function createSshShell(host: string, connection: SshConnection): Shell {
  const { client } = connection;
  let sftp: Promise<SFTPWrapper> | null = null;

  const lost = (): CertdeskError => {
    const reason = connection.ended() ?? 'the channel was closed';
    return new CertdeskError('HOST_CONNECTION_LOST', `${host}: the connection was lost (${reason}).`, {
      host,
      reason,
    });
  };

  /** Runs `begin`; rejects when the connection ends, after the time-out, or when the signal aborts. */
  function guarded<T>(
    { signal, timeoutMs }: Pick<ShellOptions, 'signal' | 'timeoutMs'>,
    begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
    stop: () => void = () => undefined,
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const onAbort = () => reject(signal.reason);
    const timer = setTimeout(() => {
      const reason = 'the host did not answer in time';
      reject(new CertdeskError('HOST_TIMEOUT', `${host}: ${reason}.`, { host, reason }));
    }, timeoutMs);
    const forget = connection.onEnd(() => reject(lost()));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else if (connection.ended() !== null) reject(lost());
    else
      try {
        begin(resolve, reject);
      } catch (error) {
        reject(connection.ended() === null ? error : lost()); // ssh2 throws if it has lost the connection meanwhile
      }
    return promise.finally(() => {
      clearTimeout(timer);
      forget();
      signal.removeEventListener('abort', onAbort);
      stop();
    });
  }

  function exec(line: string, options: ShellOptions): Promise<ShellResult> {
    let channel: ClientChannel | null = null;
    let grace: NodeJS.Timeout | undefined;
    return guarded<ShellResult>(
      options,
      (resolve, reject) => {
        client.exec(line, (error, opened) => {
          if (error) return reject(connection.ended() === null ? channelRefused(host, error) : lost());
          channel = opened;
          let exit: { readonly code: number | null } | null = null;
          const stdout = createOutputBuffer(options.maxOutput);
          const stderr = createOutputBuffer(64 * 1024);
          const done = (): void => {
            if (exit === null)
              reject(lost()); // nobody knows how it ended
            else
              resolve({
                exitCode: exit.code,
                stdout: stdout.bytes(),
                stderr: stderr.bytes().toString('utf8'),
                truncated: stdout.truncated,
              });
          };
          opened.on('data', (chunk: Buffer) => {
            stdout.add(chunk);
            options.onOutput?.(chunk);
            if (options.isComplete?.(stdout.bytes()) === true) opened.end();
            grace?.refresh();
          });
          opened.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
          opened.on('error', () => undefined);
          opened.on('exit', (code: number | null) => {
            exit = { code };
            if (options.leavesProcesses === true) grace = setTimeout(done, OUTPUT_GRACE_MS);
          });
          opened.on('close', done);
          if (options.isComplete === undefined) opened.end(options.stdin);
          else opened.write(options.stdin);
        });
      },
      () => {
        clearTimeout(grace);
        channel?.destroy();
      },
    );
  }

  return {
    host,
    exec,
    upload(files, name, signal) {
      return guarded<string>({ signal, timeoutMs: UPLOAD_TIMEOUT_MS }, (resolve, reject) => {
        sftp ??= new Promise<SFTPWrapper>((opened, failed) => {
          client.sftp((error, wrapper) => (error ? failed(channelRefused(host, error)) : opened(wrapper)));
        });
        sftp
          .then((wrapper) => uploadFiles(wrapper, host, files, name))
          .then(resolve, (error: unknown) => {
            sftp = null;
            reject(connection.ended() === null ? error : lost());
          });
      });
    },
    tunnel: connection.tunnel,
    close: () => connection.close(),
  };
}

function channelRefused(host: string, error: Error): CertdeskError {
  const message = `${host}: the host refused a command or SFTP (${oneLine(error.message)}). Check ForceCommand, MaxSessions and Subsystem sftp in its sshd_config.`;
  return new CertdeskError('HOST_NOT_READY', message, { host, check: 'channel', fix: null });
}
