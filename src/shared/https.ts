// Schemas of Certdesk's own HTTPS: which certificate it serves, and why not the chosen one.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

/** Why Certdesk does not serve the certificate of the chosen project, with the text for logs and pages. */
export const HTTPS_PROBLEMS = {
  'no-project': 'No project is selected for HTTPS.',
  'project-removed': 'The project that is selected for HTTPS does not exist.',
  'no-certificate': 'The project that is selected for HTTPS has no certificate.',
  'certificate-revoked': 'The certificate of the project that is selected for HTTPS is revoked.',
  'certificate-expired': 'The certificate of the project that is selected for HTTPS has expired.',
  'key-unreadable': 'The private key of the project that is selected for HTTPS cannot be opened.',
} as const;

export type HttpsProblem = keyof typeof HTTPS_PROBLEMS;
export const HttpsProblemSchema = z.enum(Object.keys(HTTPS_PROBLEMS) as [HttpsProblem, ...HttpsProblem[]]);

/**
 * `project`: the certificate of the chosen project. `previous`: the last one that was served, because the project has no
 * usable one now. `self-signed`: Certdesk's own.
 */
export const HttpsCertificateSchema = z.enum(['project', 'previous', 'self-signed']);

/** The part that GET /health shows to everyone. Null if this server does not serve HTTPS. */
export const HttpsHealthSchema = z
  .object({ certificate: HttpsCertificateSchema, problem: HttpsProblemSchema.nullable() })
  .meta({ id: 'HttpsHealth' });
export type HttpsHealth = z.infer<typeof HttpsHealthSchema>;

/** The part that the overview shows. */
export const HttpsSummarySchema = HttpsHealthSchema.extend({
  message: z.string().nullable().meta({ description: 'The problem, and what Certdesk serves instead' }),
}).meta({ id: 'HttpsSummary' });
export type HttpsSummary = z.infer<typeof HttpsSummarySchema>;

export const HttpsStateSchema = HttpsSummarySchema.extend({
  projectId: z
    .string()
    .nullable()
    .meta({ description: 'The project whose certificate Certdesk should serve' }),
  names: z.array(z.string()).meta({ description: 'Names of the served certificate' }),
  fingerprint: z
    .string()
    .meta({ description: 'SHA-256 of the served certificate, upper-case hex with colons' }),
  expiresAt: TimestampSchema,
  trusted: z.boolean().meta({
    description:
      'Whether the chain leads to a root that this machine trusts. Only then Certdesk sends Strict-Transport-Security',
  }),
  redirect: z.enum(['off', 'on', 'no-port']).meta({
    description:
      'Whether requests by plain HTTP are redirected. no-port: they should be, but the challenge port could not be opened',
  }),
}).meta({ id: 'HttpsState' });
export type HttpsState = z.infer<typeof HttpsStateSchema>;
