// The form in which the API returns deployments and their runs.
import type { Deployment, DeploymentTarget } from '../../../shared/deployment.ts';
import type { DeploymentRun } from '../../../shared/deployment-run.ts';
import type { ErrorBody } from '../../../shared/errors.ts';
import type { DeploymentRecord, DeploymentRunRecord, HostRecord } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';
import { readRollout, reasonToWait } from './rollout.ts';
import { hostOfRun, targetName } from './target-name.ts';

/** Presents deployments with a fixed number of queries for the whole page. */
export async function presentDeployments(
  stores: Stores,
  records: readonly DeploymentRecord[],
): Promise<Deployment[]> {
  const targets = await stores.deployments.targets(records.map(({ id }) => id));
  const [runs, hosts, projects] = await Promise.all([
    stores.deploymentRuns.byIds(targets.flatMap(({ runId }) => runId ?? [])),
    namesOf(
      targets.map(({ hostId }) => hostId),
      (id) => stores.hosts.get(id),
    ),
    namesOf(
      records.map(({ projectId }) => projectId),
      (id) => stores.projects.get(id),
    ),
  ]);
  const runOf = new Map(runs.map((run) => [run.id, run]));
  const waits = await readWaits(stores, records, runs);
  const targetsOf = Map.groupBy(targets, ({ deploymentId }) => deploymentId);
  return records.map((record) => {
    const { id, projectId, scriptSealed: _, savedSealed: __, ...rest } = record;
    const project = projects.get(projectId);
    const own = (targetsOf.get(id) ?? []).map(({ hostId, runId }): DeploymentTarget => {
      const run = runOf.get(runId ?? '');
      return {
        host: { id: hostId, name: targetName(record) ?? hosts.get(hostId)?.name ?? hostId },
        runId,
        state: run?.state ?? null,
        at: run?.finishedAt ?? run?.startedAt ?? run?.createdAt ?? null,
        versionId: run?.versionId ?? null,
        nextAttemptAt: run?.nextAttemptAt ?? null,
        waitsFor: waits.get(run?.id ?? '') ?? null,
        error: toJson(run?.error ?? null),
      };
    });
    return {
      ...toPlain(rest),
      id,
      project: { id: projectId, name: project?.name ?? '', domain: project?.domain ?? null },
      targets: own.toSorted((a, b) => a.host.name.localeCompare(b.host.name)),
    };
  });
}

async function namesOf<T>(
  ids: readonly string[],
  get: (id: string) => Promise<T | null>,
): Promise<ReadonlyMap<string, T>> {
  const entries = await Promise.all([...new Set(ids)].map(async (id) => [id, await get(id)] as const));
  return new Map(entries.flatMap(([id, found]) => (found === null ? [] : [[id, found] as const])));
}

/** Copies the readonly parts of a record. */
function toPlain({
  hosts,
  files,
  command,
  steps,
  rollout,
  ...rest
}: Omit<DeploymentRecord, 'id' | 'projectId' | 'scriptSealed' | 'savedSealed'>) {
  return {
    ...rest,
    rollout: { ...rollout, groups: [...rollout.groups] },
    hosts: 'ids' in hosts ? { ids: [...hosts.ids] } : hosts,
    files: files.map((file) => ({ ...file })),
    command:
      command === null ? null : 'argv' in command ? { argv: [...command.argv] } : { script: command.script },
    steps,
  };
}

/** Presents runs, with what those wait for that have not begun. */
export async function presentRuns(
  stores: Stores,
  runs: readonly DeploymentRunRecord[],
): Promise<readonly DeploymentRun[]> {
  const waiting = new Set(runs.filter(isHeld).map(({ deploymentId }) => deploymentId));
  const found = await Promise.all([...waiting].map((id) => stores.deployments.get(id)));
  const waits = await readWaits(
    stores,
    found.filter((deployment) => deployment !== null),
    runs,
  );
  return Promise.all(
    runs.map(async (run) => presentRun(run, await hostOfRun(stores, run), waits.get(run.id) ?? null)),
  );
}

const isHeld = ({ state }: DeploymentRunRecord): boolean => state === 'pending';

/** What runs wait for, by run. */
async function readWaits(
  stores: Stores,
  deployments: readonly DeploymentRecord[],
  runs: readonly DeploymentRunRecord[],
): Promise<ReadonlyMap<string, string>> {
  const held = Map.groupBy(runs.filter(isHeld), ({ deploymentId }) => deploymentId);
  const waits = deployments.map(async (deployment) => {
    const own = held.get(deployment.id) ?? [];
    const rollout = own.length === 0 ? null : await readRollout(stores, deployment);
    if (rollout === null) return [];
    return own.flatMap((run) => {
      const reason = reasonToWait(rollout, run);
      return reason === null ? [] : [[run.id, reason] as const];
    });
  });
  return new Map((await Promise.all(waits)).flat());
}

function presentRun(
  run: DeploymentRunRecord,
  host: Pick<HostRecord, 'id' | 'name'> | null,
  waitsFor: string | null,
): DeploymentRun {
  const {
    hostId,
    unsettled: _,
    seenBefore: __,
    force: ___,
    ignoresWindow: ____,
    error,
    steps,
    ...rest
  } = run;
  return {
    ...rest,
    host: { id: hostId, name: host?.name ?? hostId },
    waitsFor,
    steps: steps.map((step) => ({ ...step })),
    error: toJson(error),
  };
}

/** Details are plain JSON by the rule of core/errors.ts. The compiler cannot see that. */
function toJson(error: ErrorBody | null): DeploymentTarget['error'] {
  return error === null ? null : JSON.parse(JSON.stringify(error));
}
