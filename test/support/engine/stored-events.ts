// Reads all events of a running Certdesk, as a subscriber would.
import { randomUUID } from 'node:crypto';
import type { JobEvent } from '../../../src/shared/job.ts';
import type { TestApp } from '../server/app.ts';

/** Returns all events so far, in order. A marker event marks the end, so that no test has to wait. */
export async function readEvents({ app: { engine } }: TestApp): Promise<readonly JobEvent[]> {
  const marker = randomUUID();
  await engine.journal.emit({ kind: 'test', message: marker });
  const events: JobEvent[] = [];
  for await (const event of engine.events.follow(0, new AbortController().signal)) {
    if (event.message === marker) break;
    events.push(event);
  }
  return events;
}
