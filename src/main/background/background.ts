// Runs tasks on two background threads. Threads start on demand and end when idle, so that private keys of uploads do
// not stay in their memory. A thread that exceeds its time or memory limit is terminated.
import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ErrorBody, ErrorCode } from '../../shared/errors.ts';
import type { BackgroundTasks, BackgroundThreads } from '../engine/background-tasks.ts';
import type { BackgroundOptions } from '../engine/core/background.ts';
import { CertdeskError } from '../engine/core/errors.ts';

export interface Question {
  readonly name: keyof BackgroundTasks;
  readonly input: unknown;
}

export type Answer =
  | { readonly value: unknown }
  | { readonly refused: ErrorBody }
  | { readonly failed: string };

/** Sent before a task, because the start of a thread does not count for its time limit. */
export interface Begun {
  readonly begun: true;
}

export interface BackgroundSettings {
  /** The time limit of every task, in milliseconds; default: the limit of each task. */
  readonly limitMs?: number;
  readonly idleMs?: number;
}

const THREADS = 2;
/** The number of tasks of one owner that may wait while another runs. */
const MAX_WAITING = 8;
const IDLE_MS = 20_000;
const RETRY_AFTER_SECONDS = 10;
/** Limits of the JavaScript heap. Buffers are outside of it; the size limits of files bound them. */
const RESOURCES = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };

/** The time limit of each task, and the error if a task exceeds it. */
const LIMITS: Readonly<Record<keyof BackgroundTasks, readonly [ms: number, code: ErrorCode, what: string]>> =
  {
    checkKeyPair: [10_000, 'CERTIFICATE_UNREADABLE', 'The file cannot be read: checking it'],
    lookUpCrl: [30_000, 'ACME_PROTOCOL_ERROR', "The CA's revocation list cannot be used: reading it"],
    scanFolder: [120_000, 'INVALID_REQUEST', 'folder: Reading it'],
    readHostFile: [30_000, 'INVALID_REQUEST', 'text: Reading it'],
    inspectBackup: [1_800_000, 'BACKUP_UNREADABLE', 'The backup cannot be used: reading it'],
    verifyBackup: [1_800_000, 'BACKUP_UNREADABLE', 'The backup cannot be used: reading it'],
  };

interface Task extends Question, BackgroundOptions {
  readonly done: PromiseWithResolvers<unknown>;
}

export function createBackground({ limitMs, idleMs = IDLE_MS }: BackgroundSettings = {}): BackgroundThreads {
  const waiting: Task[] = [];
  /** Maps running tasks to the function that ends the task and its thread. */
  const running = new Map<Task, (failure: unknown) => Promise<unknown>>();
  const idle = new Map<Worker, NodeJS.Timeout>();
  let closed = false;

  const isBusy = (owner: string): boolean => [...running.keys()].some((task) => task.owner === owner);

  function next(): void {
    while (!closed && running.size < THREADS) {
      const at = waiting.findIndex(({ owner }) => !isBusy(owner));
      const [task] = at === -1 ? [] : waiting.splice(at, 1);
      if (task === undefined) return;
      perform(task);
    }
  }

  function perform(task: Task): void {
    const worker = takeWorker();
    const [ms, code, what] = LIMITS[task.name];
    const withinMs = limitMs ?? ms;
    const refuse = (why: string) => new CertdeskError(code, `${what} ${why}.`);
    let timer: NodeJS.Timeout | undefined;
    const begin = () => {
      timer = setTimeout(() => end(refuse(`takes longer than ${withinMs / 1000} seconds`)), withinMs);
    };
    const abort = () => end(task.signal?.reason);
    /** @param failure If given, terminates the thread; otherwise the thread stays for the next task. */
    const end = async (failure?: unknown): Promise<void> => {
      if (!running.delete(task)) return;
      clearTimeout(timer); // a pending timer would keep the process alive
      task.signal?.removeEventListener('abort', abort);
      worker.off('message', hear).off('error', fail);
      if (failure === undefined) keepWorker(worker);
      else task.done.reject(failure);
      next();
      if (failure !== undefined) await worker.terminate();
    };
    running.set(task, end);
    task.signal?.addEventListener('abort', abort, { once: true });
    const hear = (answer: Answer | Begun) => {
      if ('begun' in answer) return begin();
      if ('value' in answer) task.done.resolve(answer.value);
      else task.done.reject(errorOf(answer));
      end();
    };
    const fail = (error: NodeJS.ErrnoException) => {
      const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      end(outOfMemory ? refuse('takes too much memory') : error);
    };
    worker.on('message', hear).once('error', fail);
    worker.postMessage({ name: task.name, input: task.input } satisfies Question);
  }

  function takeWorker(): Worker {
    const [kept] = idle.keys();
    if (kept === undefined) {
      const worker = startWorker();
      worker.on('error', () => undefined); // errors of a thread that is being terminated
      worker.once('exit', () => forget(worker));
      return worker;
    }
    forget(kept);
    return kept;
  }

  function forget(worker: Worker): void {
    clearTimeout(idle.get(worker));
    idle.delete(worker);
  }

  function keepWorker(worker: Worker): void {
    const stop = () => {
      forget(worker);
      void worker.terminate();
    };
    idle.set(worker, setTimeout(stop, idleMs).unref());
  }

  return {
    run(name, input, { owner, signal }) {
      if (closed) return Promise.reject(new CertdeskError('SHUTTING_DOWN'));
      if (signal?.aborted === true) return Promise.reject(signal.reason);
      if (waiting.filter((task) => task.owner === owner).length >= MAX_WAITING)
        return Promise.reject(tooMany());
      const done = Promise.withResolvers<unknown>();
      const task: Task = { name, input, owner, signal, done };
      const drop = () => {
        const at = waiting.indexOf(task);
        if (at === -1) return;
        waiting.splice(at, 1);
        done.reject(signal?.reason);
      };
      signal?.addEventListener('abort', drop, { once: true });
      waiting.push(task);
      next();
      return done.promise.finally(() => signal?.removeEventListener('abort', drop)) as never;
    },
    async close() {
      closed = true;
      const stopped = new CertdeskError('SHUTTING_DOWN');
      for (const { done } of waiting.splice(0)) done.reject(stopped);
      const ended = [...running.values()].map((end) => end(stopped));
      for (const timer of idle.values()) clearTimeout(timer);
      await Promise.all([...ended, ...[...idle.keys()].map((worker) => worker.terminate())]);
    },
  };
}

/** Starts the TypeScript source, whose types Node strips, or out/main/worker.js in a build. */
function startWorker(): Worker {
  const here = import.meta.dirname;
  const file = import.meta.filename.endsWith('.ts')
    ? join(here, 'worker.ts')
    : join(here, basename(here) === 'chunks' ? '../worker.js' : 'worker.js');
  const worker = new Worker(file, { resourceLimits: RESOURCES, env: {}, execArgv: [] });
  worker.unref();
  return worker;
}

function errorOf(answer: { readonly refused: ErrorBody } | { readonly failed: string }): Error {
  if ('refused' in answer) return CertdeskError.fromBody(answer.refused);
  const cause = new Error('A background task failed');
  cause.stack = answer.failed;
  return new CertdeskError('INTERNAL', undefined, undefined, { cause });
}

function tooMany(): CertdeskError {
  return new CertdeskError(
    'TOO_MANY_REQUESTS',
    `More than ${MAX_WAITING} files are being checked for you. Wait until some are done`,
    { retryAfter: RETRY_AFTER_SECONDS },
  );
}
