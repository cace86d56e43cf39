// What every operation knows of its caller. Transports make it; operations read it.
import type { Timestamp } from '../../shared/time.ts';
import type { Scope } from '../../shared/token.ts';
import type { Engine } from '../engine/index.ts';

export interface Principal {
  /** An API token, or a window or browser of the GUI. */
  readonly kind: 'token' | 'window';
  /** The token's or session's id. */
  readonly id: string;
  /** For people: the token's name, or the browser. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The only projects that it may see; null for all. */
  readonly projectIds: readonly string[] | null;
  /** When its token expires; null: never, or it is a window. */
  readonly expiresAt: Timestamp | null;
}

export interface Context {
  readonly engine: Engine;
  readonly health: () => Promise<Health>;
  /** Null where the caller has shown nothing: such a caller gets UNAUTHENTICATED. */
  readonly principal: Principal | null;
  /** Where the call comes from, as the network sees it; null where it comes by none. */
  readonly address: string | null;
  /** `Prefer: respond-async`. */
  readonly respondAsync: boolean;
  readonly idempotencyKey: string | null;
}

export interface Health {
  readonly ok: boolean;
  readonly secretStore: 'keychain' | 'sealed-file' | 'unavailable';
}
