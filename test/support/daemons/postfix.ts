// Postfix with the ports 25 (STARTTLS), 465 (TLS) and 587 (STARTTLS required). Only root can start it.
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { type Daemon, readLog, runInPackages, type ServedPair, startDaemon } from './daemon.ts';

export interface Postfix extends Daemon {
  readonly smtpPort: number;
  readonly smtpsPort: number;
  readonly submissionPort: number;
  /** One file with the key first and then the chain (smtpd_tls_chain_files). */
  readonly combinedPath: string;
  /** For `postfix -c FOLDER reload`. */
  readonly configFolder: string;
}

export interface PostfixOptions {
  /** Null: no certificate, so that STARTTLS is not offered. */
  readonly pair: ServedPair | null;
}

/** Reloads on SIGHUP; with a bad key, TLS is no longer offered. */
export async function startPostfix({ pair }: PostfixOptions): Promise<Postfix> {
  const program = toolPath('CERTDESK_TEST_POSTFIX');
  const daemon = await startDaemon({
    name: 'postfix',
    uses: pair === null ? [{}] : [{}, {}, {}],
    async configure({ folder, ports, write }) {
      const config = join(folder, 'config');
      mkdirSync(config);
      const combined = pair === null ? null : `${pair.privateKey}${pair.chain}`;
      if (combined !== null) await write('combined.pem', combined);
      await write('config/main.cf', await mainFile(folder, combined !== null), 0o644);
      await write('config/master.cf', masterFile(ports), 0o644);
      await makeFolders(folder);
      const master = runInPackages(program, '/usr/lib/postfix/sbin/master', ['-c', config, '-d']);
      return { ...master, output: () => readLog(join(folder, 'mail.log')) };
    },
  });
  const [smtpPort = 0, smtpsPort = 0, submissionPort = 0] = daemon.ports;
  return {
    ...daemon,
    smtpPort,
    smtpsPort,
    submissionPort,
    combinedPath: join(daemon.folder, 'combined.pem'),
    configFolder: join(daemon.folder, 'config'),
  };
}

/** Users that every Debian has, other than nobody, which Postfix refuses. */
const OWNER = 'news';
const GROUP = 'utmp';

async function mainFile(folder: string, hasTls: boolean): Promise<string> {
  const settings = {
    compatibility_level: '3.6',
    queue_directory: `${folder}/queue`,
    data_directory: `${folder}/data`,
    command_directory: '/usr/sbin',
    daemon_directory: '/usr/lib/postfix/sbin',
    shlib_directory: '/usr/lib/postfix',
    mail_owner: OWNER,
    setgid_group: GROUP,
    myhostname: 'mail.example.com',
    inet_interfaces: 'all', // the addresses are in master.cf
    maillog_file: `${folder}/mail.log`,
    maillog_file_prefixes: folder,
    mydestination: '',
    local_transport: 'error:none',
    alias_maps: '',
    alias_database: '',
    ...(hasTls ? { smtpd_tls_chain_files: `${folder}/combined.pem`, smtpd_tls_security_level: 'may' } : {}),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

function masterFile([smtp, smtps, submission]: readonly number[]): string {
  const inet = (port: number | undefined, ...options: readonly string[]) =>
    port === undefined
      ? []
      : [`127.0.0.1:${port} inet n - n - - smtpd ${options.map((each) => `-o ${each}`).join(' ')}`];
  return `${[
    ...inet(smtp),
    ...inet(smtps, 'smtpd_tls_wrappermode=yes'),
    ...inet(submission, 'smtpd_tls_security_level=encrypt'),
    'postlog unix-dgram n - n - 1 postlogd',
    'tlsmgr unix - - n 1000? 1 tlsmgr',
    'proxymap unix - - n - - proxymap',
    'anvil unix - - n - 1 anvil',
    'rewrite unix - - n - - trivial-rewrite',
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'scache unix - - n - 1 scache',
  ].join('\n')}\n`;
}

const QUEUES =
  'active bounce corrupt defer deferred flush hold incoming maildrop pid private public saved trace';

/** What `postfix set-permissions` would do. */
async function makeFolders(folder: string): Promise<void> {
  const owner = await idOf('-u', OWNER);
  const group = await idOf('-g', GROUP).catch(() => 43); // utmp is a group without a user
  mkdirSync(join(folder, 'data'));
  chownSync(join(folder, 'data'), owner, 0);
  for (const name of QUEUES.split(' ')) {
    const path = join(folder, 'queue', name);
    mkdirSync(path, { recursive: true });
    if (name !== 'pid') chownSync(path, owner, ['maildrop', 'public'].includes(name) ? group : 0);
  }
  chmodSync(join(folder, 'queue/maildrop'), 0o730);
  chmodSync(join(folder, 'queue/public'), 0o710);
}

async function idOf(option: string, name: string): Promise<number> {
  return Number((await promisify(execFile)('id', [option, name])).stdout);
}
