// The reference of a TXT record at providers that find it again by zone, name and value: known before the call, and
// so not lost with a lost answer or a killed process.
import { z } from 'zod';
import type { TxtRecord } from './provider.ts';

const TxtRefSchema = z.object({ zoneId: z.string(), name: z.string(), value: z.string() });
export type TxtRef = z.infer<typeof TxtRefSchema>;

export function txtRefFor({ zone, name, value }: TxtRecord): TxtRef {
  return { zoneId: zone.id, name, value };
}

/** What `txtRefFor` made, back from the database. */
export function readTxtRef(ref: unknown): TxtRef {
  return TxtRefSchema.parse(ref);
}

/** The name below its zone as most APIs want it: `_acme-challenge.www`, and `@` for the zone itself. */
export function relativeName(name: string, zone: string): string {
  return name === zone ? '@' : name.slice(0, -(zone.length + 1));
}
