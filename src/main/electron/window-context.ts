// Creates the request context for calls of the window. Its user started Certdesk and has all permissions; operations of
// larger reach also need a confirmation (window-proof.ts).
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

/** Never throws. No part of the context comes from the page. */
export function windowContext(
  { engine, health }: Pick<App, 'engine' | 'health'>,
  proof: Pick<WindowProof, 'at'>,
): Context {
  return {
    engine,
    health,
    principal: { ...WINDOW, proofAt: proof.at() },
    address: null,
    // Pages do not wait for jobs: they get the job at once, and its steps as events.
    respondAsync: true,
    idempotencyKey: null,
  };
}
