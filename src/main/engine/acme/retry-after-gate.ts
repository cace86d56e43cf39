// Applies a Retry-After (RFC 9110 section 10.2.3) to all requests for the same URL: they wait until it has passed, or fail
// at once with the CA's response if the wait is long. Long waits survive a restart.

import { z } from 'zod';
import { parseRetryAfter } from '../core/retry-after.ts';
import type { SettingStore } from '../core/stores/settings.ts';
import { REAL_TIMING, type Timing } from '../core/timing.ts';
import { type AcmeResponse, answerError } from './problem.ts';

/** The longest wait within a request. For a longer one the job is deferred, possibly for days. */
export const LONGEST_WAIT_MS = 10_000;

export interface RetryAfterGate {
  /**
   * Waits until the URL may be requested.
   * @throws the CA's earlier refusal, with the remaining time as `retryAfter`, if that is over 10 s; the reason of `signal`
   */
  pass(url: string, signal?: AbortSignal): Promise<void>;
  /**
   * Remembers the Retry-After of a 5xx or 429 response.
   * @param signed Whether an account signed the request: a 429 for one account does not affect the others.
   */
  heed(response: AcmeResponse, signed: boolean): Promise<void>;
}

/** Where long waits are stored, so that they hold after a restart. */
export interface GateMemory {
  readonly settings: Pick<SettingStore, 'get' | 'set'>;
  /** Milliseconds since 1970: the time of `timing` starts with the process. */
  now(): number;
}

const KEY = 'retry-after';
/** A wait of several days is a mistake of the CA, and the text of a stored response is for people. */
const MAX_STORED = { ms: 7 * 86_400_000, text: 4_000, blocks: 100 } as const;

const StoredSchema = z.array(
  z.object({ until: z.number(), url: z.string(), status: z.number(), text: z.string() }),
);

interface Block {
  readonly until: number;
  readonly response: AcmeResponse;
}

/** Create one gate per transport, so that all its requests share it. */
export function createRetryAfterGate(timing: Timing = REAL_TIMING, memory?: GateMemory): RetryAfterGate {
  const blocks = new Map<string, Block>();
  let loading: Promise<void> | null = null;

  /** If the database fails, Certdesk sends requests without the stored waits. At worst, the CA refuses one more. */
  const load = (): Promise<void> => {
    loading ??= readBlocks().catch(() => undefined);
    return loading;
  };

  async function readBlocks(): Promise<void> {
    if (memory === undefined) return;
    const stored = StoredSchema.safeParse(await memory.settings.get(KEY)).data ?? [];
    for (const { until, ...response } of stored) {
      const left = Math.min(until - memory.now(), MAX_STORED.ms);
      if (left > 0)
        blocks.set(response.url, { until: timing.now() + left, response: { ...response, headers: {} } });
    }
  }

  async function store(): Promise<void> {
    if (memory === undefined) return;
    const long = [...blocks.values()].map(({ until, response: { url, status, text } }) => ({
      until: Math.round(memory.now() + until - timing.now()),
      url,
      status,
      text: text.slice(0, MAX_STORED.text),
    }));
    await memory.settings.set(KEY, long.slice(-MAX_STORED.blocks)).catch(() => undefined);
  }

  const activeBlock = (url: string): { readonly left: number; readonly response: AcmeResponse } | null => {
    const block = blocks.get(url);
    if (block === undefined) return null;
    const left = block.until - timing.now();
    if (left > 0) return { left, response: block.response };
    blocks.delete(url);
    return null;
  };
  return {
    async pass(url, signal) {
      await load();
      for (let blocked = activeBlock(url); blocked !== null; blocked = activeBlock(url)) {
        if (blocked.left > LONGEST_WAIT_MS) throw stillBlocked(blocked);
        await timing.pause(Math.ceil(blocked.left), signal);
      }
    },
    async heed(response, signed) {
      if (response.status < 500 && (response.status !== 429 || signed)) return;
      const ms = parseRetryAfter(response.headers);
      if (ms === null || ms === 0) return;
      for (const url of blocks.keys()) activeBlock(url); // drops the expired ones
      await load();
      blocks.set(response.url, { until: timing.now() + ms, response });
      if (ms > LONGEST_WAIT_MS) await store();
    },
  };
}

function stillBlocked({ left, response }: { readonly left: number; readonly response: AcmeResponse }): Error {
  const seconds = String(Math.ceil(left / 1000));
  return answerError({ ...response, headers: { ...response.headers, 'retry-after': seconds } });
}
