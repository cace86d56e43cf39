// Schemas of one question about a project: is its certificate installed where it should be?
import { z } from 'zod';
import { DEPLOYED_STATES } from './deployed-states.ts';
import { WaitingSchema } from './deployment-window.ts';
import { TimestampSchema } from './time-schema.ts';

export const DeployedStateSchema = z.enum(DEPLOYED_STATES).meta({
  description:
    'failed: the last run on a host failed or was rolled back; waiting: runs wait for the window of the deployment; not-served: a host has the certificate, but its service serves another; outdated: a host has an older certificate; unknown: there was no run for the current certificate',
});

/** Whether the certificate of a project is installed on every host that should have it. */
export const DeployedSchema = z
  .object({
    state: DeployedStateSchema,
    at: TimestampSchema,
    waiting: WaitingSchema.nullable().meta({ description: 'Null in other states than `waiting`' }),
  })
  .meta({
    id: 'Deployed',
    description: 'The most urgent state of the deployments of a project, and its time',
  });
export type Deployed = z.infer<typeof DeployedSchema>;
