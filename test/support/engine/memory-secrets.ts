// A secret store in memory.
import type { SecretStore } from '../../../src/main/engine/core/ports.ts';

/** @param kept Its content, which the test may read and change. */
export function memorySecrets(kept = new Map<string, string>()): SecretStore {
  return {
    kind: 'sealed-file',
    get: async (name) => kept.get(name) ?? null,
    set: async (name, value) => void kept.set(name, value),
    delete: async (name) => void kept.delete(name),
    names: async () => [...kept.keys()],
  };
}
