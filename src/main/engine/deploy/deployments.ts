// Manages deployments: what goes to which hosts, and when people start it.
import type {
  CreateDeployment,
  Deployment,
  DeploymentPage,
  DeploymentPreview,
  ListDeployments,
  PausedBy,
  UpdateDeployment,
} from '../../../shared/deployment.ts';
import type { DeploymentRun } from '../../../shared/deployment-run.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import { findVersion } from '../certificates/certificates.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { DeploymentRecord } from '../core/model-deploy.ts';
import type { Clock, Vault } from '../core/ports.ts';
import { findProject } from '../core/project-lookup.ts';
import type { Stores } from '../core/stores.ts';
import { chainPermitsClientAuth } from '../pki/inspect/client-usage.ts';
import { assertDeployable } from './assert-deployable.ts';
import { checkDefinition } from './check-definition.ts';
import { changeDeployment, complete, newDeployment } from './definition.ts';
import { findDeployment } from './lookup.ts';
import { describeRun, warnAbout } from './plan.ts';
import { presentDeployments, presentRuns } from './present.ts';
import { checkOrder } from './rollout.ts';
import { cancelRuns, insertRuns } from './schedule.ts';
import { refreshState } from './state.ts';
import { assertUnclaimed, selectedHosts, syncTargets } from './targets.ts';
import { warnAboutWindow } from './window.ts';

export interface Deployments {
  /** @param visible Only of these projects; null for all. */
  list(query: ListDeployments, visible: readonly string[] | null): Promise<DeploymentPage>;
  /** @throws PROJECT_NOT_FOUND */
  ofProject(projectId: string): Promise<readonly Deployment[]>;
  /** @throws DEPLOYMENT_NOT_FOUND */
  get(id: string): Promise<Deployment>;
  /** The project of a deployment, for the access check. @throws DEPLOYMENT_NOT_FOUND */
  projectOf(id: string): Promise<string>;
  /**
   * Deploys the active certificate at once.
   * @param pausedBy Why it is created paused. Default: a person wants it so.
   * @throws PROJECT_NOT_FOUND, INVALID_REQUEST, PATH_CLAIMED
   */
  create(projectId: string, body: CreateDeployment, pausedBy?: PausedBy | null): Promise<Deployment>;
  /**
   * Says what a deployment would do. Stores nothing. A path that another deployment claims is a warning, because the user
   * may be about to change it.
   * @param how.warnsAboutClaims Default: yes.
   * @throws PROJECT_NOT_FOUND, INVALID_REQUEST
   */
  previewNew(
    projectId: string,
    body: CreateDeployment,
    how?: { readonly warnsAboutClaims: boolean },
  ): Promise<DeploymentPreview>;
  /** @throws DEPLOYMENT_NOT_FOUND */
  preview(id: string): Promise<DeploymentPreview>;
  /** Deploys again where something has changed. @throws DEPLOYMENT_NOT_FOUND, INVALID_REQUEST, PATH_CLAIMED */
  update(id: string, body: UpdateDeployment): Promise<Deployment>;
  /** Files on the hosts stay. @throws DEPLOYMENT_NOT_FOUND */
  remove(id: string): Promise<void>;
  /** @throws DEPLOYMENT_NOT_FOUND */
  pause(id: string): Promise<Deployment>;
  /** Deploys the active certificate. @throws DEPLOYMENT_NOT_FOUND */
  resume(id: string): Promise<Deployment>;
  /**
   * Deploys the active certificate now.
   * @throws DEPLOYMENT_NOT_FOUND, DEPLOYMENT_PAUSED, CERTIFICATE_NOT_FOUND, CERTIFICATE_EXPIRED, ALREADY_REVOKED
   */
  run(id: string, how: RunHow): Promise<readonly DeploymentRun[]>;
  /**
   * Deploys the active certificate with all deployments of the project that are not paused.
   * @param how.host The name or id of a host: only there.
   * @throws PROJECT_NOT_FOUND, DEPLOYMENT_NOT_FOUND if there is none, DEPLOYMENT_PAUSED if all are paused, and as `run`
   */
  runAll(
    projectId: string,
    how: Omit<RunHow, 'hosts'> & { readonly host: string | null; readonly deployment: string | null },
  ): Promise<readonly DeploymentRun[]>;
  /** Deploys an earlier version of the certificate. @throws as `run` */
  rollBack(id: string, versionId: string, hosts: readonly string[] | null): Promise<readonly DeploymentRun[]>;
}

