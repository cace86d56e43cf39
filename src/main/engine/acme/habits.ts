// How soon each CA is usually done with what it is asked for, learned from what it did before: a CA that validates in
// 3 ms is not waited for 50, one that takes 2 s is not asked five times meanwhile. In memory; a start begins anew.

export interface Habit {
  /** When to look for the first time, ms after asking. */
  firstMs(): number;
  /** It was not done at this look. @param asked Whether the CA has said when to look again (Retry-After). */
  notYet(look: Look & { readonly asked: boolean }): void;
  /** It was done at this look. */
  done(look: Look): void;
}

export interface Look {
  /** 1: the first. */
  readonly looks: number;
  /** Milliseconds since it was asked for. */
  readonly waitedMs: number;
}

export interface HabitsOfCa {
  /** @param what What the CA is asked for: a type of challenge, `issuance`. */
  of(what: string): Habit;
}

export interface CaHabits {
  of(directoryUrl: string): HabitsOfCa;
}

const UNKNOWN_MS = 50;
const SHORTEST_MS = 3;
const LONGEST_MS = 2_000;
/** After a look that came too early, so many issuances keep a distance from it. */
const WARY_FOR = 50;

/** Where nothing is learned. */
export const UNKNOWN_HABIT: Habit = { firstMs: () => UNKNOWN_MS, notYet: () => {}, done: () => {} };

export function createCaHabits(): CaHabits {
  const habits = new Map<string, Habit>();
  return {
    of: (directoryUrl) => ({
      of(what) {
        const key = `${what} ${directoryUrl}`;
        const habit = habits.get(key) ?? createHabit();
        habits.set(key, habit);
        return habit;
      },
    }),
  };
}

/**
 * A first look that finds it done comes a third sooner the next time. One that comes too early costs a further request,
 * and where the CA says Retry-After, that wait: then the first looks to come keep clear of it.
 */
export function createHabit(): Habit {
  let first = UNKNOWN_MS;
  let tooEarly = 0;
  let wary = 0;
  let told = false;
  const within = (ms: number): number => Math.min(Math.max(ms, SHORTEST_MS), LONGEST_MS);
  return {
    firstMs: () => first,
    notYet({ looks, waitedMs, asked }) {
      told = asked;
      if (looks > 1) return;
      tooEarly = Math.max(wary > 0 ? tooEarly : 0, waitedMs);
      wary = WARY_FOR;
      // How much later it would have been done is not known where the CA is to be left alone for seconds.
      if (asked) first = within(Math.max(2 * waitedMs, UNKNOWN_MS));
    },
    done({ looks, waitedMs }) {
      if (looks > 1) {
        // Half of it: what varies is not waited for longer than it takes.
        if (!told || waitedMs <= LONGEST_MS) first = Math.max(first, within(waitedMs / 2));
        return;
      }
      wary = Math.max(0, wary - 1);
      first = within(Math.max((waitedMs * 2) / 3, wary > 0 ? 1.5 * tooEarly : 0));
    },
  };
}
