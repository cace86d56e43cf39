// What the parts of a run share while Certdesk is connected to a host.
import type { RunState } from '../../../shared/deployment-run.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import type { CertificateRecord } from '../core/model.ts';
import type { DeploymentRunRecord, HostRecord } from '../core/model-deploy.ts';
import type { Log, SecretStore, Vault } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { readCredential } from '../hosts/credential-values.ts';
import { findHostCredential } from '../hosts/lookup.ts';
import type { ActiveRun } from './active-run.ts';
import { certificateEnvironment, type Environment } from './environment.ts';
import { secretsOf } from './secrets-in-use.ts';
import type { ConnectTransport, Transport } from './transport.ts';
import type { VerifyDeps } from './verify.ts';

export interface WalkDeps extends VerifyDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly vault: Pick<Vault, 'open'>;
  readonly secrets: SecretStore;
  readonly log: Log;
  readonly connect: ConnectTransport;
}

/** A connection to a host, for all runs that are due there. */
export interface Visit {
  readonly host: HostRecord;
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

/** A run with what it installs. */
export interface Loaded {
  readonly run: ActiveRun;
  readonly version: CertificateRecord;
  readonly environment: Environment;
  /** Values of secrets, by credential id. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** @throws CERTIFICATE_NOT_FOUND, HOST_CREDENTIAL_*, SECRET_STORE_UNAVAILABLE */
export async function load({ stores, secrets }: WalkDeps, run: ActiveRun): Promise<Loaded> {
  const { record, deployment } = run;
  const version = await stores.certificates.get(record.versionId);
  if (version === null)
    throw new CertdeskError('CERTIFICATE_NOT_FOUND', 'The certificate version was deleted');
  const values = await Promise.all(
    secretsOf(deployment).map(async (id): Promise<readonly [string, string]> => {
      const read = await readCredential(secrets, await findHostCredential(stores, id));
      return [id, read.kind === 'secret' ? read.value : ''];
    }),
  );
  const previousFingerprint = (await findPrevious(stores, run))?.fingerprint ?? null;
  const plain = deployment.steps.environment.flatMap(({ name, value }) =>
    value === null ? [] : [[name, value] as const],
  );
  return {
    run,
    version,
    secrets: new Map(values),
    environment: {
      ...Object.fromEntries(plain),
      ...certificateEnvironment({ version, trigger: record.trigger, previousFingerprint }),
    },
  };
}

/** More runs than one version needs on a host. */
const MANY_RUNS = 20;
export const INSTALLED: readonly RunState[] = ['deployed', 'verified', 'not-served', 'unchanged'];

/** The last run of the deployment that installed a version on the host. @param except The id of a run that does not count */
export async function findInstalled(
  { deploymentRuns }: Pick<Stores, 'deploymentRuns'>,
  { deploymentId, hostId }: Pick<DeploymentRunRecord, 'deploymentId' | 'hostId'>,
  except: string | null = null,
): Promise<DeploymentRunRecord | null> {
  const runs = await deploymentRuns.list({ deploymentId, hostId, limit: MANY_RUNS });
  return runs.find(({ id, state }) => id !== except && INSTALLED.includes(state)) ?? null;
}

const findPrevious = (stores: Stores, { record }: ActiveRun) => findInstalled(stores, record, record.id);

/** Whether this version is on the host already, by the records, and the deployment has not changed since. */
export async function isInstalled({ deploymentRuns }: Stores, run: ActiveRun): Promise<boolean> {
  const { deployment, record } = run;
  const runs = await deploymentRuns.list({
    deploymentId: deployment.id,
    hostId: record.hostId,
    limit: MANY_RUNS,
  });
  const last = runs.find(({ state }) => INSTALLED.includes(state));
  return (
    last !== undefined &&
    last.versionId === record.versionId &&
    (last.finishedAt ?? '') >= deployment.updatedAt
  );
}
