// A host to deploy to: a real OpenSSH server in its own mount namespace, with its own users, sudoers, state folder and, if
// wanted, only BusyBox as tools. Nothing outside of its folder changes. It needs root, for the namespace and for logins.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOOLS_FOLDER } from '../../../scripts/lib/find-tool.ts';
import { SCRIPT } from '../../../src/main/engine/deploy/remote/script-text.ts';
import type { ConnectableHost, SshTarget } from '../../../src/main/engine/deploy/transport.ts';
import { type HostKey, readHostKey } from '../../../src/main/engine/hosts/host-key.ts';
import { startProcess, type TestProcess } from '../acme/process.ts';
import { startOnPorts } from '../tools/ports.ts';
import { toolPath } from '../tools/tools.ts';
import { writeKillWrappers } from './kill-points.ts';

export interface SshHostOptions {
  /** Default: 127.0.0.2. */
  readonly address?: string;
  /** `busybox`: /usr/bin and /usr/sbin have nothing else. */
  readonly tools?: 'gnu' | 'busybox';
  /** The login shell of both users; default: /bin/sh. */
  readonly shell?: string;
  /** What runs the script; default: the machine's /bin/sh, on Debian dash. */
  readonly sh?: 'bash';
  /** Lines of certdesk-deploy.conf; with them the helper and its sudoers line are installed. */
  readonly helper?: readonly string[];
  /** Further lines of sshd_config. */
  readonly sshd?: string;
  /** Options of the authorized_keys line, such as `restrict,command="…"`. */
  readonly keyOptions?: string;
  /** Host key types; default: ed25519. */
  readonly hostKeys?: readonly ('ed25519' | 'rsa' | 'ecdsa')[];
  /** Whether the script's tools are wrapped for kill-points.ts. */
  readonly killPoints?: boolean;
}

export interface SshHost {
  /** Everything of the host that a test looks at. Its own paths are the same inside. */
  readonly folder: string;
  /** The folder of runs of root, from outside. */
  readonly stateFolder: string;
  /** The folder of runs of the helper. */
  readonly helperStateFolder: string;
  readonly port: number;
  readonly address: string;
  readonly hostKeys: readonly HostKey[];
  /** The private key of both users, in OpenSSH format. */
  readonly privateKey: string;
  readonly keyFile: string;
  /** The pid of sshd; its children are the sessions. */
  readonly pid: number;
  target(user?: 'root' | 'deploy', changes?: Partial<SshTarget>): SshTarget;
  connectable(user?: 'root' | 'deploy', changes?: Partial<SshTarget>): ConnectableHost;
  /** The pids of the processes that serve connections. */
  sessions(): readonly number[];
  /** Runs a shell line in the host's namespace as root, and returns its output. */
  inside(line: string): string;
  /** What sshd and programs have written. */
  log(): string;
  stop(): Promise<void>;
}

const DEPLOY_UID = 4242;
/** The users that Debian's packages create, each with a group of its name: name -> number of both. */
export const SERVICE_USERS: Readonly<Record<string, number>> = {
  haproxy: 4301,
  dovecot: 4302,
  dovenull: 4303,
  postgres: 4304,
  mysql: 4305,
  openldap: 4306,
  mosquitto: 4307,
  tomcat: 4308,
};
const HELPER = '/usr/local/sbin/certdesk-deploy';

/** Why this machine cannot run it, or null. */
export const needsRoot = process.getuid?.() === 0 ? null : 'needs root, for mount namespaces';

