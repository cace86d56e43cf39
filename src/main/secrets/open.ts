// Chooses the secret store of a data folder, once: what was chosen first is used ever after, for the master key is
// in there and nowhere else.
import { CertdeskError } from '../engine/core/errors.ts';
import type { SecretStore } from '../engine/core/ports.ts';
import { createKeychain, type KeychainOptions, keychainProblem } from './keychain.ts';
import { createSealedFile } from './sealed-file.ts';

export type SecretStoreMode = 'auto' | SecretStore['kind'];

export interface OpenSecretStoreOptions {
  /** What the admin asks for. */
  readonly mode: SecretStoreMode;
  /** The data folder. */
  readonly folder: string;
  readonly installationId: string;
  /** The kind that the data folder has used so far; null for a new one. */
  readonly remembered: SecretStore['kind'] | null;
  /** For the keychain, beside the service; for tests. */
  readonly keychain?: Omit<KeychainOptions, 'service'>;
}

export interface OpenedSecretStore {
  readonly store: SecretStore;
  readonly kind: SecretStore['kind'];
  /** One sentence for the start-up log: which one, and why. */
  readonly reason: string;
}

/**
 * A store that cannot be reached is returned all the same: its calls reject with SECRET_STORE_UNAVAILABLE until it
 * is back, and the server runs on for what needs no secret. Only the first choice of `auto` looks whether the
 * keychain works.
 * @throws SECRET_STORE_UNAVAILABLE where another kind is asked for than the data folder uses.
 */
export async function openSecretStore(options: OpenSecretStoreOptions): Promise<OpenedSecretStore> {
  const { mode, remembered, folder } = options;
  const keychainOptions = { ...options.keychain, service: `certdesk:${options.installationId}` };
  const keychain = (reason: string): OpenedSecretStore => ({
    store: createKeychain(keychainOptions),
    kind: 'keychain',
    reason: `Secrets are kept in the OS keychain${reason}.`,
  });
  const sealedFile = (reason: string): OpenedSecretStore => ({
    store: createSealedFile({ folder }),
    kind: 'sealed-file',
    reason: `Secrets are kept in a sealed file in ${folder} (keep its secrets.key private)${reason}`,
  });

  if (remembered !== null && mode !== 'auto' && mode !== remembered)
    throw contradiction(remembered, mode, folder);
  if (remembered === 'keychain') return keychain(', as before');
  if (remembered === 'sealed-file') return sealedFile(', as before.');
  if (mode === 'sealed-file') return sealedFile(', as asked for.');
  const problem = await keychainProblem(keychainOptions);
  if (mode === 'keychain') {
    return keychain(
      problem === null
        ? ', as asked for'
        : `, as asked for, but it cannot be used now: ${firstSentence(problem)}`,
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

/** What is wrong; what to do about it makes no sense once another store is chosen. */
function firstSentence(text: string): string {
  return text.split(/\.(?:\s|$)/, 1)[0] ?? text;
}
