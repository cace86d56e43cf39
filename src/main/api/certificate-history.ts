// Operations on the versions of a certificate, its chain and its issuance settings, and the undo of a removal. Part of
// the router `certificates`.
import { z } from 'zod';
import { CertificateSchema } from '../../shared/certificate.ts';
import {
  CertificateDetailsSchema,
  CertificateVersionSchema,
  ChainLinkSchema,
  LastRequestSchema,
  RestoreRequestSchema,
} from '../../shared/certificate-history.ts';
import { ProjectIdSchema } from '../../shared/project.ts';
import { CERTIFICATE_COLUMNS, PROJECT } from './cli-parts.ts';
import { type Meta, operation } from './trpc.ts';

const id = ProjectIdSchema;

/** A token limited to the project may not restore a certificate for names that the project no longer has. */
const RestoreInput = z.object({ id, body: RestoreRequestSchema.optional() }).meta({
  reachOf: (input) => (Object(input).otherNames === true ? { reach: 'project', allProjects: true } : null),
});

const withOtherNames: Meta['checkedAs'] = async ({ history }, input) => {
  const { id, body } = RestoreInput.parse(input);
  return { ...input, otherNames: await history.restoresOtherNames(id, body?.versionId) };
};

export const certificateHistory = {
  versions: operation({ reach: 'project', scope: 'projects:read', projects: 'id' })
    .meta({
      rest: {
        method: 'GET',
        path: '/projects/{id}/certificate/versions',
        summary: 'List all versions of the certificate, newest first, without keys',
      },
    })
    .input(z.object({ id, limit: z.coerce.number().int().min(1).max(500).default(100) }))
    .output(z.object({ versions: z.array(CertificateVersionSchema), total: z.int() }))
    .query(({ ctx, input }) => ctx.engine.history.versions(input.id, input.limit)),

  chain: operation({ reach: 'project', scope: 'projects:read', projects: 'id' })
    .meta({
      rest: {
        method: 'GET',
        path: '/projects/{id}/certificate/chain',
        summary: 'Get the certificate chain, leaf first, with details and PEM of each certificate',
      },
    })
    .input(
      z.object({
        id,
        version: z.string().min(1).max(64).optional().meta({ description: 'Default: the active version' }),
      }),
    )
    .output(z.object({ chain: z.array(ChainLinkSchema) }))
    .query(async ({ ctx, input }) => ({ chain: await ctx.engine.history.chain(input.id, input.version) })),

  details: operation({ reach: 'project', scope: 'projects:read', projects: 'id' })
    .meta({
      rest: {
        method: 'GET',
        path: '/projects/{id}/certificate/details',
        summary:
          'Get the issuance settings of the certificate: CA, validation method, key and account, without secrets',
      },
    })
    .input(z.object({ id }))
    .output(CertificateDetailsSchema.nullable())
    .query(({ ctx, input }) => ctx.engine.history.details(input.id)),

  lastRequest: operation({ reach: 'project', scope: 'projects:read', projects: 'id' })
    .meta({
      rest: {
        method: 'GET',
        path: '/projects/{id}/certificate/last-request',
        summary:
          'Get the request for the certificate, or for the last attempt if there is none, without secrets',
      },
    })
    .input(z.object({ id }))
    .output(LastRequestSchema)
    .query(({ ctx, input }) => ctx.engine.history.lastRequest(input.id)),

  restore: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/certificate/restore',
        summary: 'Restore a certificate that was removed in the last 30 days',
      },
      cli: [{ verb: 'restore', args: [PROJECT], columns: CERTIFICATE_COLUMNS }],
      checkedAs: withOtherNames,
    })
    .input(RestoreInput)
    .output(z.object({ success: z.literal(true), certificate: CertificateSchema }))
    .mutation(async ({ ctx, input }) => ({
      success: true as const,
      certificate: await ctx.engine.history.restore(input.id, input.body?.versionId),
    })),
};
