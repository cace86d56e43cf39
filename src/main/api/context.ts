// What every operation knows of its caller. Transports make it; operations read it.
import type { Timestamp } from '../../shared/time.ts';
import type { Scope } from '../../shared/token.ts';
import type { Actor } from '../engine/core/model.ts';
import type { Engine } from '../engine/engine.ts';

export interface Principal {
  /** An API token, a signed-in browser, the desktop's window, or whoever works on the data folder. */
  readonly kind: 'token' | 'session' | 'window' | 'command-line';
  /** The token's or session's id. */
  readonly id: string;
  /** For people: the token's name, or the browser. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The only projects that it may see; null for all. */
  readonly projectIds: readonly string[] | null;
  /** When a person has last shown who they are: by a sign-in link, say. Null: never, or it is a token. */
  readonly proofAt: Timestamp | null;
}

/** Whom the audit trail names; browsers and the desktop's window are both a `window` there. */
export function actorOf({ kind, id, name }: Principal, address: string | null): Actor {
  return { kind: kind === 'session' ? 'window' : kind, id, name, address };
}

export interface Context {
  readonly engine: Engine;
  readonly health: CheckHealth;
  /** Null where the caller has shown nothing: such a caller gets UNAUTHENTICATED. */
  readonly principal: Principal | null;
  /** Where the call comes from, as the network sees it; null where it comes by none. */
  readonly address: string | null;
  /** `Prefer: respond-async`. */
  readonly respondAsync: boolean;
  readonly idempotencyKey: string | null;
}

/** @param fresh False: an answer of the last seconds will do, since anybody may ask. */
export type CheckHealth = (how: { readonly fresh: boolean }) => Promise<Health>;

export interface Health {
  readonly ok: boolean;
  readonly secretStore: 'keychain' | 'sealed-file' | 'unavailable';
}
