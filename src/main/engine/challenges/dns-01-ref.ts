// Defines what dns-01 stores with the order: the intended TXT record and the provider's reference to it.
import { z } from 'zod';
import { CertdeskError } from '../core/errors.ts';
import type { TxtRecord } from '../dns/providers/provider.ts';
import type { ChallengeTask } from './solver.ts';

const Dns01RefSchema = z.object({
  /** The provider's id. */
  provider: z.string(),
  /** The name that the CA queries: `_acme-challenge.www.example.com`. */
  challenge: z.string(),
  /** The name of the record: the same name, or the target of its CNAMEs. */
  name: z.string(),
  value: z.string(),
  /** The provider's zone. */
  zone: z.object({ id: z.string(), name: z.string() }),
  /** The zone in DNS; null if it could not be determined. */
  delegatedZone: z.string().nullable(),
  /** False for an intent: it is unknown whether the provider has created the record. */
  written: z.boolean(),
  /** The provider's RecordRef; null for an intent. */
  record: z.json(),
});
export type Dns01Ref = z.infer<typeof Dns01RefSchema>;

/**
 * Reads the stored reference of the challenge; null if there is none.
 * @throws INTERNAL if it was not stored by dns-01
 */
export function readRef(task: ChallengeTask): Dns01Ref | null {
  if (task.ref === null) return null;
  const parsed = Dns01RefSchema.safeParse(task.ref);
  if (parsed.success) return parsed.data;
  throw new CertdeskError(
    'INTERNAL',
    `The stored record of the challenge for ${task.identifier} cannot be read.`,
  );
}

/** Returns the TXT record that the DNS provider creates or removes. */
export function toTxtRecord({ zone, name, value }: Dns01Ref): TxtRecord {
  return { zone, name, value };
}

/** Describes the record for events and log lines. */
export function describeRef(ref: Dns01Ref) {
  const { provider, challenge, name, value } = ref;
  return { provider, challenge, name, type: 'TXT', value, zone: ref.zone.name };
}
