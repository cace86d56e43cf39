// Schemas of projects and the project list.
import { z } from 'zod';
import { CertificateSchema, CertificateTypeSchema } from './certificate.ts';
import { DeployedSchema } from './deployed.ts';
import { toSearchText } from './identifiers.ts';
import { LabelSchema } from './label.ts';
import { CertificateNameSchema, CertificateNamesSchema } from './name-schema.ts';
import { ORDERS, PROJECT_NEEDS, PROJECT_SORTS, PROJECT_STATES } from './project-filters.ts';
import { ServedSchema } from './served.ts';
import { TagFilterSchema, TagsSchema } from './tag.ts';
import { TimestampSchema } from './time-schema.ts';

export const ProjectIdSchema = z.string().min(1).max(64).meta({ description: 'ID of the project' });

const domain = CertificateNameSchema.nullable();
const altNames = CertificateNamesSchema.meta({
  description: 'Additional names: host names, wildcards, IP addresses',
});

const allowDuplicateDomain = z.boolean().optional().meta({
  description: 'Allow a second project with the same domain; default: false (DUPLICATE_DOMAIN)',
  reach: 'project',
});

// A tag can let a token or a notification channel see the project, so a token that is limited to projects may not set
// it: it could otherwise move projects into its own reach, or out of that of others.
const tags = TagsSchema.optional().meta({
  description: 'Labels for filters, tokens and notifications',
  reach: 'project',
  allProjects: true,
});

export const CreateProjectSchema = z
  .strictObject({
    name: LabelSchema.optional().meta({ description: 'Default: the domain', reach: 'project' }),
    domain: domain.default(null).meta({ reach: 'project', allProjects: true }),
    altNames: altNames.default([]).meta({ reach: 'project', allProjects: true }),
    tags,
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
    tags,
    allowDuplicateDomain,
  })
  .meta({ id: 'UpdateProject' });
export type UpdateProject = z.infer<typeof UpdateProjectSchema>;

export const ChangeTagsSchema = z
  .strictObject({ add: tags, remove: tags })
  .refine(({ add = [], remove = [] }) => add.length + remove.length > 0, {
    path: ['add'],
    message: 'name tags to add or to remove',
  })
  .refine(({ add = [], remove = [] }) => !add.some((tag) => remove.includes(tag)), {
    path: ['remove'],
    message: 'a tag cannot be both added and removed',
  })
  .meta({ id: 'ChangeTags' });
export type ChangeTags = z.infer<typeof ChangeTagsSchema>;

export const ProjectSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    domain: z.string().nullable(),
    altNames: z.array(z.string()),
    tags: z.array(z.string()),
    createdAt: TimestampSchema,
  })
  .meta({ id: 'Project' });
export type Project = z.infer<typeof ProjectSchema>;

export const ProjectStatusSchema = z.enum(PROJECT_STATES);
export type ProjectStatus = z.infer<typeof ProjectStatusSchema>;

/** A boolean; in a query string it is the text `true` or `false`. */
export const FlagSchema = z.union([
  z.boolean(),
  z.enum(['true', 'false']).transform((word) => word === 'true'),
]);

export const ListProjectsSchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(2000).optional().meta({ description: '`nextCursor` of the previous page' }),
  q: z
    .string()
    .max(200)
    .transform(toSearchText)
    .optional()
    .meta({ description: 'Text to search for in names, domains and additional names' }),
  status: ProjectStatusSchema.optional(),
  failing: FlagSchema.optional().meta({
    description: 'true: only projects whose last renewal failed; false: only the others',
  }),
  need: z.enum(PROJECT_NEEDS).optional().meta({
    description:
      'attention: listed on the overview; in_progress: has an unfinished job; not_issued: has no certificate, and the last request failed',
  }),
  provider: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'Validation method: http-01, tls-alpn-01, or the ID of a DNS provider' }),
  ca: z
    .string()
    .max(2000)
    .optional()
    .meta({ description: 'CA, as named in the request for the certificate' }),
  type: CertificateTypeSchema.optional(),
  tag: TagFilterSchema.optional().meta({
    description: 'Tag of the project; if repeated, projects that have all of the tags',
  }),
  sort: z.enum(PROJECT_SORTS).default('created'),
  order: z
    .enum(ORDERS)
    .default('asc')
    .meta({ description: 'Projects without a value come last in both orders' }),
});
export type ListProjects = z.infer<typeof ListProjectsSchema>;

