// A Debian host for services: mount and network namespaces of its own, with Debian's own configuration in /etc, so that
// commands and configurations run as an administrator types them, at the usual paths and ports. It needs root.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOOLS_FOLDER } from '../../../scripts/lib/find-tool.ts';
import { startProcess, type TestProcess } from '../acme/process.ts';
import { toolPath } from '../tools/tools.ts';

export interface DebianHost {
  /** Where the administrator has downloads; the same path inside and outside. */
  readonly downloads: string;
  /** Runs shell lines as root in the folder of the downloads. @returns their output. @throws with it if they fail. */
  run(lines: string): string;
  /** Starts a program in the foreground; it ends with the host. */
  start(program: string, ...args: readonly string[]): TestProcess;
  stop(): Promise<void>;
}

/** The users that the packages create, each with a group of its name. */
const USERS = ['postfix', 'postdrop', 'dovecot', 'dovenull', 'haproxy'];

/** It blocks the worker: a server that accepts a connection and then says nothing would block it without end. */
const RUN_MS = 60_000;

export async function startDebianHost(): Promise<DebianHost> {
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-debian-'));
  const downloads = join(folder, 'downloads');
  for (const path of ['downloads', 'etc', 'rw', 'usr/local/sbin'])
    mkdirSync(join(folder, path), { recursive: true });
  writeUsers(folder);
  writeStandIns(folder);
  const host = startProcess('unshare', ['--mount', '--net', 'sh', '-c', namespaceScript(folder)]);
  await host.waitUntil(async () => host.output().includes('ready'), 60_000);
  const inside = ['--mount', '--net', '--target', String(host.pid)];
  const started: TestProcess[] = [];
  return {
    downloads,
    run: (lines) =>
      execFileSync('nsenter', [...inside, 'sh', '-ec', `cd ${downloads}\n${lines}`], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: RUN_MS,
        killSignal: 'SIGKILL',
      }),
    start(program, ...args) {
      const child = startProcess('nsenter', [...inside, program, ...args]);
      started.push(child);
      return child;
    },
    async stop() {
      for (const child of started) await child.stop();
      await host.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeUsers(folder: string): void {
  const ids = USERS.map((name, at) => [name, 4401 + at] as const);
  const passwd = [
    'root:x:0:0:root:/root:/bin/sh',
    'www-data:x:33:33::/var/www:/usr/sbin/nologin',
    'nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin',
    ...ids.map(([name, id]) => `${name}:x:${id}:${id}::/nonexistent:/usr/sbin/nologin`),
  ];
  const group = [
    'root:x:0:',
    'adm:x:4:',
    'mail:x:8:',
    'www-data:x:33:',
    'nogroup:x:65534:',
    ...ids.map(([name, id]) => `${name}:x:${id}:`),
  ];
  writeFileSync(join(folder, 'etc/passwd'), `${passwd.join('\n')}\n`);
  writeFileSync(join(folder, 'etc/group'), `${group.join('\n')}\n`);
}

/** Strict stand-ins for what needs a login or systemd: sudo for root, and the reload of the unit of HAProxy. */
function writeStandIns(folder: string): void {
  const write = (name: string, text: string) =>
    writeFileSync(join(folder, 'usr/local/sbin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  write('sudo', 'exec "$@"');
  write('systemctl', '[ "$*" = "reload haproxy" ] && kill -s USR2 "$(cat /run/haproxy.pid)"');
}

function namespaceScript(folder: string): string {
  const at = (path: string) => join(folder, path);
  const unpacked = (path: string) => {
    const lower = join(TOOLS_FOLDER, 'debian/root', path);
    return existsSync(lower) ? `${lower}:` : '';
  };
  return [
    'set -e',
    `${toolPath('CERTDESK_TEST_BUSYBOX')} ip link set lo up`,
    `mount -t tmpfs tmpfs ${at('rw')} && mkdir ${at('rw/upper')} ${at('rw/work')}`,
    `mount -t overlay overlay -o lowerdir=${at('etc')}:${unpacked('etc')}/etc,upperdir=${at('rw/upper')},workdir=${at('rw/work')} /etc`,
    `mount -t overlay overlay -o lowerdir=${at('usr')}:${unpacked('usr')}/usr /usr`,
    // What the packages create when they are installed.
    'for path in /run /var/lib /var/log /var/spool; do mount -t tmpfs tmpfs $path; done',
    'mkdir -p /run/lock /var/lib/nginx /var/log/nginx /var/log/apache2 /var/lib/haproxy /run/haproxy /var/spool/postfix /var/lib/postfix',
    'chown postfix /var/lib/postfix',
    'echo ready && exec sleep infinity',
  ].join('\n');
}
