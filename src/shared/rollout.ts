// Schemas of rollouts: in which order a deployment reaches its hosts.
import { z } from 'zod';
import { TagSchema } from './tag.ts';

const ROLLOUT_STRATEGIES = ['all', 'canary'] as const;

export const RolloutSchema = z
  .strictObject({
    strategy: z.enum(ROLLOUT_STRATEGIES).default('all').meta({
      description: 'canary: the first host before the others. The first of `hosts.ids`, or the first by name',
    }),
    stopOnFailure: z.boolean().default(true).meta({
      description:
        'Whether hosts wait that have not begun when a run was rolled back, failed on its host, or is not served. A host that cannot be reached stops only those that depend on it',
    }),
    concurrency: z
      .int()
      .min(1)
      .max(100)
      .default(10)
      .meta({ description: 'Hosts of this deployment in parallel' }),
    groups: z
      .array(TagSchema)
      .max(20)
      .refine((tags) => new Set(tags).size === tags.length, 'names a tag twice')
      .default([])
      .meta({
        description:
          'Tags of hosts: all hosts of a group before the next group; hosts without these tags last',
        examples: [['staging', 'europe']],
      }),
  })
  .meta({ id: 'Rollout' });
export type Rollout = z.output<typeof RolloutSchema>;

export const DEFAULT_ROLLOUT: Rollout = { strategy: 'all', stopOnFailure: true, concurrency: 10, groups: [] };
