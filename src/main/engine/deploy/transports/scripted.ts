// A Transport that does its work with the script certdesk-deploy.sh, over any Shell.
import { createHash, randomBytes } from 'node:crypto';
import { CertdeskError } from '../../core/errors.ts';
import { oneLine } from '../../core/outside-text.ts';
import { quote, toCommandLine } from '../quote.ts';
import {
  type Answer,
  failuresOf,
  type RequestLine,
  readAnswer,
  refused,
  type Verb,
  writeRequest,
} from '../remote/request.ts';
import { SCRIPT } from '../remote/script-text.ts';
import { readStep, redactedBy, stepLines, toScript } from '../remote/steps.ts';
import type {
  FileState,
  HostFacts,
  RunOutcome,
  Step,
  SwapRequest,
  SwapResult,
  Target,
  Transport,
} from '../transport.ts';
import { runCommand } from './run-command.ts';
import type { Shell } from './shell.ts';
import { sudoProblem } from './sudo.ts';

export const HELPER_PATH = '/usr/local/sbin/certdesk-deploy';
const HELPER_VERSION = '2';

export interface ScriptedOptions {
  readonly become: 'none' | 'sudo';
  /** The folder of runs, only without sudo; default: /var/lib/certdesk-deploy for root, else in the home folder. */
  readonly stateFolder?: string;
}

const QUICK_MS = 60_000;
const MAX_ANSWER = 16 * 1024 * 1024;
/** The script waits this long for an ended command, besides its time-out; plus copying and flushing. */
const STEP_OVERHEAD_MS = 30_000;

/** For a login as root or as the owner of the files, without the comments. */
export const SENT_SCRIPT = SCRIPT.replace('\nrestricted=yes\n', '\nrestricted=no\n').replace(
  /^ *#.*\n/gm,
  '',
);

/** Sent with every call: nothing stays on the host but its runs. The shell keeps its own text to restart itself detached. */
const BOOTSTRAP = `exec sh -c 'self=$1; shift; eval "$self"' certdesk-deploy ${quote(SENT_SCRIPT)}`;

