// Creates what every group of services uses, and fills in the defaults of the ports.
import { createJournal, type Journal } from '../audit/journal.ts';
import { watchCertificates } from '../certificates/watch.ts';
import { createKeyedMutex, type KeyedMutex } from '../core/keyed-mutex.ts';
import { REAL_TIMING } from '../core/timing.ts';
import { scanHostKeys } from '../deploy/transports/ssh-connection.ts';
import { createDeploymentWatcher } from '../deploy/watcher.ts';
import type { EnginePorts } from '../engine.ts';
import { createJobSecrets, type JobSecrets } from '../jobs/job-secrets.ts';
import { createCrlFetcher } from '../revocation/crl-fetcher.ts';

/** The ports with their defaults, and the services that all groups share. */
export interface Common extends Required<EnginePorts> {
  readonly journal: Journal;
  readonly locks: KeyedMutex;
  readonly jobSecrets: JobSecrets;
  /** Certdesk's version. */
  version(): string;
}

export function createCommon(ports: EnginePorts): Common {
  const { clock, log, secrets, addressPolicy, surroundings } = ports;
  const stores = watchCertificates(ports.stores, createDeploymentWatcher(clock));
  return {
    random: Math.random,
    timing: REAL_TIMING,
    caRequests: () => [],
    scanHost: (target, signal) =>
      scanHostKeys(target, { policy: addressPolicy, host: target.address, signal }),
    ...ports,
    stores,
    crl: ports.crl ?? createCrlFetcher(addressPolicy),
    journal: createJournal(stores, clock, log),
    locks: createKeyedMutex(),
    jobSecrets: createJobSecrets(secrets),
    version: () => surroundings().version,
  };
}
