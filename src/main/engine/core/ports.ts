// What the engine asks of the world around it. Implementations: storage/, secrets/, app.ts; tests bring their own.

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
 * Where secrets live: the OS keychain, or a sealed file. Never anywhere in clear, and no silent fall from one to
 * the other. Every method rejects with SECRET_STORE_UNAVAILABLE (the message says what to unlock or install) where
 * the store cannot be reached; `get` resolves to null only where the store was read and holds no such name.
 */
export interface SecretStore {
  readonly kind: 'keychain' | 'sealed-file';
  get(name: string): Promise<string | null>;
  /** Any length: an implementation splits what its platform cannot hold in one piece. Replaces whole, or not at all. */
  set(name: string, value: string): Promise<void>;
  /** Succeeds where there is nothing of that name. */
  delete(name: string): Promise<void>;
  /** The names that are kept. */
  names(): Promise<readonly string[]>;
}

/** Seals private keys for the database with AES-256-GCM under a master key that lives in the SecretStore. */
export interface Vault {
  /** @param context Bound to the sealed bytes: they open under the same context only (`certificate:<id>`). */
  seal(plaintext: string, context: string): Promise<Uint8Array>;
  /** Rejects with SEALED_DATA_UNREADABLE where bytes, context or master key do not fit. */
  open(sealed: Uint8Array, context: string): Promise<string>;
}
