// Tests hosts and deployments, saved or not, and reads host keys for the first contact. Nothing is changed on a host.
import { type CreateDeployment, hasKey, type UpdateDeployment } from '../../../shared/deployment.ts';
import type { CheckResult, HostTest, ScanKeys, ScannedKeys } from '../../../shared/host.ts';
import { toCertdeskError } from '../core/errors.ts';
import type { SavedBy } from '../core/model.ts';
import type { DeploymentRecord, HostRecord } from '../core/model-deploy.ts';
import { findProject } from '../core/project-lookup.ts';
import { findHost } from '../hosts/lookup.ts';
import { originOf } from '../outgoing/saved-by.ts';
import { assertDeployable } from './assert-deployable.ts';
import { checkDefinition, type Definition } from './check-definition.ts';
import { toConnectable } from './connectable.ts';
import { complete } from './definition.ts';
import { checkOptions } from './kinds/options.ts';
import { findDeployment } from './lookup.ts';
import { keyReader } from './recipes/index.ts';
import { checkOrder } from './rollout.ts';
import { targetName } from './target-name.ts';
import { assertUnclaimed, selectedHosts } from './targets.ts';
import { type TestDeps, testHost } from './test-host.ts';
import type { HostKeyPin, SshTarget, Target } from './transport.ts';
import { type Checked, look, type VerifyDeps } from './verify.ts';

export interface DeploymentTest {
  readonly hosts: readonly { readonly id: string; readonly name: string; readonly test: HostTest }[];
  /** The number of further hosts, which one request does not test. */
  readonly untested: number;
}

export interface HostTests {
  /** @throws HOST_NOT_FOUND */
  testHost(hostId: string, signal: AbortSignal): Promise<HostTest>;
  /**
   * Tests the hosts of the deployment, the first 20 by name, with its files, commands and check.
   * @param changes Tests it as it would be with these changes, which are not saved.
   * @throws DEPLOYMENT_NOT_FOUND, INVALID_REQUEST, PATH_CLAIMED
   */
  testDeployment(id: string, changes: UpdateDeployment, signal: AbortSignal): Promise<DeploymentTest>;
  /** Tests a deployment that is not saved, and does not save it. @throws PROJECT_NOT_FOUND, INVALID_REQUEST, PATH_CLAIMED */
  testNew(projectId: string, body: CreateDeployment, signal: AbortSignal): Promise<DeploymentTest>;
  /** Reads the keys of a host, for a person to compare. Signs in to nothing. @throws HOST_UNREACHABLE, ADDRESS_NOT_ALLOWED */
  scanKeys(body: ScanKeys, signal: AbortSignal): Promise<ScannedKeys>;
}

export interface HostTestsDeps extends TestDeps, VerifyDeps {
  readonly stores: TestDeps['stores'];
  /** Tests what a deployment without a host needs. */
  testHostless(
    deployment: Pick<DeploymentRecord, 'kind' | 'options'>,
    signal: AbortSignal,
  ): Promise<HostTest>;
  /** Who makes the request: a private address needs a signed-in person. */
  savedBy(): SavedBy;
  scan(target: SshTarget, signal: AbortSignal): Promise<readonly HostKeyPin[]>;
}

type Tested = Pick<
  DeploymentRecord,
  'projectId' | 'kind' | 'recipe' | 'hosts' | 'options' | 'files' | 'steps' | 'verify'
> &
  Pick<Definition, 'command'>;

/** Hosts that are tested in one request. */
const MANY_HOSTS = 20;

export function createHostTests(deps: HostTestsDeps): HostTests {
  const { stores } = deps;

  async function testAll(deployment: Tested, signal: AbortSignal, id = 'new'): Promise<DeploymentTest> {
    const name = targetName(deployment);
    if (name !== null) {
      const test = await deps.testHostless(deployment, signal);
      return { hosts: [{ id, name, test }], untested: 0 };
    }
    const selected = await selectedHosts(stores, deployment);
    const hosts = selected.slice(0, MANY_HOSTS);
    const { validateCommand, reloadCommand } = deployment.steps;
    const commands = [validateCommand, reloadCommand].filter((argv) => argv !== null);
    const tested = hosts.map(async (host) => {
      const test = await testHost(deps, host, {
        targets: deployment.files.map((file) => toTarget(file, keyReader(deployment.recipe))),
        commands,
        signal,
        more: async (transport) => [
          ...(await checkPrograms(transport, host, { ...deployment, signal })),
          ...(await checkServed(deps, { host, tunnel: transport.tunnel }, deployment, signal)),
        ],
      });
      return { id: host.id, name: host.name, test };
    });
    return { hosts: await Promise.all(tested), untested: selected.length - hosts.length };
  }

  return {
    async testHost(hostId, signal) {
      const host = await findHost(stores, hostId);
      const sameKey = await namesWithSameKey(stores, host);
      return testHost(deps, host, { targets: [], commands: [], sameKey, signal });
    },

    async testDeployment(id, changes, signal) {
      const saved = await findDeployment(stores, id);
      if (Object.keys(changes).length === 0) return testAll(saved, signal, id);
      const { domain } = await findProject(stores, saved.projectId);
      const options = checkOptions(saved.kind, changes.options ?? {}, saved.options);
      const deployment = { ...saved, ...changes, options };
      await checkDefinition(stores, deployment, domain);
      await checkOrder(stores, deployment);
      await assertUnclaimed(stores, deployment);
      return testAll(deployment, signal, id);
    },

    async testNew(projectId, body, signal) {
      const project = await findProject(stores, projectId);
      const deployment = { ...complete(body, project), projectId };
      await checkDefinition(stores, deployment, project.domain);
      await checkOrder(stores, { ...deployment, id: null });
      await assertUnclaimed(stores, { ...deployment, id: null });
      return testAll(deployment, signal);
    },

    async scanKeys({ address, port, jumpHostId }, signal) {
      const jump = jumpHostId === null ? null : await toConnectable(deps, await findHost(stores, jumpHostId));
      const target: SshTarget = {
        address,
        port,
        user: '',
        credential: { kind: 'password', password: '' },
        hostKeys: [],
        origin: originOf(deps.savedBy()),
        jump: jump?.ssh ?? null,
      };
      const keys = await deps.scan(target, signal);
      return { keys: keys.map(({ type, sha256 }) => ({ type, sha256 })) as ScannedKeys['keys'] };
    },
  };
}