export async function startSshHost(options: SshHostOptions = {}): Promise<SshHost> {
  const { address = '127.0.0.2' } = options;
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-host-'));
  chmodSync(folder, 0o755);
  const hostKeys = writeFiles(folder, options);
  return startOnPorts([{ addresses: [address] }], async ([port = 0], release) => {
    const script = namespaceScript(folder, options, address, port);
    const server = startProcess('unshare', ['--mount', 'sh', '-c', script]);
    try {
      await server.waitUntil(() => answers(address, port), 60_000);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return toHost({ folder, options, address, port, server, hostKeys, release });
  });
}

function writeFiles(folder: string, options: SshHostOptions): readonly HostKey[] {
  const { shell = '/bin/sh', helper, hostKeys = ['ed25519'], keyOptions = '' } = options;
  const at = (path: string) => join(folder, path);
  for (const path of [
    'etc/sudoers.d',
    'etc/pam.d',
    'home/root',
    'home/deploy',
    'usr/local/sbin',
    'lib',
    'lib-sudo',
    'var-lib/certdesk-deploy',
    'var-lib/certdesk-deploy-sudo',
    'applets',
    'work',
    'sudo-log',
    'site',
  ])
    mkdirSync(at(path), { recursive: true });
  for (const [path, mode] of [
    ['home/root', 0o700],
    ['home/deploy', 0o700],
    ['site', 0o755],
  ] as const)
    chmodSync(at(path), mode);
  chownSync(at('home/deploy'), DEPLOY_UID, DEPLOY_UID);
  if (options.sh !== undefined) {
    mkdirSync(at('usr/bin'));
    symlinkSync(options.sh, at('usr/bin/sh'));
  }
  const services = Object.entries(SERVICE_USERS);
  const users = [
    `root:x:0:0:root:${at('home/root')}:${shell}`,
    'www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin',
    'sshd:x:105:65534::/run/sshd:/usr/sbin/nologin',
    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
    `deploy:x:${DEPLOY_UID}:${DEPLOY_UID}::${at('home/deploy')}:${shell}`,
    ...services.map(([name, id]) => `${name}:x:${id}:${id}::/nonexistent:/usr/sbin/nologin`),
  ];
  writeFileSync(at('etc/passwd'), `${users.join('\n')}\n`);
  writeFileSync(
    at('etc/group'),
    `root:x:0:\nmail:x:8:\nwww-data:x:33:\nnogroup:x:65534:\ndeploy:x:${DEPLOY_UID}:\n${services.map(([name, id]) => `${name}:x:${id}:\n`).join('')}`,
  );
  // `deploy-password`, by crypt(3) with SHA-512.
  const hash = execFileSync(toolPath('CERTDESK_TEST_OPENSSL'), ['passwd', '-6', 'deploy-password'])
    .toString()
    .trim();
  writeFileSync(at('etc/shadow'), `root:*:1::::::\nsshd:!:1::::::\ndeploy:${hash}:1::::::\n`, {
    mode: 0o600,
  });
  const sudoers = [
    `Defaults log_input, log_output, iolog_dir=${at('sudo-log')}`,
    'root ALL=(ALL:ALL) ALL',
    ...(helper === undefined ? [] : [`deploy ALL=(root) NOPASSWD: ${HELPER}`]),
  ];
  writeFileSync(at('etc/sudoers'), `${sudoers.join('\n')}\n`, { mode: 0o440 });
  writeFileSync(
    at('etc/pam.d/sudo'),
    ['auth', 'account', 'session'].map((kind) => `${kind} required pam_permit.so\n`).join(''),
  );
  if (helper !== undefined) {
    writeFileSync(at('etc/certdesk-deploy.conf'), `${helper.join('\n').replaceAll('{site}', at('site'))}\n`, {
      mode: 0o644,
    });
    writeFileSync(at('usr/local/sbin/certdesk-deploy'), SCRIPT, { mode: 0o755 });
  }
  if (options.killPoints === true) writeKillWrappers(folder, at('usr/local/sbin'));
  const keygen = (type: string, path: string) =>
    execFileSync(toolPath('CERTDESK_TEST_SSH_KEYGEN'), [
      '-q',
      '-t',
      type,
      '-N',
      '',
      '-C',
      'test',
      '-f',
      at(path),
    ]);
  keygen('ed25519', 'user-key');
  writeFileSync(
    at('authorized_keys'),
    `${keyOptions === '' ? '' : `${keyOptions} `}${readFileSync(at('user-key.pub'), 'utf8')}`,
  );
  return hostKeys.map((type) => {
    keygen(type, `host-key-${type}`);
    const key = readHostKey(
      Buffer.from(readFileSync(at(`host-key-${type}.pub`), 'utf8').split(' ')[1] ?? '', 'base64'),
    );
    if (key === null) throw new Error('ssh-keygen wrote no key');
    return key;
  });
}

function namespaceScript(folder: string, options: SshHostOptions, address: string, port: number): string {
  const { tools = 'gnu', sshd = '', hostKeys = ['ed25519'] } = options;
  const at = (path: string) => join(folder, path);
  const unpacked = join(TOOLS_FOLDER, 'debian/root/usr');
  const lower = existsSync(unpacked) ? `${at('usr')}:${unpacked}:/usr` : `${at('usr')}:/usr`;
  const config = [
    ...hostKeys.map((type) => `HostKey ${at(`host-key-${type}`)}`),
    `ListenAddress ${address}`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PermitRootLogin yes',
    'MaxStartups 100',
    `AuthorizedKeysFile ${at('authorized_keys')}`,
    'Subsystem sftp internal-sftp',
    sshd,
  ];
  writeFileSync(at('sshd_config'), `${config.join('\n')}\n`);
  const program = at('sshd');
  // sshd starts itself again by an absolute path, which must stay when BusyBox hides /usr/sbin.
  const unpackedBusybox = join(TOOLS_FOLDER, 'debian/root/bin/busybox');
  const busybox = () => [
    `cp /usr/sbin/sshd ${program}`,
    `cp ${existsSync(unpackedBusybox) ? unpackedBusybox : toolPath('CERTDESK_TEST_BUSYBOX')} ${at('applets/busybox')}`,
    `for name in $(${at('applets/busybox')} --list); do ln -sf busybox ${at('applets')}/$name; done`,
    `mount --bind ${at('applets')} /usr/sbin && mount --bind ${at('applets')} /usr/bin`,
  ];
  return [
    'set -e',
    'mount -t tmpfs tmpfs /run && mkdir /run/sshd',
    `mount -t overlay overlay -o lowerdir=${at('var-lib')}:/var/lib /var/lib`,
    `mount -t overlay overlay -o lowerdir=${at('etc')}:/etc /etc`,
    `mount -t overlay overlay -o lowerdir=${lower} /usr`,
    `mount --bind ${at('lib')} /var/lib/certdesk-deploy`,
    `mount --bind ${at('lib-sudo')} /var/lib/certdesk-deploy-sudo`,
    ...(tools === 'busybox' ? busybox() : []),
    `exec ${tools === 'busybox' ? program : '/usr/sbin/sshd'} -D -e -f ${at('sshd_config')} -p ${port}`,
  ].join('\n');
}

interface Started {
  readonly folder: string;
  readonly options: SshHostOptions;
  readonly address: string;
  readonly port: number;
  readonly server: TestProcess;
  readonly hostKeys: readonly HostKey[];
  release(): void;
}

function toHost({ folder, options, address, port, server, hostKeys, release }: Started): SshHost {
  const keyFile = join(folder, 'user-key');
  const privateKey = readFileSync(keyFile, 'utf8');
  const target: SshHost['target'] = (user = 'root', changes = {}) => ({
    address,
    port,
    user,
    credential: { kind: 'key', privateKey, passphrase: null },
    hostKeys,
    origin: 'named',
    jump: null,
    ...changes,
  });
  return {
    folder,
    stateFolder: join(folder, 'lib'),
    helperStateFolder: join(folder, 'lib-sudo', String(DEPLOY_UID)),
    port,
    address,
    hostKeys,
    privateKey,
    keyFile,
    pid: server.pid,
    target,
    connectable: (user = 'root', changes = {}) => ({
      name: 'web1',
      transport: 'ssh',
      become: user === 'deploy' && options.helper !== undefined ? 'sudo' : 'none',
      ssh: target(user, changes),
    }),
    sessions: () => sessionsOf(server.pid),
    inside: (line) =>
      execFileSync('nsenter', [`--mount=/proc/${server.pid}/ns/mnt`, 'sh', '-c', line], {
        encoding: 'utf8',
        timeout: 120_000, // it blocks the worker, where no limit of a test applies
      }),
    log: () => server.output(),
    async stop() {
      await server.stop();
      release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The processes of sshd below its own: with privilege separation, two for each connection. */
function sessionsOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
  const isSession = (child: number) => readFileSync(`/proc/${child}/comm`, 'utf8').startsWith('sshd');
  return children.flatMap((child) => {
    try {
      return isSession(child) ? [child, ...sessionsOf(child)] : [];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('data', () => resolve(true)); // the version line
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    setTimeout(() => socket.destroy(), 2_000).unref();
  });
}
