// Walks the runs of deployments without a host: Certdesk itself calls a cloud service or runs a script. The only target of
// such a deployment has the deployment's own id.

import type { CheckResult, HostTest } from '../../../shared/host.ts';
import { toCertdeskError } from '../core/errors.ts';
import type { DeploymentRecord } from '../core/model-deploy.ts';
import { isolated } from './install.ts';
import { type AcmeShHookDeps, findHook, runAcmeShHook } from './kinds/acme-sh-hook.ts';
import { type AwsAcmDeps, runAwsAcm, testAwsAcm } from './kinds/aws-acm.ts';
import { targetName } from './target-name.ts';
import { beginRuns } from './visit-host.ts';
import { load } from './walk.ts';

export type HostlessDeps = AcmeShHookDeps & AwsAcmDeps;

/**
 * Does what is due for a deployment without a host. Rejects like visitHost.
 * @param of.hostId The id of a host or of a deployment without one.
 * @param of.runIds The runs that may begin.
 * @returns false if the id is that of a host
 */
export async function visitHostless(
  deps: HostlessDeps,
  { hostId: id, runIds }: { readonly hostId: string; readonly runIds: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<boolean> {
  const deployment = await deps.stores.deployments.get(id);
  const name = deployment === null ? null : targetName(deployment);
  if (deployment === null || name === null) return false;
  // Previous files of a leaked key exist only on hosts.
  await deps.stores.transaction((tx) => tx.deployments.setForgetAt({ deploymentId: id, hostId: id }, null));
  for (const run of await beginRuns(deps, { hostId: id, runIds }, { name })) {
    await isolated({ signal }, { run }, async () => {
      const loaded = await load(deps, run);
      await run.done('');
      const work = deployment.kind === 'aws-acm' ? runAwsAcm : runAcmeShHook;
      const changed = await work(deps, loaded, signal);
      await run.finish(changed ? 'deployed' : 'unchanged', { message: 'Done' });
    });
  }
  return true;
}

/** Tests what a run needs, and changes nothing. Never rejects for a problem of the service. */
export async function testHostless(
  deps: Pick<HostlessDeps, 'stores' | 'secrets' | 'addressPolicy' | 'acmeShFolder'>,
  { kind, options }: Pick<DeploymentRecord, 'kind' | 'options'>,
  signal: AbortSignal,
): Promise<HostTest> {
  const check: CheckResult['check'] = kind === 'aws-acm' ? 'sign-in' : 'command';
  try {
    const message =
      kind === 'aws-acm'
        ? await testAwsAcm(deps, options, signal)
        : `Certdesk runs ${(await findHook(deps.acmeShFolder, options.script ?? '')).hook}`;
    return { ok: true, checks: [{ check, state: 'ok', message, fix: null }] };
  } catch (error) {
    signal.throwIfAborted();
    const { message } = toCertdeskError(error);
    return { ok: false, checks: [{ check, state: 'failed', message, fix: null }] };
  }
}
