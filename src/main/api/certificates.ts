// The operations of docs/certificates-api.txt, and the additions of docs/rest-api.md under …/certificate.
import { z } from 'zod';
import {
  CertificateSchema,
  KeyPairRequestSchema,
  ObtainedSchema,
  ObtainRequestSchema,
  RenewedSchema,
  RevokeRequestSchema,
  StatusSchema,
  UploadedSchema,
  ValidationSchema,
} from '../../shared/certificate.ts';
import { AcceptedSchema } from '../../shared/job.ts';
import { FlagSchema, ProjectIdSchema } from '../../shared/project.ts';
import type { Call, Outcome } from '../engine/issuance/service.ts';
import { EXPORT_FORMATS, holdsKey } from '../engine/pki/export.ts';
import { acknowledgement } from './acknowledgement.ts';
import {
  EXPORT_COMMAND,
  FETCH_COMMAND,
  OBTAIN_COMMAND,
  REMOVE_COMMAND,
  RENEW_COMMAND,
  REVOKE_COMMAND,
  UPLOAD_COMMAND,
} from './certificate-commands.ts';
import { certificateHistory } from './certificate-history.ts';
import type { Context, Principal } from './context.ts';
import { reachability } from './reachability.ts';
import { type Meta, operation, router } from './trpc.ts';

const id = ProjectIdSchema;
const success = z.literal(true);

const ObtainAnswer = z.object({ success, certificate: ObtainedSchema, dryRun: z.literal(true).optional() });
const RenewAnswer = z.object({ success, certificate: RenewedSchema });
const MessageAnswer = z.object({ success, message: z.string() });
const RevokeAnswer = MessageAnswer.extend({
  certificate: RenewedSchema.optional().meta({
    description: 'The replacement, if the request had `replace`',
  }),
});

const FileSchema = z.object({ body: z.string(), contentType: z.string(), filename: z.string() });

function callOf(ctx: Context & { readonly principal: Principal }): Call {
  const key = ctx.idempotencyKey;
  return {
    by: ctx.principal.id,
    respondAsync: ctx.respondAsync,
    // A key is scoped to the caller: two tokens may use the same one.
    idempotencyKey: key === null ? null : `${ctx.principal.id}:${key}`,
  };
}

/** @returns the job if the request did not wait for it, else the stored result, validated again */
function answer<T extends z.ZodType>(outcome: Outcome, schema: T) {
  if (!outcome.done) return { success: true as const, job: outcome.job };
  return schema.parse({ success: true, ...(outcome.result as object) });
}

const ExportSchema = z
  .strictObject({
    format: z.enum(EXPORT_FORMATS).default('fullchain').meta({
      description:
        'pem and der: the leaf certificate; chain: the intermediates; fullchain: leaf and intermediates; pfx: PKCS#12 with leaf, intermediates and private key; pfx-certs: PKCS#12 without the private key; key: the private key; combined: private key, leaf and intermediates as one PEM; zip: fullchain, key and combined with a README',
      reach: 'project',
    }),
    password: z
      .string()
      .max(1024)
      .optional()
      .meta({ description: 'Required for pfx: at least 8 characters', reach: 'project' }),
    legacy: FlagSchema.optional().meta({
      description:
        'Encrypt the PFX with 3DES and SHA-1 for old software: Windows before 10 (1709), Java before 8u301',
      reach: 'project',
    }),
  })
  .meta({ id: 'ExportRequest' });

/**
 * Whether a request, before validation, asks for a private key. Such requests are recorded even if they are refused.
 */
function asksForKey({ format }: { readonly format?: unknown }): boolean {
  return EXPORT_FORMATS.some((known) => known === format && holdsKey(known));
}

function bodyAsksForKey({ body }: { readonly body?: unknown }): boolean {
  return typeof body === 'object' && body !== null && asksForKey(body);
}

async function exported(
  ctx: Context & { readonly principal: Principal },
  projectId: string,
  options: z.infer<typeof ExportSchema>,
): Promise<z.infer<typeof FileSchema>> {
  const file = await ctx.engine.certificates.download(projectId, { ...options, by: ctx.principal.name });
  return { ...file, body: file.body.toString('base64') };
}

/** Adds whether issuance would use the machine's AWS role, which the request itself does not say. */
const withMachineRole: Meta['checkedAs'] = async ({ issuance }, input) => {
  const { id, body } = ObtainInput.parse(input);
  return { ...input, body: { ...Object(input.body), machineRole: await issuance.usesMachineRole(id, body) } };
};

const ObtainInput = z.object({ id, body: ObtainRequestSchema });

const KeyPairFileSchema = FileSchema.extend({ body: z.string().nullable(), etag: z.string() });

