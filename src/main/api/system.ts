// What Certdesk is and supports: CAs, DNS providers, health.
import { z } from 'zod';
import { CaAccountSchema, CaProfileSchema } from '../../shared/ca-account.ts';
import { ExternalAccountSchema } from '../../shared/certificate.ts';
import { DiagnosticsSchema } from '../../shared/diagnostics.ts';
import { DnsProviderSchema } from '../../shared/dns-credential.ts';
import { openOperation, operation, router } from './trpc.ts';

const CaSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    directoryUrl: z.string(),
    stagingUrl: z.string().nullable(),
    needsEab: z.boolean(),
    website: z.string(),
    docs: z.string(),
  })
  .meta({ id: 'CertificateAuthority' });

export const system = router({
  cas: operation({ reach: 'project', scope: 'projects:read', projects: 'none' })
    .meta({
      rest: {
        method: 'GET',
        path: '/cas',
        summary: 'CAs that are known; obtain takes any directory URL too',
      },
    })
    .output(z.object({ cas: z.array(CaSchema) }))
    .query(({ ctx }) => ({ cas: [...ctx.engine.cas()] })),

  caAccounts: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: { method: 'GET', path: '/ca-accounts', summary: 'Accounts at CAs (never their keys)' },
    })
    .output(z.object({ accounts: z.array(CaAccountSchema) }))
    .query(async ({ ctx }) => {
      return { accounts: [...(await ctx.engine.caAccounts())] };
    }),

  changeAccountKey: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/ca-accounts/{id}/change-key',
        summary: 'Give an account at a CA a new key (RFC 8555 section 7.3.5); its address stays',
      },
    })
    .input(z.object({ id: z.string().min(1).max(64), body: z.strictObject({}).optional() }))
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.changeAccountKey(input.id);
      return { success: true as const, message: 'The account has a new key' };
    }),

  replaceAccount: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/ca-accounts/{id}/replace',
        summary: 'Register a new account in place of one that was deactivated at its CA',
      },
    })
    .input(
      z.object({
        id: z.string().min(1).max(64),
        body: z
          .strictObject({ eab: ExternalAccountSchema.optional().meta({ reach: 'installation' }) })
          .optional(),
      }),
    )
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.replaceAccount(input.id, input.body?.eab ?? null);
      return { success: true as const, message: 'The account was replaced' };
    }),

  caProfiles: operation({ reach: 'project', scope: 'projects:read', projects: 'none' })
    .meta({
      rest: {
        method: 'GET',
        path: '/cas/{ca}/profiles',
        summary: 'Certificate profiles that a known CA offers (draft-ietf-acme-profiles)',
      },
    })
    .input(
      z.object({
        ca: z.string().min(1).max(100),
        staging: z.enum(['true', 'false']).default('false').meta({ description: 'Of its staging directory' }),
      }),
    )
    .output(z.object({ profiles: z.array(CaProfileSchema) }))
    .query(async ({ ctx, input: { ca, staging } }) => ({
      profiles: [...(await ctx.engine.caProfiles({ ca, staging: staging === 'true' }))],
    })),

  dnsProviders: operation({ reach: 'project', scope: 'projects:read', projects: 'none' })
    .meta({
      rest: {
        method: 'GET',
        path: '/dns-providers',
        summary: 'DNS providers and the fields that each wants',
      },
    })
    .output(z.object({ dnsProviders: z.array(DnsProviderSchema) }))
    .query(async ({ ctx }) => ({
      // Lists are read-only by the engine's types, and not by zod's: the schema copies them.
      dnsProviders: z.array(DnsProviderSchema).parse(await ctx.engine.dnsProviders()),
    })),

  diagnostics: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'GET',
        path: '/diagnostics',
        summary: 'Versions, listeners, sizes, numbers and error codes, for a report; no secret and no domain',
      },
    })
    .output(DiagnosticsSchema)
    .query(({ ctx }) => ctx.engine.diagnostics()),

  signInCommand: openOperation
    .meta({
      rest: {
        method: 'GET',
        path: '/sign-in-command',
        summary: 'The shell command that prints a sign-in link on the machine of this server',
      },
    })
    .output(z.object({ command: z.string() }).meta({ id: 'SignInCommand' }))
    .query(({ ctx }) => ({ command: ctx.engine.signInCommand() })),

  health: openOperation
    .meta({ rest: { method: 'GET', path: '/health', summary: 'Whether Certdesk works' } })
    .output(
      z
        .object({ ok: z.boolean(), secretStore: z.enum(['keychain', 'sealed-file', 'unavailable']) })
        .meta({ id: 'Health' }),
    )
    .query(({ ctx }) => ctx.health({ fresh: ctx.principal !== null })),
});
