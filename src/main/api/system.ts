// What Certdesk is and supports: CAs, DNS providers, health.
import { z } from 'zod';
import { CaAccountSchema } from '../../shared/ca-account.ts';
import { DiagnosticsSchema } from '../../shared/diagnostics.ts';
import { DnsProviderSchema } from '../../shared/dns-credential.ts';
import { openOperation, operation, requireAllProjects, router } from './trpc.ts';

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
  cas: operation('projects:read')
    .meta({
      rest: {
        method: 'GET',
        path: '/cas',
        summary: 'CAs that are known; obtain takes any directory URL too',
      },
    })
    .output(z.object({ cas: z.array(CaSchema) }))
    .query(({ ctx }) => ({ cas: [...ctx.engine.cas()] })),

  caAccounts: operation('projects:read')
    .meta({
      rest: { method: 'GET', path: '/ca-accounts', summary: 'Accounts at CAs (never their keys)' },
    })
    .output(z.object({ accounts: z.array(CaAccountSchema) }))
    .query(async ({ ctx }) => {
      requireAllProjects(ctx.principal);
      return { accounts: [...(await ctx.engine.caAccounts())] };
    }),

  dnsProviders: operation('projects:read')
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

  diagnostics: operation('projects:read')
    .meta({
      rest: {
        method: 'GET',
        path: '/diagnostics',
        summary: 'Versions, listeners, sizes, numbers and error codes, for a report; no secret and no domain',
      },
    })
    .output(DiagnosticsSchema)
    .query(({ ctx }) => {
      requireAllProjects(ctx.principal);
      return ctx.engine.diagnostics();
    }),

  health: openOperation
    .meta({ rest: { method: 'GET', path: '/health', summary: 'Whether Certdesk works' } })
    .output(
      z
        .object({ ok: z.boolean(), secretStore: z.enum(['keychain', 'sealed-file', 'unavailable']) })
        .meta({ id: 'Health' }),
    )
    .query(({ ctx }) => ctx.health()),
});
