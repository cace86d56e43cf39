// Schemas of runs: one deployment of one version of a certificate to one host, with its steps.
import { z } from 'zod';
import { HostIdSchema } from './host.ts';
import { ErrorBodySchema } from './job.ts';
import type {} from './outside.ts';
import { TimestampSchema } from './time-schema.ts';

const RUN_STATES = [
  'pending',
  'waiting-for-window',
  'running',
  'deployed',
  'verified',
  'not-served',
  'rolled-back',
  'failed',
  'unchanged',
  'cancelled',
] as const;
export const RunStateSchema = z.enum(RUN_STATES).meta({
  description:
    'deployed: installed, and there is no check; verified: the service serves the certificate; not-served: installed, but the service still serves the old one; rolled-back: the previous files were put back; unchanged: everything was already in place',
});
export type RunState = z.infer<typeof RunStateSchema>;

export const RUN_STATE_LABELS: Readonly<Record<RunState, string>> = {
  pending: 'Waiting',
  'waiting-for-window': 'Waiting for its window',
  running: 'Running',
  deployed: 'Deployed',
  verified: 'Deployed and verified',
  'not-served': 'Not served',
  'rolled-back': 'Rolled back',
  failed: 'Failed',
  unchanged: 'Unchanged',
  cancelled: 'Cancelled',
};

/** The states in which a run has not ended. */
export const UNFINISHED_RUNS: readonly RunState[] = ['pending', 'waiting-for-window', 'running'];

export const WaitsForSchema = z.string().nullable().meta({
  description: 'Why the rollout holds the run: `waits for web1, the canary`; null if it does not',
});

/** The steps of a run in their order, with their display names. */
export const RUN_STEPS = {
  connect: 'Connect',
  compare: 'Compare files',
  stage: 'Upload files',
  swap: 'Replace files and reload',
  command: 'Run command',
  verify: 'Check the served certificate',
  'roll-back': 'Put back the previous files',
} as const;
export type RunStep = keyof typeof RUN_STEPS;

export const RunStepSchema = z.object({
  step: z.enum(Object.keys(RUN_STEPS) as [RunStep, ...RunStep[]]),
  state: z.enum(['running', 'done', 'failed']),
  at: TimestampSchema,
  message: z.string(),
  output: z
    .string()
    .nullable()
    .meta({ description: 'Output of the commands, without secrets; deleted after 30 days' }),
});

const RUN_TRIGGERS = ['activated', 'requested', 'changed', 'resumed', 'roll-back'] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];

export const DeploymentRunSchema = z
  .object({
    id: z.string(),
    deploymentId: z.string(),
    projectId: z.string(),
    host: z.object({ id: z.string(), name: z.string() }),
    versionId: z.string(),
    fingerprint: z.string().meta({ description: 'SHA-256 of the certificate in upper-case hex' }),
    state: RunStateSchema,
    trigger: z.enum(RUN_TRIGGERS),
    steps: z.array(RunStepSchema),
    error: ErrorBodySchema.nullable(),
    reloadOwed: z
      .boolean()
      .meta({ description: 'Whether files were replaced and the service was not reloaded since' }),
    attempts: z.int().min(0),
    createdAt: TimestampSchema,
    startedAt: TimestampSchema.nullable(),
    finishedAt: TimestampSchema.nullable(),
    nextAttemptAt: TimestampSchema.nullable(),
    waitsFor: WaitsForSchema,
  })
  .meta({ id: 'DeploymentRun', outside: 'deployment-run' });
export type DeploymentRun = z.infer<typeof DeploymentRunSchema>;

/** A person has set the window, so only a person overrides it. */
export const IgnoreWindowSchema = z
  .boolean()
  .default(false)
  .meta({
    description: 'Begin now, although the window of the deployment is closed',
    reach: 'project',
    reachOf: (value) => (value === true ? { reach: 'system' } : null),
  });

export const ForceSchema = z
  .boolean()
  .default(false)
  .meta({ description: 'Replace the files and reload even if everything is in place', reach: 'project' });

export const OnHostSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .nullable()
  .default(null)
  .meta({ description: 'Name or ID of a host: only deployments there', reach: 'project' });

export const RunDeploymentSchema = z
  .strictObject({
    force: ForceSchema,
    hosts: z
      .array(HostIdSchema)
      .min(1)
      .max(1_000)
      .nullable()
      .default(null)
      .meta({ description: 'Only these hosts of the deployment; default: all', reach: 'project' }),
    ignoreWindow: IgnoreWindowSchema,
  })
  .meta({ id: 'RunDeployment' });

export const RunDeploymentsSchema = z
  .strictObject({
    force: ForceSchema,
    host: OnHostSchema,
    deployment: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .nullable()
      .default(null)
      .meta({ description: 'Name or ID of a deployment of the project: only this one', reach: 'project' }),
    ignoreWindow: IgnoreWindowSchema,
  })
  .meta({ id: 'RunDeployments' });

export const RollBackDeploymentSchema = z
  .strictObject({
    versionId: z.string().min(1).max(64).meta({ description: 'A version of the certificate of the project' }),
    hosts: z.array(HostIdSchema).min(1).max(1_000).nullable().default(null),
  })
  .meta({ id: 'RollBackDeployment' });
