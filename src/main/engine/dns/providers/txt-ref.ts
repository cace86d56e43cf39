// The reference of a TXT record at providers that find it by zone, name and value. It is known before the call, so it is
// not lost with a response or in a crash.
import { z } from 'zod';
import type { TxtRecord } from './provider.ts';

const TxtRefSchema = z.object({ zoneId: z.string(), name: z.string(), value: z.string() });
export type TxtRef = z.infer<typeof TxtRefSchema>;

/** Creates the reference of a TXT record. */
export function txtRefFor({ zone, name, value }: TxtRecord): TxtRef {
  return { zoneId: zone.id, name, value };
}

/** Reads a stored result of `txtRefFor`. */
export function readTxtRef(ref: unknown): TxtRef {
  return TxtRefSchema.parse(ref);
}

/** The name relative to its zone, as most APIs expect it: `_acme-challenge.www`, or `@` for the zone itself. */
export function relativeName(name: string, zone: string): string {
  return name === zone ? '@' : name.slice(0, -(zone.length + 1));
}
