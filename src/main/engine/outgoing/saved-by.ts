// Who saved an address, which is stored with it: a private address works only where a signed-in person did.
import type { Actor, SavedBy } from '../core/model.ts';
import type { AddressOrigin } from './address-policy.ts';

/** For what was stored before this was recorded: it stays reachable. */
export const EARLIER_VERSION: SavedBy = { kind: 'window', id: null, name: 'an earlier version' };

/** Certdesk itself saves nothing on its own: an address without a person behind it is nobody's. */
export function originOf(savedBy: SavedBy | null): AddressOrigin {
  const isPerson = savedBy !== null && savedBy.kind !== 'token' && savedBy.kind !== 'certdesk';
  return isPerson ? 'named' : 'open';
}

export function toSavedBy({ kind, id, name }: Actor): SavedBy {
  return { kind, id, name };
}
