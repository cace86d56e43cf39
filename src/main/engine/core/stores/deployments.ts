// The interfaces of the stores for deployments, the paths that they claim on hosts, and their runs.
import type { DeployedState } from '../../../../shared/deployment.ts';
import type { Waiting } from '../../../../shared/deployment-window.ts';
import type { Timestamp } from '../../../../shared/time.ts';
import type {
  ClaimRecord,
  DeploymentRecord,
  DeploymentRunRecord,
  DeploymentTargetRecord,
} from '../model-deploy.ts';

export interface DeploymentFilter {
  /** Only of these projects; null for all. */
  readonly projectIds: readonly string[] | null;
  readonly projectId?: string | undefined;
  readonly hostId?: string | undefined;
  /** Part of the name, or of the project's name or domain. */
  readonly q?: string | undefined;
}

export interface DeploymentQuery extends DeploymentFilter {
  readonly state?: DeployedState | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface DeploymentStore {
  create(deployment: DeploymentRecord): Promise<void>;
  get(id: string): Promise<DeploymentRecord | null>;
  ofProject(projectId: string): Promise<readonly DeploymentRecord[]>;
  /** The deployments whose hosts are those with one of the tags. */
  ofTags(tags: readonly string[]): Promise<readonly DeploymentRecord[]>;
  /** By name. @throws INVALID_REQUEST (`cursor`) */
  list(
    query: DeploymentQuery,
  ): Promise<{ readonly items: readonly DeploymentRecord[]; readonly nextCursor: string | null }>;
  count(filter: DeploymentFilter): Promise<Readonly<Record<DeployedState, number>>>;
  /** The states of these projects' deployments; null for all projects. */
  states(projectIds: readonly string[] | null): Promise<readonly DeploymentStateRow[]>;
  /** Deployments in these states, the longest in it first. */
  inStates(states: readonly DeployedState[]): Promise<readonly DeploymentRecord[]>;
  /** Deployments whose files or environment use the credential. */
  withSecret(credentialId: string): Promise<readonly DeploymentRecord[]>;
  update(id: string, patch: Partial<Omit<DeploymentRecord, 'id' | 'projectId' | 'createdAt'>>): Promise<void>;
  /** Also deletes its runs, targets and claims. */
  delete(id: string): Promise<void>;
  /** Pauses all that are enabled. @returns how many */
  pauseAll(by: 'restore', at: Timestamp): Promise<number>;

  targets(deploymentIds: readonly string[]): Promise<readonly DeploymentTargetRecord[]>;
  targetsOnHost(hostId: string): Promise<readonly DeploymentTargetRecord[]>;
  /** By host, the number of deployments on it. */
  countByHost(): Promise<ReadonlyMap<string, number>>;
  addTarget(target: DeploymentTargetRecord): Promise<void>;
  setLastRun(target: DeploymentTargetRecord): Promise<void>;
  /** Also deletes its claims there. */
  removeTarget(target: Pick<DeploymentTargetRecord, 'deploymentId' | 'hostId'>): Promise<void>;

  /** Notes that the kept previous files of the deployment are to be deleted on all its hosts, because a key leaked. */
  forgetGenerations(deploymentId: string, at: Timestamp): Promise<void>;
  /** Hosts where previous files are to be deleted, and it is time to try. */
  generationsToForget(now: Timestamp): Promise<readonly Omit<DeploymentTargetRecord, 'runId'>[]>;
  /** @param at When to try again; null once they are deleted. */
  setForgetAt(
    target: Pick<DeploymentTargetRecord, 'deploymentId' | 'hostId'>,
    at: Timestamp | null,
  ): Promise<void>;

  claimsOn(hostId: string): Promise<readonly ClaimRecord[]>;
  /** @returns the deployment that already claims the path, or null if the claim is new or its own */
  claim(claim: ClaimRecord): Promise<string | null>;
  /** Deletes the claims of the deployment on the host. */
  releaseClaims(deploymentId: string, hostId: string): Promise<void>;
}

export interface DeploymentStateRow {
  readonly projectId: string;
  readonly state: DeployedState;
  readonly stateAt: Timestamp;
  readonly waiting: Waiting | null;
}

export interface DeploymentRunStore {
  create(run: DeploymentRunRecord): Promise<void>;
  get(id: string): Promise<DeploymentRunRecord | null>;
  byIds(ids: readonly string[]): Promise<readonly DeploymentRunRecord[]>;
  /** Newest first. */
  list(query: {
    readonly deploymentId: string;
    readonly hostId?: string | undefined;
    readonly limit: number;
  }): Promise<readonly DeploymentRunRecord[]>;
  /** Runs that are pending, running or wait for another attempt. */
  unfinished(of: {
    readonly deploymentId?: string;
    readonly projectId?: string;
    readonly hostId?: string;
  }): Promise<readonly DeploymentRunRecord[]>;
  /** Runs whose attempt is due, in order of creation. */
  due(now: Timestamp, hostId?: string): Promise<readonly DeploymentRunRecord[]>;
  /** When the next run that is not due yet becomes due; null if there is none. */
  nextDue(now: Timestamp): Promise<Timestamp | null>;
  running(): Promise<readonly DeploymentRunRecord[]>;
  /** Runs on the host whose result is unknown, or that owe a reload which no further attempt makes. */
  unsettled(hostId: string): Promise<readonly DeploymentRunRecord[]>;
  /** Hosts with unsettled runs that have no further attempt, of deployments that are not paused. */
  unsettledHosts(): Promise<readonly string[]>;
  update(
    id: string,
    patch: Partial<
      Omit<
        DeploymentRunRecord,
        'id' | 'deploymentId' | 'projectId' | 'hostId' | 'versionId' | 'fingerprint' | 'trigger' | 'createdAt'
      >
    >,
  ): Promise<void>;
  /** Number of finished runs by state, for the metrics. */
  countByState(projectIds: readonly string[] | null): Promise<ReadonlyMap<string, number>>;
  /** Deletes finished runs that changed nothing, except the last one of each host. @returns how many */
  purgeUnchanged(finishedBefore: Timestamp): Promise<number>;
  /** Deletes the outputs of runs that finished before. @returns how many */
  forgetOutputs(finishedBefore: Timestamp): Promise<number>;
}