export function createScriptedTransport(shell: Shell, { become, stateFolder }: ScriptedOptions): Transport {
  const { host } = shell;
  const sudo = become === 'sudo';
  const lineOf = (verb: Verb) => (sudo ? `sudo -n ${HELPER_PATH} ${verb}` : `${BOOTSTRAP} ${verb}`);

  async function ask(
    verb: Verb,
    lines: readonly RequestLine[],
    signal: AbortSignal,
    timeoutMs = QUICK_MS,
  ): Promise<Answer> {
    const all: RequestLine[] = stateFolder === undefined ? [...lines] : [['state', stateFolder], ...lines];
    const stdin = Buffer.from(writeRequest(host, all));
    const { stdout, stderr, exitCode } = await shell.exec(lineOf(verb), {
      stdin,
      signal,
      timeoutMs,
      maxOutput: MAX_ANSWER,
      // Otherwise a sudo that logs output may drop the end of it.
      ...(sudo
        ? { isComplete: (output: Buffer) => /(?:^|\n)(?:ok|fail\t[^\n]*)\n$/.test(output.toString('latin1')) }
        : {}),
    });
    const answer = readAnswer(stdout.toString('utf8'));
    if (answer === null) throw noAnswer(stderr, stdout, exitCode);
    return answer;
  }

  /** `ask`, with the first failure as an error. */
  async function request(...args: Parameters<typeof ask>): Promise<Answer> {
    const answer = await ask(...args);
    const [failure] = failuresOf(answer);
    if (failure === undefined) return answer;
    if (failure.reason === 'interrupted')
      throw new CertdeskError(
        'HOST_CONNECTION_LOST',
        `${host}: the work on the host was interrupted. The next contact finishes it or restores the previous files.`,
        { host, reason: failure.message },
      );
    throw refused(host, failure.path, failure.reason, failure.message, failure.fix);
  }

  function noAnswer(stderr: string, stdout: Buffer, exitCode: number | null): CertdeskError {
    const said = oneLine(stderr === '' ? stdout.toString('utf8').slice(0, 500) : stderr).slice(0, 500);
    const problem = sudo ? sudoProblem(stderr, exitCode) : null;
    const check = problem?.state ?? 'shell';
    const why = problem?.message ?? `the login shell of the host cannot run Certdesk's script (${said})`;
    const fix = problem?.fix ?? 'Give the user a POSIX shell: chsh -s /bin/sh';
    return new CertdeskError('HOST_NOT_READY', `${host}: ${why}.`, { host, check, fix });
  }

  function readResults(answer: Answer, redact: readonly string[]): readonly SwapResult[] {
    const results: SwapResult[] = [];
    for (const fields of answer.lines) {
      const [word, first = '', second = '', third = ''] = fields;
      const last = results.at(-1);
      if (word === 'run')
        results.push({ runId: first, state: 'rolled-back', reloadOwed: false, steps: [], error: null });
      else if (last !== undefined && word === 'result') {
        const state = first as SwapResult['state'];
        const error = third === '' ? null : third;
        results[results.length - 1] = { ...last, state, reloadOwed: second === 'yes', error };
      } else if (last !== undefined && word === 'step')
        results[results.length - 1] = { ...last, steps: [...last.steps, readStep(fields, redact)] };
    }
    return results;
  }

  async function work(
    verb: 'swap' | 'reload' | 'roll-back',
    runIds: readonly string[],
    steps: { readonly validate: Step | null; readonly reload: SwapRequest['reload'] },
    signal: AbortSignal,
  ): Promise<readonly SwapResult[]> {
    const { validate, reload } = steps;
    const lines: RequestLine[] = runIds.map((id) => ['run', id]);
    if (verb === 'roll-back') lines.push(['back', 'yes']);
    if (validate !== null) lines.push(...stepLines('validate', validate, sudo));
    if (reload === 'later') lines.push(['reload', 'later']);
    else if (reload !== null) lines.push(...stepLines('reload', reload, sudo));
    const reloadSeconds = reload === null || reload === 'later' ? 0 : reload.timeoutSeconds;
    const seconds = (validate?.timeoutSeconds ?? 0) + 2 * reloadSeconds;
    const timeoutMs = QUICK_MS + seconds * 1000 + 3 * STEP_OVERHEAD_MS;
    return readResults(await request(verb, lines, signal, timeoutMs), redactedBy(validate, reload));
  }

  const single = ([result]: readonly SwapResult[]): SwapResult => {
    if (result === undefined) throw new Error('the script reported no result');
    return result;
  };

  return {
    async stat(paths, signal) {
      if (paths.length === 0) return [];
      const { lines } = await request(
        'stat',
        paths.map((path): RequestLine => ['path', path]),
        signal,
      );
      return lines.filter(([word]) => word === 'file' || word === 'missing').map(readState);
    },

    async read(path, { maxBytes }, signal) {
      const { lines } = await request(
        'read',
        [
          ['path', path],
          ['limit', maxBytes],
        ],
        signal,
      );
      return Buffer.from(lines.find(([word]) => word === 'content')?.[1] ?? '', 'base64');
    },

    async stage({ runId, deploymentId, files }, signal) {
      // A folder for this attempt: the script of an earlier one, whose connection was lost, may still be running. The
      // time tells the two which is newer.
      const folder = await shell.upload(
        files.map((file) => file.content),
        `${deploymentId}.${randomBytes(8).toString('hex')}.${Date.now()}`,
        signal,
      );
      const hashes = files.map(({ content }) => createHash('sha256').update(content).digest('hex'));
      const { lines } = await request(
        'stage',
        [
          ['run', runId],
          ['deployment', deploymentId],
          ['uploads', folder],
          ...files.map((file, index) => targetLine(file, index, hashes[index] ?? '')),
        ],
        signal,
      );
      return lines
        .filter(([word]) => word === 'staged')
        .map(([, path = '', realPath = '', old = ''], index) => ({
          path,
          realPath,
          sha256: hashes[index] ?? '',
          exists: old !== '-',
        }));
    },

    async swap({ runId, validate, reload }, signal) {
      return single(await work('swap', [runId], { validate, reload }, signal));
    },
    async rollBack({ runId, reload }, signal) {
      return single(await work('roll-back', [runId], { validate: null, reload }, signal));
    },
    reload: ({ runIds, reload }, signal) => work('reload', runIds, { validate: null, reload }, signal),

    async outcome(runId, signal) {
      const answer = await request('outcome', [['run', runId]], signal);
      return readOutcome(answer, readResults(answer, []));
    },

    async discard(runId, signal) {
      await request('discard', [['run', runId]], signal);
    },
    async remove(paths, signal) {
      if (paths.length > 0)
        await request(
          'remove',
          paths.map((path): RequestLine => ['path', path]),
          signal,
        );
    },
    async deleteGenerations(deploymentId, signal) {
      await request('purge', [['deployment', deploymentId]], signal);
    },

    async run(command, options, signal) {
      const redact = redactedBy(options);
      if (options.privileged === true && sudo) {
        if (options.stdin !== undefined) throw new Error('the sudo helper passes no standard input');
        const step: Step = { ...options, command, timeoutSeconds: options.timeoutMs / 1000 };
        const id = `run-${randomBytes(8).toString('hex')}`;
        const lines: readonly RequestLine[] = [['run', id], ...stepLines('command', step, true)];
        const answer = await request('run', lines, signal, options.timeoutMs + STEP_OVERHEAD_MS).catch(
          (error: unknown) => {
            if (signal.aborted)
              void ask('end', [['run', id]], AbortSignal.timeout(QUICK_MS)).catch(() => undefined);
            throw error;
          },
        );
        const { step: _, ...result } = readStep(answer.lines.find(([word]) => word === 'step') ?? [], redact);
        return result;
      }
      return runCommand(shell, toScript(command, options), { ...options, redact, signal });
    },

    async facts(targets, signal, commands = []) {
      const before = Date.now();
      const lines = [
        ...targets.map((target, index) => targetLine(target, index, '0')),
        ...targets.flatMap(({ reader }, index): RequestLine[] =>
          reader == null ? [] : [['reader', index, reader]],
        ),
        ...commands.map((argv): RequestLine => ['command', toCommandLine(argv)]),
      ];
      const answer = await ask('facts', lines, signal).catch((error: unknown) => {
        if (error instanceof CertdeskError && error.code === 'HOST_NOT_READY') return error;
        throw error;
      });
      const middle = (before + Date.now()) / 2;
      if (answer instanceof CertdeskError) return notReadyFacts(answer, sudo);
      return readFacts(answer, middle, sudo);
    },

    tunnel: shell.tunnel,
    close: () => shell.close(),
  };
}

