// Schema of the diagnostics of an installation, for bug reports. It contains no secrets.
import { z } from 'zod';
import { HttpsHealthSchema } from './https.ts';
import { EngineStateSchema } from './overview.ts';
import { StateCountsSchema } from './project.ts';
import { TimestampSchema } from './time-schema.ts';

export const DiagnosticsSchema = z
  .object({
    at: TimestampSchema,
    version: z.string(),
    node: z.string(),
    platform: z.string().meta({ description: 'Operating system, release and processor architecture' }),
    upSeconds: z.int(),
    secretStore: z.object({
      kind: EngineStateSchema.shape.secretStore,
      reason: z.string().meta({ description: 'Why Certdesk uses this secret store' }),
    }),
    listeners: z.object({
      api: z.string().nullable().meta({ description: 'HOST:PORT' }),
      https: HttpsHealthSchema.nullable().meta({ description: 'Null if the API is served by plain HTTP' }),
      challenges: z.string().nullable().meta({ description: 'HOST:PORT; null if the listener is not open' }),
      alpn: z
        .string()
        .nullable()
        .meta({ description: 'HOST:PORT that answers TLS-ALPN-01; null if none does' }),
    }),
    notices: z.array(z.string()).meta({ description: 'Notices printed at startup' }),
    resolvers: z.array(z.string()).meta({ description: 'DNS resolvers in use, HOST:PORT' }),
    database: z.object({
      bytes: z.int().meta({ description: 'Size including the write-ahead log' }),
      schema: z.int().meta({ description: 'Number of the newest migration' }),
    }),
    projects: StateCountsSchema,
    engine: EngineStateSchema,
    lastErrors: z
      .array(z.object({ at: TimestampSchema.nullable(), kind: z.string(), code: z.string() }))
      .meta({ description: 'Error codes of the last failed jobs, newest first, without messages' }),
  })
  .meta({ id: 'Diagnostics' });
export type Diagnostics = z.infer<typeof DiagnosticsSchema>;