export interface RunHow {
  readonly force: boolean;
  /** Only these hosts; null: all. */
  readonly hosts: readonly string[] | null;
  /** Begins although the window is closed. */
  readonly ignoreWindow?: boolean;
}

export interface DeploymentsDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly vault: Vault;
  readonly clock: Clock;
}

export function createDeployments({ stores, journal, vault, clock }: DeploymentsDeps): Deployments {
  const now = (): Timestamp => toTimestamp(clock.now());

  async function present(id: string): Promise<Deployment> {
    const [presented] = await presentDeployments(stores, [await findDeployment(stores, id)]);
    if (presented === undefined) throw new CertdeskError('DEPLOYMENT_NOT_FOUND');
    return presented;
  }

  /** What the warnings need to know. Without a certificate nothing is known, so nothing is warned about. */
  async function factsFor(
    projectId: string,
    { window }: Pick<DeploymentRecord, 'window'>,
  ): Promise<Parameters<typeof warnAbout>[1]> {
    const active = await stores.certificates.active(projectId);
    const [acknowledged] = await stores.clientUses.acknowledged([projectId]);
    return {
      forServersOnly: active !== null && !chainPermitsClientAuth(active.chain),
      acknowledgedUses: acknowledged?.uses ?? [],
      window: warnAboutWindow(window, active, clock.now()),
    };
  }

  /** Deploys what is active, if anything is. */
  async function deployActive(tx: Stores, deployment: DeploymentRecord, trigger: 'changed' | 'resumed') {
    const version = await tx.certificates.active(deployment.projectId);
    if (version !== null && deployment.enabled && version.revokedAt === null && version.expiresAt > now())
      await insertRuns(tx, deployment, { version, trigger, now: now() });
    else await refreshState(tx, deployment.id, now());
  }

  async function start(
    id: string,
    how: RunHow & { readonly versionId?: string; readonly trigger: 'requested' | 'roll-back' },
  ): Promise<readonly DeploymentRun[]> {
    const ids = await journal.write(async (tx, emit) => {
      const deployment = await findDeployment(tx, id);
      const { projectId, name } = deployment;
      if (!deployment.enabled)
        throw new CertdeskError('DEPLOYMENT_PAUSED', `The deployment ${name} is paused. Resume it first`);
      await assertTargets(tx, deployment, how.hosts);
      const version = await findVersion(tx, projectId, how.versionId);
      assertDeployable(version, clock.now());
      const hostIds = how.hosts === null ? {} : { hostIds: how.hosts };
      const { trigger, force, ignoreWindow: ignoresWindow = false } = how;
      const wanted = { version, trigger, force, ignoresWindow, ...hostIds, now: now() };
      const inserted = await insertRuns(tx, deployment, wanted);
      const what =
        trigger === 'roll-back' ? `Rolling back to the certificate of ${version.issuedAt}` : 'Deploying';
      const message = `${what}: ${name}, ${inserted.length} ${inserted.length === 1 ? 'host' : 'hosts'}`;
      await emit({ kind: 'deployment.started', projectId, message, data: { deploymentId: id } });
      return inserted;
    });
    const runs = await stores.deploymentRuns.byIds(ids);
    return presentRuns(stores, runs);
  }

  async function setEnabled(id: string, enabled: boolean): Promise<Deployment> {
    await journal.write(async (tx, emit) => {
      const deployment = await findDeployment(tx, id);
      if (deployment.enabled === enabled) return;
      await tx.deployments.update(id, { enabled, pausedBy: enabled ? null : 'person', updatedAt: now() });
      if (enabled) await deployActive(tx, { ...deployment, enabled }, 'resumed');
      else {
        await cancelRuns(tx, { deploymentId: id }, now());
        await refreshState(tx, id, now());
      }
      const message = `Deployment ${deployment.name} ${enabled ? 'resumed' : 'paused'}`;
      await emit({
        kind: enabled ? 'deployment.resumed' : 'deployment.paused',
        projectId: deployment.projectId,
        message,
        data: { deploymentId: id },
      });
    });
    return present(id);
  }

  return {
    async list({ project, host, ...query }, visible) {
      const filter = { projectIds: visible, projectId: project, hostId: host, q: query.q };
      const { state, limit, cursor } = query;
      const [{ items, nextCursor }, counts] = await Promise.all([
        stores.deployments.list({ ...filter, state, limit, cursor }),
        stores.deployments.count(filter),
      ]);
      const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
      return {
        deployments: await presentDeployments(stores, items),
        nextCursor,
        counts: { total, ...counts },
      };
    },

    async ofProject(projectId) {
      await findProject(stores, projectId);
      return presentDeployments(stores, await stores.deployments.ofProject(projectId));
    },

    get: present,
    projectOf: async (id) => (await findDeployment(stores, id)).projectId,

    async create(projectId, body, pausedBy = body.enabled ? null : 'person') {
      const project = await findProject(stores, projectId);
      const completed = complete(body, project);
      const record = await newDeployment(vault, completed, { projectId, pausedBy, now: now() });
      await journal.write(async (tx, emit) => {
        const { domain } = await findProject(tx, projectId);
        await checkDefinition(tx, record, domain);
        await checkOrder(tx, record);
        await tx.deployments.create(record);
        await syncTargets(tx, record, now());
        await deployActive(tx, record, 'changed');
        const message = `Deployment ${record.name} created`;
        await emit({ kind: 'deployment.created', projectId, message, data: { deploymentId: record.id } });
      });
      return present(record.id);
    },

    async previewNew(projectId, body, { warnsAboutClaims } = { warnsAboutClaims: true }) {
      const project = await findProject(stores, projectId);
      const completed = complete(body, project);
      await checkDefinition(stores, completed, project.domain);
      await checkOrder(stores, { id: null, projectId, after: completed.after });
      const hosts = await selectedHosts(stores, completed);
      const where = { hosts: hosts.map(({ name }) => name), domain: project.domain };
      const preview = toPreview(completed, where, await factsFor(projectId, completed));
      const claimed = warnsAboutClaims ? await warnAboutClaims(stores, completed) : [];
      return { ...preview, warnings: [...claimed, ...preview.warnings] };
    },

    async preview(id) {
      const deployment = await findDeployment(stores, id);
      const { domain } = await findProject(stores, deployment.projectId);
      const hosts = await selectedHosts(stores, deployment);
      const where = { hosts: hosts.map(({ name }) => name), domain };
      return toPreview(deployment, where, await factsFor(deployment.projectId, deployment));
    },

    async update(id, body) {
      const before = await findDeployment(stores, id);
      const sealed = await changeDeployment(vault, before, { body, now: now() });
      await journal.write(async (tx, emit) => {
        const current = await findDeployment(tx, id);
        const { domain } = await findProject(tx, current.projectId);
        const { enabled, pausedBy, state, stateAt } = current;
        const record = { ...sealed, enabled, pausedBy, state, stateAt };
        await checkDefinition(tx, record, domain);
        await checkOrder(tx, record);
        const { id: _, projectId, createdAt: __, ...patch } = record;
        await tx.deployments.update(id, patch);
        await syncTargets(tx, record, now());
        if (hasNewWork(body)) await deployActive(tx, record, 'changed');
        const message = `Deployment ${record.name} changed`;
        await emit({ kind: 'deployment.updated', projectId, message, data: { deploymentId: id } });
      });
      return present(id);
    },

    async remove(id) {
      await journal.write(async (tx, emit) => {
        const { name, projectId, after } = await findDeployment(tx, id);
        for (const other of await tx.deployments.ofProject(projectId))
          if (other.after === id) await tx.deployments.update(other.id, { after });
        await tx.deployments.delete(id);
        const message = `Deployment ${name} removed; files that it installed stay on the hosts`;
        await emit({ kind: 'deployment.removed', projectId, message, data: { deploymentId: id } });
      });
    },

    pause: (id) => setEnabled(id, false),
    resume: (id) => setEnabled(id, true),
    run: (id, how) => start(id, { ...how, trigger: 'requested' }),
    async runAll(projectId, { force, ignoreWindow = false, host, deployment: only }) {
      await findProject(stores, projectId);
      const named = (await stores.deployments.ofProject(projectId)).filter(
        ({ id, name }) => only === null || id === only || name === only,
      );
      const enabled = named.filter((deployment) => deployment.enabled);
      const started: DeploymentRun[] = [];
      for (const deployment of await presentDeployments(stores, enabled)) {
        const hosts = deployment.targets
          .map((target) => target.host)
          .filter(({ id, name }) => host === null || id === host || name === host)
          .map(({ id }) => id);
        if (hosts.length > 0)
          started.push(...(await start(deployment.id, { force, ignoreWindow, hosts, trigger: 'requested' })));
      }
      if (started.length > 0) return started;
      if (named.length > 0 && enabled.length === 0) throw new CertdeskError('DEPLOYMENT_PAUSED');
      const where = host === null ? '' : ` on the host ${host}`;
      throw new CertdeskError(
        'DEPLOYMENT_NOT_FOUND',
        `The project has no deployment${only === null ? '' : ` ${only}`}${where}`,
      );
    },
    rollBack: (id, versionId, hosts) =>
      start(id, { force: false, ignoreWindow: true, hosts, versionId, trigger: 'roll-back' }),
  };
}