function targetLine(target: Target, index: number, hash: string): RequestLine {
  const { replace, owner, group, mode, newFileMode, path } = target;
  return ['file', index, replace, owner ?? '-', group ?? '-', mode ?? `+${newFileMode}`, hash, path];
}

function readState(fields: readonly string[]): FileState | null {
  const [word, realPath = '', linked, sha256 = '', owner = '', group = '', mode = '', size = ''] = fields;
  if (word !== 'file') return null;
  return {
    realPath,
    isLink: linked === 'yes',
    sha256,
    owner,
    group,
    mode: mode.padStart(4, '0'),
    size: Number(size),
  };
}

function readOutcome({ lines }: Answer, results: readonly SwapResult[]): RunOutcome | null {
  const [word = '', phase = '', owed = ''] = lines[0] ?? [];
  const [result] = results;
  if (word === 'finished' && result !== undefined) return { state: 'finished', result };
  if (word === 'staged' || word === 'running') return { state: word };
  return word === 'interrupted' ? { state: word, phase, reloadOwed: owed === 'yes' } : null;
}

function readFacts(answer: Answer, sentAt: number, sudo: boolean): HostFacts {
  const { lines } = answer;
  const find = (name: string) => lines.find(([word]) => word === name)?.[1] ?? '';
  const shell = find('shell');
  const outdated = sudo && find('version') !== HELPER_VERSION;
  return {
    user: find('user'),
    // It has just run the script, or the helper has been called without any quotes.
    shell: { path: shell, supported: !/\/(fish|csh|tcsh|nologin|false|nu|elvish|xonsh)$/.test(shell) },
    clockOffsetMs: Number(find('time')) * 1000 + 500 - sentAt,
    missingTools: lines.flatMap(([word, tool = '']) => (word === 'lacks' ? [tool] : [])),
    keepsAcl: lines.some(([word]) => word === 'acl'),
    sudo: sudo
      ? { state: outdated ? 'helper-outdated' : 'ready', message: outdated ? `Replace ${HELPER_PATH}` : null }
      : null,
    sandbox: null,
    problems: failuresOf(answer).map(({ reason, path, message, fix }) => ({
      path,
      reason: reason === 'interrupted' ? 'failed' : reason,
      message: `${message}.`,
      fix,
    })),
  };
}

/** What is known of a host on which the script cannot run. */
function notReadyFacts(error: CertdeskError, sudo: boolean): HostFacts {
  const { check = '' } = error.details as { readonly check?: string };
  const states = ['password-required', 'not-allowed', 'not-installed', 'helper-missing'] as const;
  const state = states.find((each) => each === check);
  if (!sudo || state === undefined) throw error;
  return {
    user: '',
    shell: { path: '', supported: true },
    clockOffsetMs: 0,
    missingTools: [],
    keepsAcl: false,
    sudo: { state, message: error.message },
    sandbox: null,
    problems: [],
  };
}
