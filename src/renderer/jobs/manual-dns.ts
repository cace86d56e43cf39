// TXT records that a person writes and removes (the DNS provider "by hand"), as a job's events tell them.
import type { JobWithSteps } from '../../shared/job.ts';
import { manualRecordOf } from '../../shared/manual-record.ts';

export interface ManualRecord {
  readonly name: string;
  readonly value: string;
}

/** While the CA has not been asked yet. */
const WAITING: ReadonlySet<string | null> = new Set(['challenge', 'dns-propagation']);

/**
 * What a person has to do now: records to write while the job waits for them, records to remove when it has ended.
 * Null where there is nothing to do. A job that goes on after a restart tells each record again: each is there once.
 */
export function manualRecordsOf(
  job: Pick<JobWithSteps, 'state' | 'step' | 'steps'>,
): { readonly action: 'add' | 'remove'; readonly records: readonly ManualRecord[] } | null {
  const ended = job.state === 'succeeded' || job.state === 'failed';
  if (!ended && !WAITING.has(job.step)) return null;
  const action = ended ? 'remove' : 'add';
  const told = job.steps.flatMap(({ data }) => {
    const record = manualRecordOf(data);
    return record?.action === action ? [record] : [];
  });
  const once = new Map(told.map(({ name, value }) => [`${name} ${value}`, { name, value }]));
  return once.size === 0 ? null : { action, records: [...once.values()] };
}
