// Defines the request context: the caller and how the call arrived. Transports create it and operations read it.
import type { Timestamp } from '../../shared/time.ts';
import type { Scope } from '../../shared/token.ts';
import type { Actor } from '../engine/core/model.ts';
import type { Engine } from '../engine/engine.ts';

export interface Principal {
  /** An API token, a signed-in browser, the desktop application's window, or the command line on the data folder. */
  readonly kind: 'token' | 'session' | 'window' | 'command-line';
  /** The ID of the token or session. */
  readonly id: string;
  /** A display name: the token's name, or the browser. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The projects that the caller may access; null for all. */
  readonly projectIds: readonly string[] | null;
  /** When the user last proved their identity, for example by a sign-in link. Null if never, and for tokens. */
  readonly proofAt: Timestamp | null;
}

/** The actor for the audit trail, which calls both browsers and the desktop application's window `window`. */
export function actorOf({ kind, id, name }: Principal, address: string | null): Actor {
  if (kind === 'command-line') return { kind, id: null, name, address };
  return { kind: kind === 'session' ? 'window' : kind, id, name, address };
}

export interface Context {
  readonly engine: Engine;
  readonly health: CheckHealth;
  /** Null if the call carried no credentials; most operations then fail with UNAUTHENTICATED. */
  readonly principal: Principal | null;
  /** The network address of the caller; null if the call did not come over a network. */
  readonly address: string | null;
  /** Whether the request had `Prefer: respond-async`. */
  readonly respondAsync: boolean;
  readonly idempotencyKey: string | null;
}

/** @param fresh False allows a result that is a few seconds old, because the check needs no authentication. */
export type CheckHealth = (how: { readonly fresh: boolean }) => Promise<Health>;

export interface Health {
  readonly ok: boolean;
  readonly secretStore: 'keychain' | 'sealed-file' | 'unavailable';
}
