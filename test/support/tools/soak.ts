// Shared by the long forms (npm run soak): a seed that is printed and can be set, and the number of repetitions.

/** The seed of this run: CERTDESK_SOAK_SEED, default 1. Printed, so that a failure can be repeated. */
export function soakSeed(what: string): number {
  const seed = Number(process.env.CERTDESK_SOAK_SEED ?? 1);
  reportSoak(`${what}: seed ${seed}`);
  return seed;
}

/** @param full The repetitions of a full run; CERTDESK_SOAK_SCALE scales them, to at least one. */
export function soakTimes(full: number): number {
  return Math.max(1, Math.round(full * Number(process.env.CERTDESK_SOAK_SCALE ?? 1)));
}

/** Prints a line of the report on which docs/reliability.md is based. */
export function reportSoak(line: string): void {
  process.stdout.write(`[soak] ${line}\n`);
}
