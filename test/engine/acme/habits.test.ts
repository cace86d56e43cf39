import { describe, expect, it } from 'vitest';
import { createCaHabits, createHabit, type Habit } from '../../../src/main/engine/acme/habits.ts';
import { poll } from '../../../src/main/engine/acme/poll.ts';

/** A CA that is done after `takesMs`; time passes by the pauses alone. @returns the number of looks and the wait. */
async function ask(habit: Habit, takesMs: number, retryAfterMs: number | null = null) {
  let now = 0;
  let looks = 0;
  const pace = {
    now: () => now,
    pause: async (ms: number) => {
      now += ms;
    },
  };
  const look = async () => {
    looks += 1;
    return { retryAfterMs, done: now >= takesMs };
  };
  const { signal } = new AbortController();
  await poll(look, ({ done }) => done, { signal, deadline: 600_000, what: 'a test', pace, habit });
  return { looks, waited: now };
}

async function settle(habit: Habit, takesMs: number, retryAfterMs: number | null = null, times = 30) {
  let last = { looks: 0, waited: 0 };
  for (let turn = 0; turn < times; turn += 1) last = await ask(habit, takesMs, retryAfterMs);
  return last;
}

describe('the habit of a CA', () => {
  it('is 50 ms where nothing is known', () => expect(createHabit().firstMs()).toBe(50));

  it.each([1, 4, 10, 30])(
    'of being done in %i ms is learned: it is not waited for much longer',
    async (ms) => {
      const { waited } = await settle(createHabit(), ms);
      expect(waited).toBeGreaterThanOrEqual(ms);
      expect(waited).toBeLessThanOrEqual(Math.max(3, 2 * ms));
    },
  );

  it.each([200, 900, 1_900])('of taking %i ms is learned: three looks are enough', async (ms) => {
    const habit = createHabit();
    for (let turn = 0; turn < 30; turn += 1) await ask(habit, ms);
    for (let turn = 0; turn < 30; turn += 1) expect((await ask(habit, ms)).looks).toBeLessThanOrEqual(3);
  });

  it('of saying Retry-After makes early looks rare: they cost what it says', async () => {
    const habit = createHabit();
    await settle(habit, 20, 3_000);
    let looks = 0;
    for (let turn = 0; turn < 40; turn += 1) looks += (await ask(habit, 20, 3_000)).looks;
    expect(looks).toBeLessThanOrEqual(41);
  });

  it('of being slow and saying Retry-After is found out too', async () => {
    expect(await settle(createHabit(), 1_500, 3_000)).toMatchObject({ looks: 1 });
  });

  it('that changes is learned anew', async () => {
    const habit = createHabit();
    await settle(habit, 1_000);
    expect((await settle(habit, 5, null, 100)).waited).toBeLessThanOrEqual(10);
    expect((await settle(habit, 400)).looks).toBeLessThanOrEqual(3);
  });

  it('is each CA’s own, and of each thing asked for', async () => {
    const habits = createCaHabits();
    await settle(habits.of('https://a.example/').of('http-01'), 1);
    expect(habits.of('https://a.example/').of('http-01').firstMs()).toBeLessThan(50);
    expect(habits.of('https://a.example/').of('issuance').firstMs()).toBe(50);
    expect(habits.of('https://b.example/').of('http-01').firstMs()).toBe(50);
  });
});
