import { describe, expect, it } from 'vitest';
import { createHabit } from '../../../src/main/engine/acme/habits.ts';
import { isDeadline, poll } from '../../../src/main/engine/acme/poll.ts';
import { CertdeskError } from '../../../src/main/engine/errors.ts';
import { createVirtualPace } from '../../support/virtual-pace.ts';

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
  pace: createVirtualPace(),
  what: 'a test',
});

describe('poll', () => {
  it('honours Retry-After, and looks at 50 ms first', async () => {
    const { ask, asked } = answers(300, 2);
    const driven = polling(5_000);
    await poll(ask, ({ final }) => final, driven);
    expect(asked()).toBe(2);
    expect(driven.pace.now()).toBe(50 + 300);
  });

  it('does not hammer a CA that says Retry-After: 0', async () => {
    const { ask, asked } = answers(0, 1_000);
    await expect(poll(ask, ({ final }) => final, polling(600))).rejects.toThrow();
    expect(asked()).toBe(6); // at 50 ms, and every 100 ms from then on
  });

  it('looks first when the answer before has said, and learns no habit from that', async () => {
    const pauses: number[] = [];
    let now = 0;
    const pace = {
      now: () => now,
      async pause(ms: number) {
        pauses.push(ms);
        now += ms;
      },
    };
    const habit = createHabit();
    const driven = { ...polling(0), deadline: 60_000, pace, habit };
    const isFinal = ({ final }: { readonly final: boolean }) => final;
    await poll(answers(null, 2).ask, isFinal, { ...driven, askedMs: 3_000 });
    expect(pauses).toEqual([3_000, 1_000]); // not by 50 ms, and then at the usual pace
    await poll(answers(null, 1).ask, isFinal, { ...driven, askedMs: 0 });
    expect(pauses.at(-1)).toBe(100);
    expect(habit.firstMs()).toBe(createHabit().firstMs());
    await poll(answers(null, 1).ask, isFinal, { ...driven, askedMs: null });
    expect(pauses.at(-1)).toBe(50);
  });

  it('gives up at once where the next look would come too late, and says that it was the deadline', async () => {
    const { ask, asked } = answers(34 * 3_600_000, 2);
    const error = await poll(ask, ({ final }) => final, polling(2_000)).catch((reason: unknown) => reason);
    expect(asked()).toBe(1);
    expect(error).toMatchObject({ code: 'ACME_TIMEOUT' });
    expect(error instanceof CertdeskError && isDeadline(error)).toBe(true);
  });
});
