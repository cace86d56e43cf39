// Who the window is, to the operations: whoever sits before it has started Certdesk, and may do everything.
import { toTimestamp } from '../../shared/time.ts';
import type { Context } from '../api/context.ts';
import type { App } from '../app.ts';

/** Never throws, and is the same for every call: nothing of it comes from the page. */
export function windowContext({ engine, health }: App): Context {
  return {
    engine,
    health,
    principal: {
      kind: 'window',
      id: 'desktop',
      name: 'Desktop window',
      scopes: [],
      projectIds: null,
      expiresAt: null,
      proofAt: toTimestamp(engine.clock.now()),
    },
    address: null,
    // A page does not wait for long work: it gets the job, and hears of its steps as events.
    respondAsync: true,
    idempotencyKey: null,
  };
}