/** A new name or order deploys nothing. */
const hasNewWork = ({ name: _, rollout: __, after: ___, ...body }: UpdateDeployment): boolean =>
  Object.values(body).some((value) => value !== undefined);

/** @throws INVALID_REQUEST if a host does not belong to the deployment, or there is none */
async function assertTargets(
  tx: Stores,
  { id, name }: DeploymentRecord,
  hosts: readonly string[] | null,
): Promise<void> {
  const targets = (await tx.deployments.targets([id])).map(({ hostId }) => hostId);
  if (targets.length === 0) throw invalid('hosts', `no host is selected for the deployment ${name}`);
  const foreign = hosts?.find((hostId) => !targets.includes(hostId));
  if (foreign !== undefined) throw invalid('hosts', `host ${foreign} does not belong to the deployment`);
}

async function warnAboutClaims(
  stores: Stores,
  of: Pick<DeploymentRecord, 'hosts' | 'files'>,
): Promise<readonly string[]> {
  try {
    await assertUnclaimed(stores, { ...of, id: null });
    return [];
  } catch (error) {
    if (!(error instanceof CertdeskError) || error.code !== 'PATH_CLAIMED') throw error;
    return [`${error.message}.`];
  }
}

function toPreview(
  described: Parameters<typeof describeRun>[0],
  where: Parameters<typeof describeRun>[1],
  facts: Parameters<typeof warnAbout>[1],
): DeploymentPreview {
  return {
    sentences: [...describeRun(described, where)],
    warnings: [...warnAbout(described, facts)],
    files: described.files.map((file) => ({ ...file })),
    steps: described.steps,
    verify: described.verify,
  };
}
