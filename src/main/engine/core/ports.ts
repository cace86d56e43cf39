// The interfaces of the services that the engine needs: clock, log, secret store, vault. storage/, secrets/ and app.ts
// implement them; tests have their own implementations.

export interface Clock {
  now(): Date;
}

export interface Log {
  debug(data: object, message: string): void;
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}

/**
 * Stores secrets in the OS keychain or in a sealed file, never in plain text, and never switches silently from one to the
 * other. Every method rejects with SECRET_STORE_UNAVAILABLE if the store is unavailable; the message says what to unlock
 * or install. `get` resolves to null only if the store could be read and has no secret of that name.
 */
export interface SecretStore {
  readonly kind: 'keychain' | 'sealed-file';
  get(name: string): Promise<string | null>;
  /** Accepts any length: an implementation splits values that its platform cannot hold in one piece. Atomic. */
  set(name: string, value: string): Promise<void>;
  /** Also succeeds if there is no secret of that name. */
  delete(name: string): Promise<void>;
  names(): Promise<readonly string[]>;
}

/** Seals private keys for the database: AES-256-GCM with a master key from the SecretStore. */
export interface Vault {
  /** @param context Authenticated with the data, which opens only with the same context (`certificate:<id>`). */
  seal(plaintext: string, context: string): Promise<Uint8Array>;
  /** Rejects with SEALED_DATA_UNREADABLE if the bytes, the context and the master key do not match. */
  open(sealed: Uint8Array, context: string): Promise<string>;
}
