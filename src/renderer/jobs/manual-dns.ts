// The TXT records that the user creates and deletes for the manual DNS provider, collected from a job's events.
import type { JobWithSteps } from '../../shared/job.ts';
import { manualRecordOf } from '../../shared/manual-record.ts';

export interface ManualRecord {
  readonly name: string;
  readonly value: string;
}

/** The steps before the CA is asked to validate. */
const WAITING: ReadonlySet<string | null> = new Set(['challenge', 'dns-propagation']);

/**
 * Returns the records to create while the job waits for them, or to delete after it has ended; null if there is nothing
 * to do. A resumed job reports each record again, so duplicates are dropped.
 */
export function manualRecordsOf(
  job: Pick<JobWithSteps, 'state' | 'step' | 'steps'>,
): { readonly action: 'add' | 'remove'; readonly records: readonly ManualRecord[] } | null {
  const ended = job.state === 'succeeded' || job.state === 'failed';
  if (!ended && !WAITING.has(job.step)) return null;
  const action = ended ? 'remove' : 'add';
  const matching = job.steps.flatMap(({ data }) => {
    const record = manualRecordOf(data);
    return record?.action === action ? [record] : [];
  });
  const once = new Map(matching.map(({ name, value }) => [`${name} ${value}`, { name, value }]));
  return once.size === 0 ? null : { action, records: [...once.values()] };
}
