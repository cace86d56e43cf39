// Tests a host: connects, and checks what deployments need. Changes nothing on the host. Names each missing right, and
// the lines that grant it.
import type { CheckResult, HostTest } from '../../../shared/host.ts';
import { type CertdeskError, toCertdeskError } from '../core/errors.ts';
import type { HostRecord } from '../core/model-deploy.ts';
import { type ConnectableDeps, toConnectable } from './connectable.ts';
import { type ContactDeps, noteContact } from './note-contact.ts';
import { quote, toCommandLine } from './quote.ts';
import { describeHelper, LIST_PATH } from './remote/helper.ts';
import type { ConnectTransport, HostFacts, Target, Transport } from './transport.ts';
import { INSTALL_SUDO } from './transports/sudo.ts';

export interface TestDeps extends ConnectableDeps, ContactDeps {
  readonly connect: ConnectTransport;
}

export interface HostTestOptions {
  /** The files that will be deployed, and the commands that will run. */
  readonly targets: readonly Target[];
  readonly commands: readonly (readonly string[])[];
  readonly signal: AbortSignal;
  /** Names of other hosts with one of its keys. Default: none. */
  readonly sameKey?: readonly string[];
  /** Further checks with the open connection. */
  readonly more?: (transport: Transport) => Promise<readonly CheckResult[]>;
}

/** Seconds. Certificates of minutes, and TSIG, fail with a clock that is further off. */
const MAX_CLOCK_SECONDS = 300;

const ok = (check: CheckResult['check'], message: string): CheckResult => ({
  check,
  state: 'ok',
  message,
  fix: null,
});

/** Never rejects for a problem of the host: that is a failed check. @throws the reason of the signal */
export async function testHost(
  deps: TestDeps,
  host: HostRecord,
  options: HostTestOptions,
): Promise<HostTest> {
  const { signal, targets, commands, sameKey = [], more = async () => [] } = options;
  let transport: Transport;
  try {
    transport = await deps.connect(await toConnectable(deps, host), signal);
  } catch (error) {
    signal.throwIfAborted();
    const failure = toCertdeskError(error);
    await noteContact(deps, host, failure);
    return conclude([explainConnection(failure)]);
  }
  try {
    await noteContact(deps, host, null);
    const connected = [
      ok(
        'connect',
        host.transport === 'local' ? 'This machine' : `Connected to ${host.address}:${host.port}`,
      ),
      ...(host.transport === 'ssh' ? [checkHostKey(sameKey)] : []),
    ];
    const facts = await transport.facts(targets, signal, commands);
    const checks = describeFacts(host, facts, { targets, commands });
    return conclude([...connected, ...checks, ...(await more(transport))]);
  } catch (error) {
    signal.throwIfAborted();
    return conclude([explainConnection(toCertdeskError(error))]);
  } finally {
    transport.close();
  }
}

const conclude = (checks: readonly CheckResult[]): HostTest => ({
  ok: checks.every(({ state }) => state !== 'failed'),
  checks: [...checks],
});

/** Which check failed, when there is no connection. */
function explainConnection(error: CertdeskError): CheckResult {
  const { fix } = Object(error.details) as { readonly fix?: string | null };
  const checks: Partial<Record<string, CheckResult['check']>> = {
    HOST_KEY_REFUSED: 'host-key',
    HOST_LOGIN_REFUSED: 'sign-in',
    HOST_CREDENTIAL_INVALID: 'sign-in',
    HOST_NOT_READY: 'shell',
  };
  return {
    check: checks[error.code] ?? 'connect',
    state: 'failed',
    message: error.message,
    fix: fix ?? null,
  };
}

/** A path belongs to one deployment on a host, and a machine that is saved twice would count as two hosts. */
function checkHostKey(sameKey: readonly string[]): CheckResult {
  const accepted = 'The host key is an accepted one';
  if (sameKey.length === 0) return ok('host-key', accepted);
  const message =
    `${accepted}, but also one of ${sameKey.slice(0, 5).join(', ')}. If they are the same machine, remove one of them: ` +
    'Certdesk would not notice two deployments that install the same file. If they are not, create new host keys: ' +
    'machines with the same key can pretend to be each other';
  return { check: 'host-key', state: 'warning', message, fix: null };
}

function describeFacts(
  host: HostRecord,
  facts: HostFacts,
  { targets, commands }: Pick<HostTestOptions, 'targets' | 'commands'>,
): readonly CheckResult[] {
  return [
    ...(facts.user === '' ? [] : [ok('sign-in', `Signed in as ${facts.user}`)]),
    checkShell(facts),
    ...checkSudo(host, facts, { targets, commands }),
    ...checkSandbox(facts),
    checkClock(facts),
    ...checkPaths(facts, { targets, commands }),
    ...(host.become === 'sudo' ? checkCommands(facts, commands) : []),
  ];
}

