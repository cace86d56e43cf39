// Projects: what an admin names and gives a certificate to.
import { z } from 'zod';
import { CertificateSchema, CertificateStatusSchema } from './certificate.ts';
import { DnsNameSchema } from './names.ts';
import { TimestampSchema } from './time.ts';

export const ProjectIdSchema = z.string().min(1).max(64).meta({ description: "The project's id" });

const name = z.string().trim().min(1).max(200);
const domain = DnsNameSchema.nullable();
const altNames = z
  .array(DnsNameSchema)
  .max(99)
  .meta({ description: 'Names beside the domain, wildcards too' });

export const CreateProjectSchema = z
  .strictObject({
    name: name.optional().meta({ description: 'The domain where it is left out' }),
    domain: domain.default(null),
    altNames: altNames.default([]),
  })
  .refine((body) => body.name !== undefined || body.domain !== null, {
    path: ['name'],
    message: 'a project needs a name or a domain',
  })
  .meta({ id: 'CreateProject' });
export type CreateProject = z.infer<typeof CreateProjectSchema>;

export const UpdateProjectSchema = z
  .strictObject({ name: name.optional(), domain: domain.optional(), altNames: altNames.optional() })
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

export const ProjectStatusSchema = z.enum([...CertificateStatusSchema.options, 'none']);
export type ProjectStatus = z.infer<typeof ProjectStatusSchema>;

export const ListProjectsSchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(200).optional().meta({ description: '`nextCursor` of the page before' }),
  q: z.string().max(200).optional().meta({ description: 'Part of a name or domain' }),
  status: ProjectStatusSchema.optional(),
});
export type ListProjects = z.infer<typeof ListProjectsSchema>;

export const ProjectPageSchema = z
  .object({
    projects: z.array(ProjectSchema.extend({ certificate: CertificateSchema.nullable() })),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'ProjectPage' });
export type ProjectPage = z.infer<typeof ProjectPageSchema>;
