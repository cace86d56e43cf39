// The TXT record that a step of a job asks a person to add or remove (DNS provider `manual`). Without a schema library:
// the first screen of the GUI reads it.
import type { JobEvent } from './job.ts';

export interface ManualRecord {
  readonly action: 'add' | 'remove';
  readonly name: string;
  readonly value: string;
}

/** @param data Of an event. @returns null where it asks for nothing. */
export function manualRecordOf(data: unknown): ManualRecord | null {
  const { provider, action, name, value } = Object(Object(data).more);
  if (provider !== 'manual' || (action !== 'add' && action !== 'remove')) return null;
  return typeof name === 'string' && typeof value === 'string' ? { action, name, value } : null;
}

/** Whether from this event on a job waits for a TXT record that a person adds. */
export function asksForRecord({ kind, data }: Pick<JobEvent, 'kind' | 'data'>): boolean {
  return kind === 'job.step' && manualRecordOf(data)?.action === 'add';
}
