import { describe, expect, it } from 'vitest';
import { isDeadline, poll } from '../../../src/main/engine/acme/poll.ts';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import { createVirtualTiming } from '../../support/engine/virtual-time.ts';

const answers = (retryAfterMs: number | null, finalAfter: number) => {
  let asked = 0;
  return {
    asked: () => asked,
    ask: async () => ({ retryAfterMs, final: ++asked >= finalAfter }),
  };
};
const polling = (deadline: number) => ({
  signal: new AbortController().signal,
  deadline,
  timing: createVirtualTiming(),
  what: 'a test',
});

/** Time passes only in waits. */
function recordPauses() {
  const pauses: number[] = [];
  let now = 0;
  const timing = {
    now: () => now,
    async pause(ms: number) {
      pauses.push(ms);
      now += ms;
    },
  };
  return { pauses, timing };
}

describe('poll', () => {
  it('polls after 2, 4, 8 ms and so on, and every 2 s in the end', async () => {
    const { pauses, timing } = recordPauses();
    await poll(answers(null, 13).ask, ({ final }) => final, { ...polling(60_000), timing });
    expect(pauses).toEqual([2, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_000, 2_000]);
  });

  it('honours Retry-After', async () => {
    const { ask, asked } = answers(300, 2);
    const driven = polling(5_000);
    await poll(ask, ({ final }) => final, driven);
    expect(asked()).toBe(2);
    expect(driven.timing.now()).toBe(2 + 300);
  });

  it('does not hammer a CA that says Retry-After: 0', async () => {
    const { ask, asked } = answers(0, 1_000);
    await expect(poll(ask, ({ final }) => final, polling(560))).rejects.toThrow();
    expect(asked()).toBe(6); // at 4 ms, and every 100 ms from then on
  });

  it('honours the Retry-After of the answer before its first poll', async () => {
    const { pauses, timing } = recordPauses();
    const driven = { ...polling(60_000), timing };
    const isFinal = ({ final }: { readonly final: boolean }) => final;
    await poll(answers(null, 2).ask, isFinal, { ...driven, askedMs: 3_000 });
    expect(pauses).toEqual([3_000, 2_000]); // without Retry-After, the interval after that much waiting
    await poll(answers(null, 1).ask, isFinal, { ...driven, askedMs: 0 });
    expect(pauses.at(-1)).toBe(100);
  });

  it('gives up at once if the next poll would come after the deadline, and says so', async () => {
    const { ask, asked } = answers(34 * 3_600_000, 2);
    const error = await poll(ask, ({ final }) => final, polling(2_000)).catch((reason: unknown) => reason);
    expect(asked()).toBe(1);
    expect(error).toMatchObject({ code: 'ACME_TIMEOUT' });
    expect(error instanceof CertdeskError && isDeadline(error)).toBe(true);
  });
});
