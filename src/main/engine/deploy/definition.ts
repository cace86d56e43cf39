// Creates the record of a deployment from a request: what the recipe fills in, and the script, which is sealed like a
// key.
import { createHash, randomUUID } from 'node:crypto';
import {
  type CommandInput,
  type CreateDeployment,
  type DeploymentFile,
  type DeploymentSteps,
  DeploymentStepsSchema,
  type DeploymentVerify,
  type HostSelection,
  type PausedBy,
  type UpdateDeployment,
} from '../../../shared/deployment.ts';
import { HOSTLESS_KINDS } from '../../../shared/deployment-kinds.ts';
import type { DeploymentWindow } from '../../../shared/deployment-window.ts';
import type { Rollout } from '../../../shared/rollout.ts';
import type { Timestamp } from '../../../shared/time.ts';
import type { ProjectRecord } from '../core/model.ts';
import type { DeploymentCommand, DeploymentRecord } from '../core/model-deploy.ts';
import type { Vault } from '../core/ports.ts';
import type { Definition } from './check-definition.ts';
import { checkOptions, type KindOptions } from './kinds/options.ts';
import { expandRecipe } from './recipes/index.ts';

/** A definition with the values of its recipe. */
export interface Completed extends Definition {
  readonly name: string;
  readonly recipe: string | null;
  readonly hosts: HostSelection;
  readonly files: readonly DeploymentFile[];
  readonly command: CommandInput | null;
  readonly steps: DeploymentSteps;
  readonly verify: DeploymentVerify | null;
  readonly window: DeploymentWindow | null;
  readonly rollout: Rollout;
  readonly after: string | null;
  readonly options: KindOptions;
}

const NAMES = { files: 'Files', command: 'Command', ...HOSTLESS_KINDS } as const;

/** Fills in what the request leaves to its recipe. @throws INVALID_REQUEST */
export function complete(body: CreateDeployment, { domain }: Pick<ProjectRecord, 'domain'>): Completed {
  const { kind, recipe, options, hosts, command = null } = body;
  const expanded = recipe === null ? null : expandRecipe(recipe, options, domain);
  return {
    name: body.name ?? expanded?.name ?? NAMES[kind],
    kind,
    recipe,
    hosts,
    command,
    files: body.files ?? expanded?.files ?? [],
    steps: body.steps ?? expanded?.steps ?? DeploymentStepsSchema.parse({}),
    verify: body.verify === undefined ? (expanded?.verify ?? null) : body.verify,
    window: body.window,
    rollout: body.rollout,
    after: body.after,
    options: checkOptions(kind, options),
  };
}

/** The parts of a record that hold a command: its facts, and the script sealed for this deployment. */
async function sealCommand(
  vault: Pick<Vault, 'seal'>,
  deploymentId: string,
  command: CommandInput | null,
): Promise<Pick<DeploymentRecord, 'command' | 'scriptSealed'>> {
  if (command === null || 'argv' in command) return { command, scriptSealed: null };
  const { script } = command;
  const lines = script.replace(/\n$/, '').split('\n').length;
  const facts: DeploymentCommand = {
    script: { lines, sha256: createHash('sha256').update(script).digest('hex') },
  };
  return { command: facts, scriptSealed: await vault.seal(script, scriptContext(deploymentId)) };
}

export const scriptContext = (deploymentId: string): string => `deployment:${deploymentId}`;

export async function newDeployment(
  vault: Vault,
  completed: Completed,
  {
    projectId,
    pausedBy,
    now,
  }: { readonly projectId: string; readonly pausedBy: PausedBy | null; readonly now: Timestamp },
): Promise<DeploymentRecord> {
  const id = randomUUID();
  const { name, kind, recipe, hosts, files, steps, verify, window, rollout, after, options } = completed;
  return {
    id,
    projectId,
    name,
    kind,
    recipe,
    hosts,
    enabled: pausedBy === null,
    pausedBy,
    files,
    ...(await sealCommand(vault, id, completed.command)),
    steps,
    verify,
    window,
    rollout,
    after,
    options,
    savedSealed: null,
    state: pausedBy === null ? 'unknown' : 'paused',
    stateAt: now,
    waiting: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** Applies a request to a record. */
export async function changeDeployment(
  vault: Vault,
  record: DeploymentRecord,
  { body, now }: { readonly body: UpdateDeployment; readonly now: Timestamp },
): Promise<DeploymentRecord> {
  const { name, hosts, files, command, steps, verify, window, rollout, after, options } = body;
  return {
    ...record,
    ...(name === undefined ? {} : { name }),
    ...(hosts === undefined ? {} : { hosts }),
    ...(files === undefined ? {} : { files }),
    ...(command === undefined ? {} : await sealCommand(vault, record.id, command)),
    ...(steps === undefined ? {} : { steps }),
    ...(verify === undefined ? {} : { verify }),
    ...(window === undefined ? {} : { window }),
    ...(rollout === undefined ? {} : { rollout }),
    ...(after === undefined ? {} : { after }),
    ...(options === undefined ? {} : changeOptions(record, options)),
    updatedAt: now,
  };
}

/** Another script must not get what the one before has saved. @throws INVALID_REQUEST */
function changeOptions(
  { kind, options: before }: DeploymentRecord,
  given: KindOptions,
): Pick<DeploymentRecord, 'options'> & Partial<Pick<DeploymentRecord, 'savedSealed'>> {
  const options = checkOptions(kind, given, before);
  return { options, ...(options.script === before.script ? {} : { savedSealed: null }) };
}
