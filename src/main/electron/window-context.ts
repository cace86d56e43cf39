// Who the window is, to the operations: whoever sits before it has started Certdesk, and may do everything. What reaches
// beyond Certdesk's own data takes a confirmation as well (window-proof.ts).
import type { Context, Principal } from '../api/context.ts';
import type { App } from '../app.ts';
import type { WindowProof } from './window-proof.ts';

export const WINDOW: Principal = {
  kind: 'window',
  id: 'desktop',
  name: 'Desktop window',
  scopes: [],
  projectIds: null,
  proofAt: null,
};

/** Never throws; nothing of it comes from the page. */
export function windowContext(
  { engine, health }: Pick<App, 'engine' | 'health'>,
  proof: Pick<WindowProof, 'at'>,
): Context {
  return {
    engine,
    health,
    principal: { ...WINDOW, proofAt: proof.at() },
    address: null,
    // A page does not wait for long work: it gets the job, and hears of its steps as events.
    respondAsync: true,
    idempotencyKey: null,
  };
}
