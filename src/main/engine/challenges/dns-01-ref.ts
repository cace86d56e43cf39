// What dns-01 stores with the order: the record that is meant to be written, and what the provider said of it.
import { z } from 'zod';
import { CertdeskError } from '../core/errors.ts';
import type { TxtRecord } from '../dns/providers/provider.ts';
import type { ChallengeTask } from './solver.ts';

const Dns01RefSchema = z.object({
  /** The provider's id. */
  provider: z.string(),
  /** The name that the CA asks for: `_acme-challenge.www.example.com`. */
  challenge: z.string(),
  /** The name that holds the record: the same, or where its CNAMEs end. */
  name: z.string(),
  value: z.string(),
  /** The provider's zone. */
  zone: z.object({ id: z.string(), name: z.string() }),
  /** The zone in DNS; null where DNS does not say. */
  delegatedZone: z.string().nullable(),
  /** False while it is an intent: whether the provider has the record is not known then. */
  written: z.boolean(),
  /** The provider's RecordRef; null while it is an intent. */
  record: z.json(),
});
export type Dns01Ref = z.infer<typeof Dns01RefSchema>;

/**
 * What is stored for this challenge; null where nothing is.
 * @throws INTERNAL where it is not what dns-01 stores.
 */
export function readRef(task: ChallengeTask): Dns01Ref | null {
  if (task.ref === null) return null;
  const parsed = Dns01RefSchema.safeParse(task.ref);
  if (parsed.success) return parsed.data;
  throw new CertdeskError(
    'INTERNAL',
    `What is stored for the challenge of ${task.identifier} cannot be read.`,
  );
}

export function toTxtRecord({ zone, name, value }: Dns01Ref): TxtRecord {
  return { zone, name, value };
}

/** For events and log lines. */
export function describeRef(ref: Dns01Ref) {
  const { provider, challenge, name, value } = ref;
  return { provider, challenge, name, type: 'TXT', value, zone: ref.zone.name };
}
