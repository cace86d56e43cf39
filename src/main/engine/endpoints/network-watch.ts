// Tells a silent server from a machine without network. When several hosts in a row are silent, it asks for a second
// opinion: whether an endpoint that worked before still answers.
import type { CheckResult } from './check.ts';
import type { FailureCode } from './sighting.ts';

export interface NetworkWatch {
  /**
   * @param isConnected Checks an endpoint that worked before. Called only if several hosts were silent.
   * @returns whether this machine has no network
   */
  note(host: string, isSilent: boolean, isConnected: () => Promise<boolean>): Promise<boolean>;
}

/** Fewer silent hosts may all be broken. */
const SUSPICIOUS = 3;

/** It remembers nothing across restarts. */
export function createNetworkWatch(): NetworkWatch {
  const silent = new Set<string>();
  return {
    async note(host, isSilent, isConnected) {
      if (!isSilent) {
        silent.clear();
        return false;
      }
      silent.add(host);
      if (silent.size < SUSPICIOUS) return false;
      if (!(await isConnected())) return true;
      silent.clear();
      return false;
    },
  };
}

const SILENT: readonly FailureCode[] = ['timed-out', 'unreachable', 'no-route'];

/** Nothing on the other side has answered, not even DNS or a refusal. */
export function isSilent({ sightings, findings }: Pick<CheckResult, 'sightings' | 'findings'>): boolean {
  if (findings.some(({ code }) => code === 'unresolved')) return false;
  return sightings.every((sighting) => sighting.state === 'failed' && SILENT.includes(sighting.code));
}