const count = z.int().min(0);

/** Number of projects by state. A failing project is also counted under its state, such as valid. */
export const StateCountsSchema = z
  .object({
    total: count,
    valid: count,
    expiring_soon: count,
    expired: count,
    revoked: count,
    none: count,
    failing: count.meta({
      description: 'Projects whose last renewal failed; also counted under their state',
    }),
  })
  .meta({ id: 'StateCounts' });
export type StateCounts = z.infer<typeof StateCountsSchema>;

/** The next action for a certificate and its reason, for one row of the list. */
export const NextActionSchema = z
  .object({
    nextAttemptAt: TimestampSchema.nullable().meta({
      description: 'Time of the next renewal attempt; null if there is none',
    }),
    reason: z.string().nullable(),
    failures: count.meta({ description: 'Failed attempts since the last success' }),
    lastError: z.string().nullable(),
    lastErrorCode: z
      .string()
      .nullable()
      .meta({ description: 'A code from the error catalogue (docs/errors.md)' }),
    provider: z
      .string()
      .nullable()
      .meta({ description: 'http-01, tls-alpn-01, or the ID of a DNS provider' }),
    ca: z.string().nullable(),
  })
  .meta({ id: 'NextAction', outside: 'next-action' });

/** The failure of the last request, if the project has no certificate. */
export const ObtainFailureSchema = z
  .object({
    jobId: z.string().meta({ description: 'The failed job; its steps have the details' }),
    error: z.string(),
    code: z.string().meta({ description: 'A code from the error catalogue (docs/errors.md)' }),
    at: TimestampSchema.nullable(),
  })
  .meta({ id: 'ObtainFailure', outside: 'obtain-failure' });

export const ListedProjectSchema = ProjectSchema.extend({
  certificate: CertificateSchema.nullable(),
  renewal: NextActionSchema.nullable().meta({
    description: 'Renewal state; null if there is no certificate',
  }),
  obtainFailure: ObtainFailureSchema.nullable().meta({
    description:
      'The last attempt to obtain a certificate; null if there is a certificate or the attempt did not fail',
  }),
  uncovered: z.string().nullable().meta({
    description:
      "The first of the project's names that its certificate does not cover; null if it covers all",
  }),
  served: ServedSchema.nullable().meta({
    description: 'What clients are given; null if no endpoint expects the certificate',
  }),
  runningJobId: z.string().nullable().meta({ description: 'The running job; null if there is none' }),
  deployed: DeployedSchema.nullable().meta({
    description:
      'Whether the certificate is installed on every host that should have it; null if there are no deployments',
  }),
}).meta({ id: 'ListedProject' });
export type ListedProject = z.infer<typeof ListedProjectSchema>;

export const ProjectPageSchema = z
  .object({
    projects: z.array(ListedProjectSchema),
    nextCursor: z.string().nullable(),
    total: count.meta({ description: 'Number of matching projects on all pages' }),
    counts: StateCountsSchema.meta({
      description: 'Number of projects by state, under the same filters except `status` and `failing`',
    }),
  })
  .meta({ id: 'ProjectPage' });
export type ProjectPage = z.infer<typeof ProjectPageSchema>;

const facet = z.array(z.object({ id: z.string(), count }));

/** The available filter values, each with its number of projects. */
export const ProjectFacetsSchema = z
  .object({ providers: facet, cas: facet, types: facet, tags: facet })
  .meta({ id: 'ProjectFacets' });
export type ProjectFacets = z.infer<typeof ProjectFacetsSchema>;
