// A Certdesk in its own process that ends itself on demand, on one data folder through all its runs.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import { type Answer, type Call, callApi } from '../server/app.ts';
import { type CallAsUser, signIn } from '../server/signed-in-user.ts';
import { COMPILED } from '../tools/compiled.ts';
import type { FaultAction, FromProgram, ProgramOptions, ToProgram } from './messages.ts';

const PROGRAM = resolve(import.meta.dirname, 'program.ts');
const START_MS = 60_000;

export interface Moment {
  /** A name of transitions.ts: `before CA createOrder`. */
  readonly name: string;
  /** 1: its first occurrence after the request. */
  readonly nth: number;
}

export interface KillableServer {
  readonly pid: number;
  readonly token: string;
  /** Rejects if the process ends before it has answered. */
  call(method: string, path: string, call?: Call): Promise<Answer>;
  /** Signs a user in. */
  signIn(): Promise<CallAsUser>;
  /** @param action Default: `kill`. */
  arm(moment: Moment, action?: FaultAction): Promise<void>;
  /** Starts recording; `recorded` returns the moments since. */
  record(): Promise<void>;
  recorded(): Promise<readonly Moment[]>;
  /** Resolves when no job is running any more: a moment that has not come by then does not come. */
  settled(): Promise<void>;
  fillDisk(): Promise<void>;
  freeDisk(): Promise<void>;
  /** The result of a start on a read-only disk; afterwards it runs on a writable one again. */
  startReadOnly(): Promise<{ readonly code: string; readonly message: string }>;
  /** Resolves when the process has ended. */
  readonly gone: Promise<void>;
  readonly alive: boolean;
  /** Its log, from warnings on. */
  output(): string;
  kill(): Promise<void>;
}

/** A separate mount namespace, in which it may mount (user_namespaces(7)); both commands exec the program itself. */
export const OWN_MOUNTS = ['unshare', '--map-root-user', '--mount'] as const;

/** @throws with its output if it does not start. */
export async function startKillableServer(options: ProgramOptions): Promise<KillableServer> {
  const prefix = options.ownDiskMb === undefined ? [] : OWN_MOUNTS;
  const [command = '', ...args] = [...prefix, process.execPath, PROGRAM, JSON.stringify(options)];
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...COMPILED }, // it is started hundreds of times
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  const gone = once(child, 'exit').then(([code]) => {
    if (code !== null && code !== 0) process.stderr.write(output); // it was not killed: it failed
  });
  let ready = await message(child, 'ready', START_MS).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`${String(error)}\n${output}`);
  });
  const ask = async <Kind extends FromProgram['kind']>(to: ToProgram, kind: Kind) => {
    const received = message(child, kind, START_MS);
    received.catch(() => undefined); // it may end only after the sending has failed
    const unsent = new Promise<never>((_, reject) => {
      child.send(to, (error) => error && reject(error));
    });
    return Promise.race([received, unsent]);
  };
  const tell = async (to: ToProgram): Promise<void> => void (await ask(to, 'done'));
  const { token } = ready;
  return {
    pid: child.pid ?? 0,
    token,
    call: (method, path, call = {}) => callApi(`${ready.address}/api/v1${path}`, method, { token, ...call }),
    signIn: () => signIn(ready.link),
    arm: ({ name, nth }, action = 'kill') => tell({ kind: 'arm', name, nth, action }),
    settled: async () => void (await ask({ kind: 'settle' }, 'settled')),
    fillDisk: () => tell({ kind: 'fill' }),
    freeDisk: () => tell({ kind: 'free' }),
    async startReadOnly() {
      const [refused, again] = [message(child, 'refused', START_MS), message(child, 'ready', START_MS)];
      child.send({ kind: 'read-only' } satisfies ToProgram);
      ready = await again;
      return refused;
    },
    record: () => tell({ kind: 'record' }),
    async recorded() {
      return numbered((await ask({ kind: 'recorded' }, 'recorded')).names);
    },
    gone,
    get alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    output: () => output,
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/**
 * Waits until the process has ended at its moment, or ends it as soon as `isOver`: a run may pass fewer moments than the
 * recorded one, because what waits for a service writes each of its looks.
 * @returns whether it came to its moment.
 */
export async function diedAtMoment(server: KillableServer, isOver: () => Promise<boolean>): Promise<boolean> {
  const isDone = async () => !server.alive || (await isOver().catch(() => false));
  const message = 'the process ends, or its run';
  await expect.poll(isDone, { timeout: 120_000, interval: 20, message }).toBe(true);
  const died = !server.alive;
  await server.kill();
  return died;
}

/** For the request during which the process ends: its answer may be lost, but a refusal is a failure of the test. */
export function ignoreLostAnswer(error: unknown): void {
  if (!(error instanceof TypeError)) throw error; // fetch: `fetch failed` or `terminated`
}

/** Waits until the process has ended on its own. @param why It should end; part of the failure, which takes two minutes. */
export async function expectGone(server: KillableServer, why: string): Promise<void> {
  const message = `the process ends, ${why}`;
  await expect.poll(() => server.alive, { timeout: 120_000, interval: 20, message }).toBe(false);
}

function numbered(names: readonly string[]): readonly Moment[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    return { name, nth };
  });
}

/** The next message of that kind. Rejects if the process ends first, or after `ms`. */
function message<Kind extends FromProgram['kind']>(
  child: ChildProcess,
  kind: Kind,
  ms: number,
): Promise<Extract<FromProgram, { kind: Kind }>> {
  const { promise, resolve: done, reject } = Promise.withResolvers<Extract<FromProgram, { kind: Kind }>>();
  const onMessage = (received: unknown): void => {
    const given = received as FromProgram;
    if (given.kind === kind) done(given as Extract<FromProgram, { kind: Kind }>);
  };
  const onExit = (code: number | null, signal: string | null): void =>
    reject(new Error(`it ended (${code ?? signal}) before it said ${kind}`));
  const timer = setTimeout(() => reject(new Error(`it did not say ${kind} in ${ms} ms`)), ms);
  child.on('message', onMessage);
  child.once('exit', onExit);
  return promise.finally(() => {
    clearTimeout(timer);
    child.off('message', onMessage);
    child.off('exit', onExit);
  });
}
