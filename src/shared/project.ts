// Projects: what an admin names and gives a certificate to.
import { z } from 'zod';
import { CertificateSchema, CertificateTypeSchema } from './certificate.ts';
import { LabelSchema } from './label.ts';
import { DnsNameSchema } from './name-schema.ts';
import { ORDERS, PROJECT_NEEDS, PROJECT_SORTS, PROJECT_STATES } from './project-filters.ts';
import { TimestampSchema } from './time-schema.ts';

export const ProjectIdSchema = z.string().min(1).max(64).meta({ description: "The project's id" });

const domain = DnsNameSchema.nullable();
const altNames = z
  .array(DnsNameSchema)
  .max(99)
  .meta({ description: 'Names in addition to the domain, also wildcards' });

const allowDuplicateDomain = z.boolean().optional().meta({
  description: 'Whether another project may have the same domain; refused (DUPLICATE_DOMAIN) by default',
  reach: 'project',
});

export const CreateProjectSchema = z
  .strictObject({
    name: LabelSchema.optional().meta({ description: 'The domain where it is left out', reach: 'project' }),
    domain: domain.default(null).meta({ reach: 'project', allProjects: true }),
    altNames: altNames.default([]).meta({ reach: 'project', allProjects: true }),
    allowDuplicateDomain,
  })
  .refine((body) => body.name !== undefined || body.domain !== null, {
    path: ['name'],
    message: 'a project needs a name or a domain',
  })
  .meta({ id: 'CreateProject' });
export type CreateProject = z.infer<typeof CreateProjectSchema>;

export const UpdateProjectSchema = z
  .strictObject({
    name: LabelSchema.optional().meta({ reach: 'project' }),
    domain: domain.optional().meta({ reach: 'project', allProjects: true }),
    altNames: altNames.optional().meta({ reach: 'project', allProjects: true }),
    allowDuplicateDomain,
  })
  .meta({ id: 'UpdateProject' });
export type UpdateProject = z.infer<typeof UpdateProjectSchema>;

export const ProjectSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    domain: z.string().nullable(),
    altNames: z.array(z.string()),
    createdAt: TimestampSchema,
  })
  .meta({ id: 'Project' });
export type Project = z.infer<typeof ProjectSchema>;

export const ProjectStatusSchema = z.enum(PROJECT_STATES);
export type ProjectStatus = z.infer<typeof ProjectStatusSchema>;

/** In a query `true` and `false` are words. */
export const FlagSchema = z.union([
  z.boolean(),
  z.enum(['true', 'false']).transform((word) => word === 'true'),
]);

export const ListProjectsSchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(2000).optional().meta({ description: '`nextCursor` of the page before' }),
  q: z.string().max(200).optional().meta({ description: 'Part of a name, a domain or an additional name' }),
  status: ProjectStatusSchema.optional(),
  failing: FlagSchema.optional().meta({
    description: 'Only those whose last renewal failed; false: only the others',
  }),
  need: z.enum(PROJECT_NEEDS).optional().meta({
    description:
      'attention: what the overview lists; in_progress: with an unfinished job; not_issued: no certificate, and the last request failed',
  }),
  provider: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'How the names are validated: http-01, or the id of a DNS provider' }),
  ca: z.string().max(2000).optional().meta({ description: 'As named in the certificate request' }),
  type: CertificateTypeSchema.optional(),
  sort: z.enum(PROJECT_SORTS).default('created'),
  order: z
    .enum(ORDERS)
    .default('asc')
    .meta({ description: 'Projects without a value come last in both directions' }),
});
export type ListProjects = z.infer<typeof ListProjectsSchema>;

const count = z.int().min(0);

/** Projects by state. `failing` is counted beside the state: what fails to renew is also valid, or not. */
export const StateCountsSchema = z
  .object({
    total: count,
    valid: count,
    expiring_soon: count,
    expired: count,
    revoked: count,
    none: count,
    failing: count.meta({ description: 'The last renewal failed; counted beside the state' }),
  })
  .meta({ id: 'StateCounts' });
export type StateCounts = z.infer<typeof StateCountsSchema>;

/** What happens next, and why: one line of a list. */
export const NextActionSchema = z
  .object({
    nextAttemptAt: TimestampSchema.nullable().meta({ description: 'When a renewal is tried; null: never' }),
    reason: z.string().nullable(),
    failures: count.meta({ description: 'Failed attempts since the last success' }),
    lastError: z.string().nullable(),
    lastErrorCode: z.string().nullable().meta({ description: 'Of the error catalogue' }),
    provider: z.string().nullable().meta({ description: 'http-01, or the id of a DNS provider' }),
    ca: z.string().nullable(),
  })
  .meta({ id: 'NextAction', outside: 'next-action' });

/** Why there is no certificate, where one was asked for. */
export const ObtainFailureSchema = z
  .object({
    jobId: z.string().meta({ description: 'The failed job, whose steps say more' }),
    error: z.string(),
    code: z.string().meta({ description: 'Of the error catalogue' }),
    at: TimestampSchema.nullable(),
  })
  .meta({ id: 'ObtainFailure', outside: 'obtain-failure' });

export const ListedProjectSchema = ProjectSchema.extend({
  certificate: CertificateSchema.nullable(),
  renewal: NextActionSchema.nullable().meta({ description: 'Null where there is no certificate' }),
  obtainFailure: ObtainFailureSchema.nullable().meta({
    description: 'The last attempt to obtain one; null where there is a certificate, or it did not fail',
  }),
  uncovered: z.string().nullable().meta({
    description:
      "First of the project's names that its certificate does not cover; null where it covers them all",
  }),
  runningJobId: z.string().nullable().meta({ description: 'The running job' }),
}).meta({ id: 'ListedProject' });
export type ListedProject = z.infer<typeof ListedProjectSchema>;

export const ProjectPageSchema = z
  .object({
    projects: z.array(ListedProjectSchema),
    nextCursor: z.string().nullable(),
    total: count.meta({ description: 'Number of projects that match the filters, on all pages' }),
    counts: StateCountsSchema.meta({
      description: 'By state, under the same filters without `status` and `failing`',
    }),
  })
  .meta({ id: 'ProjectPage' });
export type ProjectPage = z.infer<typeof ProjectPageSchema>;

const facet = z.array(z.object({ id: z.string(), count }));

/** What the filters of the list can be set to. */
export const ProjectFacetsSchema = z
  .object({ providers: facet, cas: facet, types: facet })
  .meta({ id: 'ProjectFacets' });
export type ProjectFacets = z.infer<typeof ProjectFacetsSchema>;
