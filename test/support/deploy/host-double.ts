// A host in memory, behind the contract of transports: a stand-in for the conformance-tested transports, strict about the
// order of calls. Tests break it at any call, and let commands fail.
import { createHash } from 'node:crypto';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import type {
  CommandResult,
  ConnectTransport,
  FileState,
  RunOutcome,
  StageRequest,
  Step,
  StepResult,
  SwapResult,
  Transport,
} from '../../../src/main/engine/deploy/transport.ts';

interface FileOnHost {
  content: Buffer;
  owner: string;
  group: string;
  mode: string;
}

interface RunOnHost {
  readonly request: StageRequest;
  readonly previous: Map<string, FileOnHost | null>;
  outcome: RunOutcome;
}

export interface HostDouble {
  readonly connect: ConnectTransport;
  readonly files: Map<string, FileOnHost>;
  /** Command lines in the order in which they ran. */
  readonly commands: string[];
  readonly environments: Readonly<Record<string, string>>[];
  /** Names of the calls of the transport, in order. */
  readonly calls: string[];
  /** By the first words of the command line: the exit code. */
  readonly exitCodes: Map<string, number>;
  /** Throws at the named call, once. `after` loses the answer of a call that was done. */
  breakAt(call: string, error: Error, when?: 'before' | 'after'): void;
  /** Runs before the named call, once. */
  during(call: string, work: () => Promise<unknown>): void;
  /** Called in each reload: the service loads what is on the host. */
  onReload(listener: () => void): void;
  readonly forgotten: string[];
  /** Open connections. */
  readonly open: number;
}

export const lost = (): CertdeskError =>
  new CertdeskError('HOST_CONNECTION_LOST', 'The connection was lost', { host: 'web', reason: 'cut' });

const hash = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

