// Reads the TXT record that a job step asks the user to add or remove (DNS provider `manual`). It uses no schema
// library, because the GUI's first screen loads it.
import type { JobEvent } from './job.ts';

export interface ManualRecord {
  readonly action: 'add' | 'remove';
  readonly name: string;
  readonly value: string;
}

/** @param data The data of an event. @returns null if it does not ask for a record */
export function manualRecordOf(data: unknown): ManualRecord | null {
  const { provider, action, name, value } = Object(Object(data).more);
  if (provider !== 'manual' || (action !== 'add' && action !== 'remove')) return null;
  return typeof name === 'string' && typeof value === 'string' ? { action, name, value } : null;
}

/** Whether the job waits, from this event on, for a TXT record that the user adds. */
export function asksForRecord({ kind, data }: Pick<JobEvent, 'kind' | 'data'>): boolean {
  return kind === 'job.step' && manualRecordOf(data)?.action === 'add';
}