export const certificates = router({
  ...certificateHistory,
  ...acknowledgement,
  ...reachability,

  get: operation({ reach: 'project', scope: 'projects:read', projects: 'id' })
    .meta({
      rest: { method: 'GET', path: '/projects/{id}/certificate', summary: 'Get certificate' },
    })
    .input(z.object({ id }))
    .output(CertificateSchema.nullable())
    .query(({ ctx, input }) => ctx.engine.certificates.get(input.id)),

  status: operation({ reach: 'project', scope: 'projects:read', projects: 'id' })
    .meta({
      rest: {
        method: 'GET',
        path: '/projects/{id}/certificate/status',
        summary: 'Get certificate status',
      },
    })
    .input(z.object({ id }))
    .output(StatusSchema.nullable())
    .query(({ ctx, input }) => ctx.engine.certificates.status(input.id)),

  obtain: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/certificate/obtain',
        summary: 'Obtain certificate by ACME',
        job: true,
      },
      cli: [OBTAIN_COMMAND],
      checkedAs: withMachineRole,
    })
    .input(ObtainInput)
    .output(z.union([ObtainAnswer, AcceptedSchema]))
    .mutation(async ({ ctx, input }) =>
      answer(await ctx.engine.issuance.obtain(input.id, input.body, callOf(ctx)), ObtainAnswer),
    ),

  upload: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/certificate/upload',
        summary: 'Upload custom certificate',
      },
      cli: [UPLOAD_COMMAND],
    })
    .input(z.object({ id, body: KeyPairRequestSchema }))
    .output(z.object({ success, certificate: UploadedSchema }))
    .mutation(async ({ ctx, input, signal }) => {
      const by = { owner: ctx.principal.id, signal };
      return {
        success: true as const,
        certificate: await ctx.engine.certificates.upload(input.id, input.body, by),
      };
    }),

  validate: operation({ reach: 'project', scope: 'projects:read', projects: 'id' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/certificate/validate',
        summary: 'Validate certificate and key without storing them',
      },
      audit: false,
    })
    .input(z.object({ id, body: KeyPairRequestSchema }))
    .output(ValidationSchema)
    .mutation(({ ctx, input, signal }) =>
      ctx.engine.certificates.validate(input.id, input.body, { owner: ctx.principal.id, signal }),
    ),

  validateFiles: operation({ reach: 'project', scope: 'projects:write', projects: 'all' })
    .meta({
      rest: {
        method: 'POST',
        path: '/certificates/validate',
        summary: 'Validate certificate and key that have no project, without storing them',
      },
      audit: false,
    })
    .input(z.object({ body: KeyPairRequestSchema }))
    .output(ValidationSchema)
    .mutation(({ ctx, input, signal }) =>
      ctx.engine.certificates.validateFiles(input.body, { owner: ctx.principal.id, signal }),
    ),

  renew: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/certificate/renew',
        summary: 'Renew certificate',
        job: true,
      },
      cli: [RENEW_COMMAND],
    })
    .input(z.object({ id, body: z.strictObject({}).optional() }))
    .output(z.union([RenewAnswer, AcceptedSchema]))
    .mutation(async ({ ctx, input }) =>
      answer(await ctx.engine.issuance.renew(input.id, callOf(ctx)), RenewAnswer),
    ),

  revoke: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/certificate/revoke',
        summary: 'Revoke certificate',
        job: true,
      },
      cli: [REVOKE_COMMAND],
    })
    .input(z.object({ id, body: RevokeRequestSchema.optional() }))
    .output(z.union([RevokeAnswer, AcceptedSchema]))
    .mutation(async ({ ctx, input }) => {
      const body = input.body ?? { reason: 'unspecified' as const };
      return answer(await ctx.engine.issuance.revoke(input.id, body, callOf(ctx)), RevokeAnswer);
    }),

  remove: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: { method: 'DELETE', path: '/projects/{id}/certificate', summary: 'Remove certificate' },
      cli: [REMOVE_COMMAND],
    })
    .input(z.object({ id, body: z.strictObject({}).optional() }))
    .output(MessageAnswer)
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.certificates.remove(input.id);
      return { success: true as const, message: 'Certificate removed' };
    }),

  setAutoRenew: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: { method: 'PATCH', path: '/projects/{id}/certificate', summary: 'Turn auto-renewal on or off' },
    })
    .input(z.object({ id, body: z.strictObject({ autoRenew: z.boolean().meta({ reach: 'project' }) }) }))
    .output(CertificateSchema)
    .mutation(({ ctx, input }) => ctx.engine.certificates.setAutoRenew(input.id, input.body.autoRenew)),

  download: operation({ reach: 'project', scope: 'projects:read', projects: 'id' })
    .meta({
      rest: {
        method: 'GET',
        path: '/projects/{id}/certificate/download',
        summary:
          'Download certificate as a file; key, combined, pfx and zip contain the private key and need projects:write',
        form: 'file',
        // Not in the query, because URLs end up in logs.
        headers: { 'certdesk-export-password': 'password' },
      },
      audit: asksForKey,
      exportsKey: asksForKey,
    })
    .input(z.object({ id, ...ExportSchema.shape }))
    .output(FileSchema)
    .query(({ ctx, input: { id, ...options } }) => exported(ctx, id, options)),

  fetchKeyPair: operation({ reach: 'project', scope: 'certificates:download', projects: 'id' })
    .meta({
      rest: {
        method: 'GET',
        path: '/projects/{id}/certificate/key-pair',
        summary:
          'Fetch the certificate, its chain and the private key as one PEM file, if it has changed (If-None-Match)',
        form: 'file',
        headers: { 'if-none-match': 'ifNoneMatch' },
      },
      cli: [FETCH_COMMAND],
      audit: 'failures',
      exportsKey: () => true,
    })
    .input(z.object({ id, ifNoneMatch: z.string().max(4_000).optional() }))
    .output(KeyPairFileSchema)
    .query(async ({ ctx, input: { id: projectId, ifNoneMatch } }) => {
      const by = ctx.principal.name;
      const file = await ctx.engine.certificates.fetchKeyPair(projectId, { by, ifNoneMatch });
      return { ...file, body: file.body?.toString('base64') ?? null };
    }),

  export: operation({ reach: 'project', scope: 'projects:read', projects: 'id' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/certificate/export',
        summary:
          'Download certificate as a file, with the password in the body, where it may contain any character',
        form: 'file',
      },
      cli: [EXPORT_COMMAND],
      audit: bodyAsksForKey,
      exportsKey: bodyAsksForKey,
    })
    .input(z.object({ id, body: ExportSchema }))
    .output(FileSchema)
    .mutation(({ ctx, input }) => exported(ctx, input.id, input.body)),
});
