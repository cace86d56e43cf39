// What whoever helps needs to know of an installation, and nothing that is a secret.
import { z } from 'zod';
import { EngineStateSchema } from './overview.ts';
import { StateCountsSchema } from './project.ts';
import { TimestampSchema } from './time-schema.ts';

export const DiagnosticsSchema = z
  .object({
    at: TimestampSchema,
    version: z.string(),
    node: z.string(),
    platform: z.string().meta({ description: 'Operating system, its release, the processor' }),
    upSeconds: z.int(),
    secretStore: z.object({
      kind: EngineStateSchema.shape.secretStore,
      reason: z.string().meta({ description: 'Why this one' }),
    }),
    listeners: z.object({
      api: z.string().nullable().meta({ description: 'HOST:PORT' }),
      challenges: z.string().nullable().meta({ description: 'HOST:PORT; null: not open' }),
    }),
    notices: z.array(z.string()).meta({ description: 'What was told at the start' }),
    resolvers: z.array(z.string()).meta({ description: 'DNS servers that are asked, HOST:PORT' }),
    database: z.object({
      bytes: z.int().meta({ description: 'With its write-ahead log' }),
      schema: z.int().meta({ description: 'Number of the newest migration' }),
    }),
    projects: StateCountsSchema,
    engine: EngineStateSchema,
    lastErrors: z
      .array(z.object({ at: TimestampSchema.nullable(), kind: z.string(), code: z.string() }))
      .meta({ description: 'Codes of the last failed jobs, newest first, without their texts' }),
  })
  .meta({ id: 'Diagnostics' });
export type Diagnostics = z.infer<typeof DiagnosticsSchema>;
