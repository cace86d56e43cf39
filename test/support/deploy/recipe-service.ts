// A service of a recipe on a host with sshd: a real daemon, and on the host the commands that the recipe runs. A test can
// let the reload fail, do nothing, make the service worse, or kill what it wants.
import { execFile, execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { VERIFY_PROTOCOLS } from '../../../src/shared/deployment.ts';
import { startProcess, type TestProcess } from '../acme/process.ts';
import { startApache } from '../daemons/apache.ts';
import { packagesOf, type ServedPair } from '../daemons/daemon.ts';
import { startNginx } from '../daemons/nginx.ts';
import { startPostfix } from '../daemons/postfix.ts';
import { toolPath } from '../tools/tools.ts';
import { DAEMONS, type DaemonId, type Started } from './recipe-daemons.ts';
import { type SshHost, startSshHost } from './ssh-host.ts';

/** `succeed` is the real reload; the others replace it. A number is the pid that a kill ends. */
export type Reload = 'succeed' | 'fail' | 'die' | 'ignore' | 'worsen' | 'reboot' | { readonly kill: number };

export interface Served {
  /** SHA-256 of the leaf in upper-case hex. */
  readonly fingerprint: string;
  /** Certificates that were sent. */
  readonly length: number;
}

export interface RecipeService {
  readonly recipe: RecipeId;
  readonly host: SshHost;
  /** Of the daemon, which `start` replaces. */
  readonly pid: number;
  /** Where the service reads certificate and key: two files, or one with both. */
  readonly files: readonly string[];
  /** Values of the fields of the recipe. */
  readonly options: Readonly<Record<string, string>>;
  readonly check: Check;
  /** What openssl s_client is given; null without TLS. */
  served(): Promise<Served | null>;
  setReload(reload: Reload): void;
  /** How often the service was really told to reload. */
  reloads(): number;
  breakConfiguration(): void;
  repairConfiguration(): void;
  /** Reloads as a person does who does not use Certdesk's command. */
  reload(): void;
  /** Ends the daemon and its children without warning. */
  kill(): void;
  /** Starts it again, as the machine does when it boots. Only nginx. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface Check {
  readonly port: number;
  readonly protocol: (typeof VERIFY_PROTOCOLS)[number];
}

export type RecipeId = 'nginx' | 'apache' | 'postfix' | DaemonId;

const STARTS: Readonly<Record<RecipeId, (pair: ServedPair, host: SshHost) => Promise<Started>>> = {
  ...DAEMONS,
  async nginx(pair) {
    const daemon = await startNginx([{ pair, name: NAME }]);
    const config = join(daemon.folder, 'nginx.conf');
    const [certificate, key] = [daemon.certificatePath(), daemon.keyPath()];
    return {
      daemon,
      config,
      files: [certificate, key],
      options: { certificate, key, port: String(daemon.port) },
      check: { port: daemon.port, protocol: 'tls' },
      bad: 'no_such_directive;',
      starts: [toolPath('CERTDESK_TEST_NGINX'), '-p', daemon.folder, '-e', 'stderr', '-c', config],
      command: {
        name: 'nginx',
        runs: `${toolPath('CERTDESK_TEST_NGINX')} -p ${daemon.folder} -e stderr -c ${config} "$@"`,
        reload: '-s reload',
      },
    };
  },
  async apache(pair) {
    const daemon = await startApache([{ pair, name: NAME }]);
    const config = join(daemon.folder, 'httpd.conf');
    const [certificate, key] = [daemon.certificatePath(), daemon.keyPath()];
    const program = `${ENTER}${process.pid}/ns/mnt ${toolPath('CERTDESK_TEST_APACHE2')} -f ${config}`;
    return {
      daemon,
      config,
      files: [certificate, key],
      options: { certificate, key, port: String(daemon.port) },
      check: { port: daemon.port, protocol: 'tls' },
      bad: 'NoSuchDirective on',
      command: {
        name: 'apachectl',
        runs: `case $1 in configtest) ${program} -t ;; graceful) ${program} -k graceful ;; *) exit 2 ;; esac`,
        reload: 'graceful',
      },
    };
  },
  async postfix(pair) {
    const daemon = await startPostfix({ pair });
    // `postfix check` compares with /etc/postfix/postfix-files.
    const root = packagesOf(toolPath('CERTDESK_TEST_POSTFIX'));
    const mount = root === null ? ':' : `mount -t overlay overlay -o lowerdir=${root}/etc:/etc /etc`;
    return {
      daemon,
      config: join(daemon.configFolder, 'main.cf'),
      files: [daemon.combinedPath],
      options: { chain: daemon.combinedPath, port: String(daemon.smtpPort) },
      check: { port: daemon.smtpPort, protocol: 'smtp' },
      bad: 'daemon_directory = /nonexistent',
      command: {
        name: 'postfix',
        runs: `${ENTER}${daemon.pid}/ns/mnt unshare --mount sh -c '${mount} && exec /usr/sbin/postfix -c ${daemon.configFolder} "$@"' sh "$@"`,
        reload: 'reload',
      },
    };
  },
};

/** The certificates are for this name. */
export const NAME = 'api.example.com';
/** Into the namespace of the daemon, which has its users and programs. */
const ENTER = 'nsenter --mount=/proc/';

/**
 * @param pair What the service serves before the first deployment.
 * @param wrong A pair for another name, which `worsen` lets it serve.
 */
export async function startRecipeService(
  recipe: RecipeId,
  { pair, wrong }: { readonly pair: ServedPair; readonly wrong: ServedPair },
): Promise<RecipeService> {
  const host = await startSshHost({ address: '127.0.0.1' });
  const started = await STARTS[recipe](pair, host).catch(async (error: unknown) => {
    await host.stop();
    throw error;
  });
  const { daemon, config, files, check, bad } = started;
  const good = readFileSync(config, 'utf8');
  const at = (name: string) => join(host.folder, name);
  const others = files.map((path) => {
    const other = `${path}.other`;
    const content =
      files.length === 1
        ? wrong.privateKey + wrong.chain
        : wrong[path.endsWith('key') ? 'privateKey' : 'chain'];
    writeFileSync(other, content, { mode: 0o600 });
    const { uid, gid } = statSync(path);
    chownSync(other, uid, gid);
    return [path, other] as const;
  });
  writeFileSync(
    at('worse'),
    others.reduce((text, [path, other]) => text.replaceAll(path, other), good),
  );
  writeFileSync(at('good'), good);
  writeFileSync(at('reloads'), '');
  const setReload = (reload: Reload): void => {
    const line = typeof reload === 'object' ? `kill ${reload.kill}` : reload;
    writeFileSync(at('reload'), `${line}\n`);
  };
  setReload('succeed');
  writeFileSync(at(`usr/local/sbin/${started.command.name}`), wrapper(started, host, wrong), { mode: 0o755 });
  let again: TestProcess | null = null;
  return {
    recipe,
    host,
    get pid() {
      return again?.pid ?? daemon.pid;
    },
    files,
    options: started.options,
    check,
    served: () => servedBy(check),
    setReload,
    reloads: () => readFileSync(at('reloads'), 'utf8').split('\n').length - 1,
    breakConfiguration: () => writeFileSync(config, `${good}${bad}\n`),
    repairConfiguration: () => writeFileSync(config, good),
    reload() {
      if (started.byHand === undefined) daemon.reload();
      else host.inside(started.byHand);
    },
    kill: () => killTree(again?.pid ?? daemon.pid),
    async start() {
      const [program, ...args] = started.starts ?? [''];
      again = startProcess(program, args);
      await again.waitUntil(async () => (await servedBy(check)) !== null, 60_000);
    },
    async stop() {
      await again?.stop();
      await daemon.stop();
      await host.stop();
    },
  };
}

/** What the host runs instead of the daemon's own command. */
function wrapper(
  { command, config, check }: Started,
  { folder, pid }: SshHost,
  { chain }: ServedPair,
): string {
  const openssl = toolPath('CERTDESK_TEST_OPENSSL');
  const connect = [openssl, 's_client', ...clientOptions(check), '</dev/null'].join(' ');
  const sees = `${connect} | ${openssl} x509 -noout -fingerprint -sha256`;
  const wrong = new X509Certificate(chain).fingerprint256;
  return `#!/bin/sh
[ "$*" = '${command.reload}' ] || { ${command.runs}; exit; }
read -r what victim <${folder}/reload
if [ -f ${folder}/worsened ]; then cat ${folder}/good >${config}; rm ${folder}/worsened; fi
case $what in
  fail) echo 'the reload was refused' >&2; exit 1 ;;
  die) kill -s KILL 0 ;;
  ignore) exit 0 ;;
  worsen)
    echo succeed >${folder}/reload
    : >${folder}/worsened
    cat ${folder}/worse >${config}
    ;;
  kill)
    echo succeed >${folder}/reload
    kill -s KILL "$victim"
    ;;
  reboot)
    echo succeed >${folder}/reload
    here=$(readlink /proc/self/ns/mnt)
    for each in /proc/[0-9]*; do
      each=\${each#/proc/}
      [ "$each" = $$ ] || [ "$each" = ${pid} ] || [ "$(readlink /proc/$each/ns/mnt)" != "$here" ] || kill -s KILL "$each"
    done 2>/dev/null
    kill -s KILL $$
    ;;
esac
echo reload >>${folder}/reloads
${command.runs}
code=$? seen=0
# Workers of before may still accept connections.
while [ "$what" = worsen ] && [ $seen -lt 3 ]; do
  if ${sees} | grep -q '${wrong}'; then seen=$((seen + 1)); else seen=0; sleep 0.05; fi
done
exit $code
`;
}

const clientOptions = ({ port, protocol }: Check): readonly string[] => {
  const starttls = protocol === 'tls' ? [] : ['-starttls', protocol];
  return ['-connect', `127.0.0.1:${port}`, '-servername', NAME, ...starttls];
};

export async function servedBy(check: Check): Promise<Served | null> {
  const args = ['s_client', '-showcerts', ...clientOptions(check)];
  const running = promisify(execFile)(toolPath('CERTDESK_TEST_OPENSSL'), args, { timeout: 20_000 });
  running.child.stdin?.end();
  const text = await running.then(
    ({ stdout }) => stdout,
    ({ stdout }: { readonly stdout?: string }) => stdout ?? '', // it fails without a TLS connection
  );
  const sent = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  const [leaf] = sent;
  if (leaf === undefined) return null;
  const { raw } = new X509Certificate(leaf);
  return { fingerprint: createHash('sha256').update(raw).digest('hex').toUpperCase(), length: sent.length };
}

/** A daemon's workers have its listening sockets and would continue to serve. */
function killTree(pid: number): void {
  const path = `/proc/${pid}/task/${pid}/children`;
  const children = existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ').filter(Boolean) : [];
  execFileSync('kill', ['-s', 'KILL', String(pid), ...children]);
}