export function createHostDouble(): HostDouble {
  const files = new Map<string, FileOnHost>();
  const runs = new Map<string, RunOnHost>();
  const commands: string[] = [];
  const environments: Readonly<Record<string, string>>[] = [];
  const calls: string[] = [];
  const exitCodes = new Map<string, number>();
  const breaks = new Map<string, { readonly error: Error; readonly when: 'before' | 'after' }>();
  const meanwhile = new Map<string, () => Promise<unknown>>();
  const listeners: (() => void)[] = [];
  const forgotten: string[] = [];
  let open = 0;

  async function call<T>(name: string, signal: AbortSignal, work: () => T | Promise<T>): Promise<T> {
    signal.throwIfAborted();
    calls.push(name);
    const other = meanwhile.get(name);
    meanwhile.delete(name);
    await other?.();
    const planned = breaks.get(name);
    if (planned?.when === 'before') {
      breaks.delete(name);
      throw planned.error;
    }
    const result = await work();
    if (planned?.when === 'after') {
      breaks.delete(name);
      throw planned.error;
    }
    return result;
  }

  function execute(line: string, environment: Readonly<Record<string, string>>): CommandResult {
    commands.push(line);
    environments.push(environment);
    const [, exitCode = 0] = [...exitCodes].find(([start]) => line.startsWith(start)) ?? [];
    return { exitCode, timedOut: false, output: exitCode === 0 ? '' : `${line}: failed\n`, truncated: false };
  }

  const lineOf = ({ command }: Step): string => ('argv' in command ? command.argv.join(' ') : command.script);

  function take(name: StepResult['step'], step: Step): StepResult {
    const result = execute(lineOf(step), step.environment ?? {});
    if (name !== 'validate' && result.exitCode === 0) for (const listener of listeners) listener();
    return { step: name, ...result };
  }

  function restore(run: RunOnHost): void {
    for (const [path, file] of run.previous) {
      if (file === null) files.delete(path);
      else files.set(path, file);
    }
  }

  function finish(id: string, run: RunOnHost, result: Omit<SwapResult, 'runId'>): SwapResult {
    const finished = { runId: id, ...result };
    run.outcome = { state: 'finished', result: finished };
    return finished;
  }

  function install(
    id: string,
    run: RunOnHost,
    validate: Step | null,
    reload: Step | 'later' | null,
  ): SwapResult {
    for (const file of run.request.files) {
      const before = files.get(file.path) ?? null;
      run.previous.set(file.path, before);
      files.set(file.path, {
        content: Buffer.from(file.content),
        owner: file.owner ?? before?.owner ?? 'root',
        group: file.group ?? before?.group ?? 'root',
        mode: file.mode ?? before?.mode ?? file.newFileMode,
      });
    }
    const steps: StepResult[] = [];
    if (validate !== null) {
      steps.push(take('validate', validate));
      if (steps[0]?.exitCode !== 0) {
        restore(run);
        return finish(id, run, { state: 'rolled-back', reloadOwed: false, steps, error: 'validate failed' });
      }
    }
    if (reload === 'later')
      return finish(id, run, { state: 'swapped', reloadOwed: true, steps, error: null });
    return load(id, run, reload, steps);
  }

  function load(id: string, run: RunOnHost, reload: Step | null, steps: readonly StepResult[]): SwapResult {
    if (reload === null) return finish(id, run, { state: 'swapped', reloadOwed: false, steps, error: null });
    const reloaded = take('reload', reload);
    if (reloaded.exitCode === 0)
      return finish(id, run, {
        state: 'swapped',
        reloadOwed: false,
        steps: [...steps, reloaded],
        error: null,
      });
    restore(run);
    const again = take('reload-after-rollback', reload);
    return finish(id, run, {
      state: 'rolled-back',
      reloadOwed: again.exitCode !== 0,
      steps: [...steps, reloaded, again],
      error: 'the reload failed',
    });
  }

  const runOf = (id: string): RunOnHost => {
    const run = runs.get(id);
    if (run === undefined) throw new Error(`the host knows no run ${id}`);
    return run;
  };

  function createTransport(): Transport {
    let closed = false;
    return {
      stat: (paths, signal) =>
        call('stat', signal, () =>
          paths.map((path): FileState | null => {
            const file = files.get(path);
            if (file === undefined) return null;
            const { content, owner, group, mode } = file;
            return {
              realPath: path,
              isLink: false,
              sha256: hash(content),
              owner,
              group,
              mode,
              size: content.length,
            };
          }),
        ),
      read: (path, _, signal) => call('read', signal, () => files.get(path)?.content ?? Buffer.alloc(0)),
      stage: (request, signal) =>
        call('stage', signal, () => {
          const { runId } = request;
          const before = runs.get(runId);
          if (before !== undefined && before.outcome.state !== 'staged') return [];
          runs.set(runId, { request, previous: new Map(), outcome: { state: 'staged' } });
          return request.files.map(({ path, content }) => ({
            path,
            realPath: path,
            sha256: hash(content),
            exists: files.has(path),
          }));
        }),
      swap: ({ runId, validate, reload }, signal) =>
        call('swap', signal, () => {
          const run = runOf(runId);
          if (run.outcome.state === 'finished') return run.outcome.result;
          return install(runId, run, validate, reload);
        }),
      outcome: (runId, signal) => call('outcome', signal, () => runs.get(runId)?.outcome ?? null),
      reload: ({ runIds, reload }, signal) =>
        call('reload', signal, () => {
          const result = take('reload', reload);
          return runIds.map((id) => {
            const run = runOf(id);
            const steps = [result];
            if (result.exitCode === 0)
              return finish(id, run, { state: 'swapped', reloadOwed: false, steps, error: null });
            restore(run);
            return finish(id, run, { state: 'rolled-back', reloadOwed: false, steps, error: 'reload' });
          });
        }),
      rollBack: ({ runId, reload }, signal) =>
        call('rollBack', signal, () => {
          const run = runOf(runId);
          restore(run);
          const steps = reload === null ? [] : [take('reload-after-rollback', reload)];
          return finish(runId, run, { state: 'rolled-back', reloadOwed: false, steps, error: null });
        }),
      discard: (runId, signal) => call('discard', signal, () => void runs.delete(runId)),
      remove: (paths, signal) =>
        call('remove', signal, () => {
          for (const path of paths) files.delete(path);
        }),
      deleteGenerations: (deploymentId, signal) =>
        call('deleteGenerations', signal, () => void forgotten.push(deploymentId)),
      run: (command, options, signal) =>
        call('run', signal, () =>
          execute('argv' in command ? command.argv.join(' ') : command.script, options.environment ?? {}),
        ),
      facts: () => Promise.reject(new Error('not part of this double')),
      tunnel: null,
      close() {
        if (!closed) open -= 1;
        closed = true;
      },
    };
  }

  return {
    files,
    commands,
    environments,
    calls,
    exitCodes,
    forgotten,
    get open() {
      return open;
    },
    breakAt: (name, error, when = 'before') => void breaks.set(name, { error, when }),
    during: (name, work) => void meanwhile.set(name, work),
    onReload: (listener) => void listeners.push(listener),
    connect: async (_, signal) => {
      await call('connect', signal, () => undefined);
      open += 1;
      return createTransport();
    },
  };
}
