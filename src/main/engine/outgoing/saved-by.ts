// Derives the origin of a stored address from who saved it: a private address works only if a signed-in user saved it.
import type { Actor, SavedBy } from '../core/model.ts';
import type { AddressOrigin } from './address-policy.ts';

/** For addresses stored by versions that did not record who saved them: they remain reachable. */
export const EARLIER_VERSION: SavedBy = { kind: 'window', id: null, name: 'an earlier version' };

/** Only a user makes an address `named`: tokens and Certdesk's own tasks may act on data from remote parties. */
export function originOf(savedBy: SavedBy | null): AddressOrigin {
  const isUser = savedBy !== null && savedBy.kind !== 'token' && savedBy.kind !== 'certdesk';
  return isUser ? 'named' : 'open';
}

/** An actor without its network address, which is not stored. */
export function toSavedBy({ kind, id, name }: Actor): SavedBy {
  return { kind, id, name };
}
