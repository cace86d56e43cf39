// What the long forms (npm run soak) have in common: a seed that is printed and can be given, and how much is tried.

/** Of this run: CERTDESK_SOAK_SEED, else 1. Printed, so that a failure can be repeated. */
export function soakSeed(what: string): number {
  const seed = Number(process.env.CERTDESK_SOAK_SEED ?? 1);
  reportSoak(`${what}: seed ${seed}`);
  return seed;
}

/** @param full How often in a whole run; CERTDESK_SOAK_SCALE takes a part of that, once at least. */
export function soakTimes(full: number): number {
  return Math.max(1, Math.round(full * Number(process.env.CERTDESK_SOAK_SCALE ?? 1)));
}

/** A line of the report that docs/reliability.md is made from. */
export function reportSoak(line: string): void {
  process.stdout.write(`[soak] ${line}\n`);
}