/** Only for the test of a host: who may test one deployment may not know of other hosts. */
async function namesWithSameKey(
  { hosts }: TestDeps['stores'],
  { id, hostKeys }: HostRecord,
): Promise<readonly string[]> {
  const own = new Set(hostKeys.map(({ sha256 }) => sha256));
  const isSame = (other: HostRecord) =>
    other.id !== id && other.hostKeys.some(({ sha256 }) => own.has(sha256));
  return (await hosts.list()).filter(isSame).map(({ name }) => name);
}

const toTarget = (
  { path, owner, group, mode, replace, content }: DeploymentRecord['files'][number],
  reader: string | null,
): Target => ({
  path,
  owner,
  group,
  mode,
  replace,
  newFileMode: hasKey(content) ? '0600' : '0644',
  reader: hasKey(content) ? reader : null,
});

/**
 * Whether the programs exist. They do not run. With sudo, the helper's list decides about those that validate and reload
 * (test-host.ts); a command runs as the login user, with that user's PATH.
 */
async function checkPrograms(
  transport: Parameters<NonNullable<Parameters<typeof testHost>[2]['more']>>[0],
  { become }: HostRecord,
  { command, steps, signal }: Pick<Tested, 'command' | 'steps'> & { readonly signal: AbortSignal },
): Promise<readonly CheckResult[]> {
  const own = command !== null && 'argv' in command ? command.argv : null;
  const privileged = become === 'sudo' ? [] : [steps.validateCommand, steps.reloadCommand];
  const [programs, ofRoot] = [[own], privileged].map((all) => [
    ...new Set(all.flatMap((argv) => argv?.[0] ?? [])),
  ]) as [string[], string[]];
  const all = [...programs, ...ofRoot];
  if (all.length === 0) return [];
  const environment = Object.fromEntries(all.map((program, at) => [`PROGRAM_${at}`, program]));
  const lines = all.map((_, at) => `command -v -- "$PROGRAM_${at}" >/dev/null || echo ${at}`);
  lines.splice(programs.length, 0, 'PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin');
  const script = `${lines.join('\n')}\n`;
  const { output } = await transport.run({ script }, { environment, timeoutMs: 20_000 }, signal);
  const missing = output.split('\n').flatMap((line) => all[line === '' ? -1 : Number(line)] ?? []);
  if (missing.length === 0)
    return [{ check: 'command', state: 'ok', message: `${all.join(', ')} found`, fix: null }];
  return missing.map((program) => ({
    check: 'command',
    state: 'failed',
    message: `The program ${program} was not found. Install ${programs.includes(program) ? 'it' : 'the service'}, or name the full path`,
    fix: null,
  }));
}

/** What the service presents now, as a hint: before the first deployment it may be anything. */
async function checkServed(
  deps: HostTestsDeps,
  at: Pick<Checked, 'host' | 'tunnel'>,
  { verify, projectId }: Pick<Tested, 'verify' | 'projectId'>,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const version = await deps.stores.certificates.active(projectId);
  if (version === null) {
    const message = 'The project has no certificate yet';
    return [{ check: 'certificate', state: 'warning', message, fix: null }];
  }
  const usable = checkVersion(() => assertDeployable(version, deps.clock.now()));
  if (verify === null) return usable;
  const { grade, reason } = await look(deps, { ...at, verify, version }, signal);
  const good = grade === 'current' || grade === 'valid';
  const message = grade === 'current' ? 'The service presents this certificate' : reason + HINTS[grade];
  return [...usable, { check: 'probe', state: good ? 'ok' : 'warning', message, fix: null }];
}

/** A service without its first certificate may not listen yet, but what does not run cannot be reloaded. */
const HINTS = {
  failed: ' Before the first deployment this can be right, but the service must be running to be reloaded.',
  unknown: '',
  incomplete: '',
  'wrong-name': '',
  valid: '',
} as const;

function checkVersion(assert: () => void): readonly CheckResult[] {
  try {
    assert();
    return [];
  } catch (error) {
    return [{ check: 'certificate', state: 'failed', message: toCertdeskError(error).message, fix: null }];
  }
}
