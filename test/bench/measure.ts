// How times are measured: in turn (A B A B …), so that other load of the machine affects all alike.

export interface Times {
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly runs: number;
}

/** @param samples At least one, ms. */
export function timesOf(samples: readonly number[]): Times {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { medianMs: at(0.5), minMs: at(0), maxMs: at(1), runs: sorted.length };
}

export interface Subject {
  readonly name: string;
  /** The measured work, once. @param turn Counts from 0; each turn of a subject has its own name. */
  run(turn: number): Promise<void>;
  /** Before the clock starts. */
  prepare?(turn: number): Promise<void>;
}

/**
 * Runs each subject once per turn, in the same order; the first turn warms up and is not counted.
 * @param turns How many are counted.
 */
export async function inTurn(
  subjects: readonly Subject[],
  turns: number,
): Promise<ReadonlyMap<string, Times>> {
  const samples = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  for (let turn = 0; turn <= turns; turn += 1) {
    for (const subject of subjects) {
      await subject.prepare?.(turn);
      const began = performance.now();
      await subject.run(turn);
      if (turn > 0) samples.get(subject.name)?.push(performance.now() - began);
    }
  }
  return new Map([...samples].map(([name, times]) => [name, timesOf(times)]));
}