function checkShell({ shell, missingTools }: HostFacts): CheckResult {
  if (!shell.supported) {
    const message = `The login shell ${shell.path} is not a POSIX shell`;
    return { check: 'shell', state: 'failed', message, fix: 'chsh -s /bin/sh' };
  }
  if (missingTools.length === 0) return ok('shell', `The login shell ${shell.path} can run the script`);
  const message = `The host lacks ${missingTools.join(', ')}`;
  return { check: 'shell', state: 'failed', message, fix: `Install ${missingTools.join(', ')}` };
}

/** The lines that let the user run the helper: the helper itself, sudoers, and the list of files and commands. */
export function sudoFix(
  user: string,
  {
    targets,
    commands,
    installsSudo = false,
  }: Pick<HostTestOptions, 'targets' | 'commands'> & { readonly installsSudo?: boolean },
): string {
  const paths = targets.map(({ path }) => path);
  const { helper, sudoers, list } = describeHelper(user, paths, commands);
  const listed = list.content.split('\n').filter((line) => line !== '');
  return [
    '# As root, beside the file certdesk-deploy (certdesk hosts helper --output certdesk-deploy):',
    ...(installsSudo ? [INSTALL_SUDO] : []),
    `install -m 0755 certdesk-deploy ${helper.path}`,
    `echo ${quote(sudoers.content.trimEnd())} > ${sudoers.path} && chmod 0440 ${sudoers.path}`,
    `touch ${list.path} && chmod 0644 ${list.path}`,
    ...listed.map((line) => `echo ${quote(line)} >> ${list.path}`),
  ].join('\n');
}

function checkSudo(
  { become, user, name }: HostRecord,
  { sudo, user: signedIn }: HostFacts,
  lists: Pick<HostTestOptions, 'targets' | 'commands'>,
): readonly CheckResult[] {
  if (become === 'none' || sudo === null) return [];
  if (sudo.state === 'ready') return [ok('sudo', 'The helper certdesk-deploy runs with sudo')];
  const fix = sudoFix(user ?? signedIn, { ...lists, installsSudo: sudo.state === 'not-installed' });
  return [{ check: 'sudo', state: 'failed', message: sudo.message ?? `${name}: sudo is not set up`, fix }];
}

function checkSandbox({ sandbox }: HostFacts): readonly CheckResult[] {
  if (sandbox === null) return [];
  const { readOnly, noNewPrivileges, unit, dropIn } = sandbox;
  if (readOnly.length === 0 && !noNewPrivileges)
    return [ok('sandbox', 'The service manager does not confine Certdesk')];
  const folders = readOnly.length === 0 ? '' : ` It cannot write ${readOnly.join(', ')}.`;
  const message = `The service manager confines Certdesk${unit === null ? '' : ` (${unit})`}.${folders}`;
  return [{ check: 'sandbox', state: readOnly.length > 0 ? 'failed' : 'warning', message, fix: dropIn }];
}

function checkClock({ clockOffsetMs }: HostFacts): CheckResult {
  const seconds = Math.round(Math.abs(clockOffsetMs) / 1_000);
  if (seconds <= MAX_CLOCK_SECONDS) return ok('clock', `The clocks differ by ${seconds} seconds`);
  const message = `The clock of the host is ${seconds} seconds ${clockOffsetMs > 0 ? 'ahead' : 'behind'}`;
  return { check: 'clock', state: 'warning', message, fix: 'timedatectl set-ntp true' };
}

const OWNER_REASONS: readonly string[] = ['owner-unknown', 'owner-not-permitted'];

function checkPaths(
  { problems }: HostFacts,
  { targets, commands }: Pick<HostTestOptions, 'targets' | 'commands'>,
): readonly CheckResult[] {
  if (targets.length === 0) return [];
  const ofFiles = problems.filter(({ path }) => !commands.some((argv) => toCommandLine(argv) === path));
  if (ofFiles.length === 0)
    return [
      ok('path', targets.length === 1 ? 'The file can be written' : `${targets.length} files can be written`),
    ];
  return ofFiles.map((problem) =>
    toFailure(OWNER_REASONS.includes(problem.reason) ? 'owner' : 'path', problem),
  );
}

/** Whether the helper may run them. */
function checkCommands(
  { problems, sudo }: HostFacts,
  commands: HostTestOptions['commands'],
): readonly CheckResult[] {
  if (commands.length === 0 || sudo?.state !== 'ready') return [];
  const lines = commands.map(toCommandLine);
  const refused = problems.filter(({ path }) => lines.includes(path));
  if (refused.length === 0) return [ok('command', `The helper may run ${lines.join(', ')}`)];
  return refused.map((problem) => toFailure('command', problem));
}

function toFailure(
  check: CheckResult['check'],
  { reason, path, message, fix }: HostFacts['problems'][number],
): CheckResult {
  // The helper names the line, and here is the command that adds it.
  const isLine = reason === 'not-listed' && fix !== null && fix !== '';
  return {
    check,
    state: 'failed',
    message: message.includes(path) ? message : `${path}: ${message}`,
    fix: isLine ? `echo ${quote(fix)} >> ${LIST_PATH}` : fix,
  };
}
