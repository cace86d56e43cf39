// The local transport: the machine that Certdesk itself runs on.
import { spawn } from 'node:child_process';
import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CertdeskError } from '../../core/errors.ts';
import type { ConnectableHost, Transport } from '../transport.ts';
import { createOutputBuffer } from './output.ts';
import { findSandbox } from './sandbox.ts';
import { createScriptedTransport } from './scripted.ts';
import { OUTPUT_GRACE_MS, type Shell } from './shell.ts';

export interface LocalOptions {
  /** A folder of Certdesk's own, for uploads and for the runs: it keeps the previous files of each deployment. */
  readonly folder: string;
}

/** @throws HOST_NOT_READY on Windows */
export function connectLocal(host: ConnectableHost, { folder }: LocalOptions): Transport {
  if (process.platform === 'win32') {
    const details = { host: host.name, check: 'system', fix: null };
    throw new CertdeskError(
      'HOST_NOT_READY',
      `${host.name}: Certdesk cannot deploy to Windows yet.`,
      details,
    );
  }
  const shell = createLocalShell(host.name, folder);
  const options = host.become === 'sudo' ? {} : { stateFolder: join(folder, 'state') };
  const transport = createScriptedTransport(shell, { become: host.become, ...options });
  return {
    ...transport,
    async facts(targets, signal, commands) {
      const [facts, mounts, status, cgroup] = await Promise.all([
        transport.facts(targets, signal, commands),
        ...['mountinfo', 'status', 'cgroup'].map((name) =>
          readFile(`/proc/self/${name}`, 'utf8').catch(() => ''),
        ),
      ]);
      const paths = targets.map(({ path }) => path);
      return {
        ...facts,
        sandbox: findSandbox({ mounts: mounts ?? '', status: status ?? '', cgroup: cgroup ?? '' }, paths),
      };
    },
  };
}

function createLocalShell(host: string, folder: string): Shell {
  const children = new Set<() => void>();
  return {
    host,
    exec: (line, { stdin, signal, timeoutMs, maxOutput, onOutput, leavesProcesses, isComplete }) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        // Detached: its own process group, so that a time-out can end all of it.
        const child = spawn('/bin/sh', ['-c', line], { detached: true, stdio: 'pipe', cwd: '/' });
        const stdout = createOutputBuffer(maxOutput);
        const stderr = createOutputBuffer(64 * 1024);
        let exitCode: number | null = null;
        let grace: NodeJS.Timeout | undefined;
        const settle = (end: () => void): void => {
          clearTimeout(timer);
          clearTimeout(grace);
          signal.removeEventListener('abort', onAbort);
          children.delete(onClose);
          for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
          end();
        };
        const fail = (error: unknown) => settle(() => reject(error));
        const done = () =>
          settle(() =>
            resolve({
              exitCode,
              stdout: stdout.bytes(),
              stderr: stderr.bytes().toString('utf8'),
              truncated: stdout.truncated,
            }),
          );
        const lost = (code: 'HOST_TIMEOUT' | 'HOST_CONNECTION_LOST', reason: string) =>
          new CertdeskError(code, `${host}: ${reason}.`, { host, reason });
        const timer = setTimeout(
          () => fail(lost('HOST_TIMEOUT', 'a command on this machine did not end in time')),
          timeoutMs,
        );
        const onAbort = () => fail(signal.reason);
        const onClose = () => fail(lost('HOST_CONNECTION_LOST', 'the transport was closed'));
        children.add(onClose);
        signal.addEventListener('abort', onAbort, { once: true });
        child.once('error', (error) => fail(lost('HOST_CONNECTION_LOST', error.message)));
        child.stdout.on('data', (chunk: Buffer) => {
          stdout.add(chunk);
          onOutput?.(chunk);
          if (isComplete?.(stdout.bytes()) === true) child.stdin.end();
          grace?.refresh();
        });
        child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
        for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);
        child.once('exit', (code) => {
          exitCode = code;
          if (leavesProcesses === true) grace = setTimeout(done, OUTPUT_GRACE_MS);
        });
        child.once('close', done);
        if (isComplete === undefined) child.stdin.end(stdin);
        else child.stdin.write(stdin);
      }),
    async upload(files, name, signal) {
      const uploads = join(folder, 'uploads');
      await mkdir(join(uploads, name), { recursive: true, mode: 0o700 });
      await chmod(uploads, 0o700);
      for (const [index, content] of files.entries()) {
        signal.throwIfAborted();
        const file = await open(join(uploads, name, String(index)), 'wx', 0o600);
        try {
          await file.writeFile(content);
        } finally {
          await file.close();
        }
      }
      return join(uploads, name);
    },
    tunnel: null,
    close() {
      for (const close of [...children]) close();
    },
  };
}
