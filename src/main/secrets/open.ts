// Chooses the secret store of a data folder at the first start. Later starts use the same store, because only that
// store has the master key.
import { CertdeskError } from '../engine/core/errors.ts';
import type { SecretStore } from '../engine/core/ports.ts';
import { createKeychain, type KeychainOptions, keychainProblem } from './keychain.ts';
import { createSealedFile } from './sealed-file.ts';

export type SecretStoreMode = 'auto' | SecretStore['kind'];

export interface OpenSecretStoreOptions {
  /** The value of --secret-store. */
  readonly mode: SecretStoreMode;
  /** The data folder. */
  readonly folder: string;
  readonly installationId: string;
  /** The kind of store that the data folder already uses; null for a new folder. */
  readonly remembered: SecretStore['kind'] | null;
  /** Further options of the keychain, for tests. */
  readonly keychain?: Omit<KeychainOptions, 'service'>;
}

export interface OpenedSecretStore {
  readonly store: SecretStore;
  readonly kind: SecretStore['kind'];
  /** One sentence for the startup log: which store, and why. */
  readonly reason: string;
}

/**
 * Opens the secret store. It also returns a store that is unavailable: its calls reject with SECRET_STORE_UNAVAILABLE
 * until it is available again, and the server continues with everything that needs no secret. Only the first choice of
 * `auto` tests the keychain.
 * @throws SECRET_STORE_UNAVAILABLE if --secret-store contradicts the store that the data folder uses
 */
export async function openSecretStore(options: OpenSecretStoreOptions): Promise<OpenedSecretStore> {
  const { mode, remembered, folder } = options;
  const keychainOptions = { ...options.keychain, service: `certdesk:${options.installationId}` };
  const keychain = (reason: string): OpenedSecretStore => ({
    store: createKeychain(keychainOptions),
    kind: 'keychain',
    reason: `Secrets are stored in the OS keychain${reason}.`,
  });
  const sealedFile = (reason: string): OpenedSecretStore => ({
    store: createSealedFile({ folder }),
    kind: 'sealed-file',
    reason: `Secrets are stored in an encrypted file in ${folder} (keep its secrets.key private)${reason}`,
  });

  if (remembered !== null && mode !== 'auto' && mode !== remembered)
    throw contradiction(remembered, mode, folder);
  if (remembered === 'keychain') return keychain(', as before');
  if (remembered === 'sealed-file') return sealedFile(', as before.');
  if (mode === 'sealed-file') return sealedFile(', as configured.');
  const problem = await keychainProblem(keychainOptions);
  if (mode === 'keychain') {
    return keychain(
      problem === null
        ? ', as configured'
        : `, as configured, but it cannot be used now: ${firstSentence(problem)}`,
    );
  }
  return problem === null
    ? keychain('')
    : sealedFile(`, for the OS keychain cannot be used: ${firstSentence(problem)}.`);
}

function contradiction(remembered: SecretStore['kind'], mode: SecretStore['kind'], folder: string): Error {
  const names = { keychain: 'the OS keychain', 'sealed-file': 'a sealed file' };
  return new CertdeskError(
    'SECRET_STORE_UNAVAILABLE',
    `The data folder ${folder} has its secrets in ${names[remembered]}. With --secret-store ${mode} it would lose ` +
      'every private key, ACME account key and saved DNS credential: their master key is not there. ' +
      `Omit --secret-store, or use another data folder.`,
  );
}

/** Drops the advice of an error message, which does not apply once another store is chosen. */
function firstSentence(text: string): string {
  return text.split(/\.(?:\s|$)/, 1)[0] ?? text;
}
