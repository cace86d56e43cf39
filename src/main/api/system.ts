// Operations on the installation: CAs and their accounts, DNS providers, diagnostics, health.
import { z } from 'zod';
import { AccountRecordsSchema, CaAccountSchema, CaProfileSchema } from '../../shared/ca-account.ts';
import { CaCapabilitiesSchema } from '../../shared/ca-capabilities.ts';
import { ExternalAccountSchema } from '../../shared/certificate.ts';
import { DiagnosticsSchema } from '../../shared/diagnostics.ts';
import { DnsProviderSchema } from '../../shared/dns-credential.ts';
import { HttpsHealthSchema, HttpsStateSchema } from '../../shared/https.ts';
import { TimeZoneSchema } from '../../shared/settings.ts';
import { capabilitiesOf } from '../engine/acme/capabilities.ts';
import { httpsHealth } from '../engine/https/https.ts';
import { openOperation, operation, router } from './trpc.ts';

const CaSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    directoryUrl: z.string(),
    stagingUrl: z.string().nullable(),
    needsEab: z.boolean(),
    ipProfile: z.string().nullable().meta({
      description: 'The profile that the CA demands for IP addresses; null if it demands none',
    }),
    website: z.string(),
    docs: z.string(),
    capabilities: CaCapabilitiesSchema.nullable().meta({ description: 'What it can issue; null if unknown' }),
  })
  .meta({ id: 'CertificateAuthority' });

export const system = router({
  cas: operation({ reach: 'project', scope: 'projects:read', projects: 'none' })
    .meta({
      rest: {
        method: 'GET',
        path: '/cas',
        summary: 'List built-in CAs; obtain also accepts any ACME directory URL',
      },
    })
    .output(z.object({ cas: z.array(CaSchema) }))
    .query(({ ctx }) => {
      const cas = ctx.engine.cas();
      return { cas: cas.map((ca) => ({ ...ca, capabilities: capabilitiesOf(ca.directoryUrl) })) };
    }),

  caAccounts: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: { method: 'GET', path: '/ca-accounts', summary: 'List ACME accounts, without their keys' },
    })
    .output(z.object({ accounts: z.array(CaAccountSchema) }))
    .query(async ({ ctx }) => {
      return { accounts: [...(await ctx.engine.caAccounts())] };
    }),

  accountRecords: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'GET',
        path: '/ca-accounts/{id}/records',
        summary: 'List DNS records that name an ACME account and must be replaced with it',
      },
    })
    .input(z.object({ id: z.string().min(1).max(64) }))
    .output(AccountRecordsSchema)
    .query(({ ctx, input }) => ctx.engine.caAccountRecords(input.id)),

  changeAccountKey: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/ca-accounts/{id}/change-key',
        summary: 'Roll over the key of an ACME account (RFC 8555 section 7.3.5)',
      },
    })
    .input(z.object({ id: z.string().min(1).max(64), body: z.strictObject({}).optional() }))
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.changeAccountKey(input.id);
      return { success: true as const, message: 'Account key changed' };
    }),

  replaceAccount: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/ca-accounts/{id}/replace',
        summary: 'Replace an account that the CA deactivated with a new one',
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
      return { success: true as const, message: 'Account replaced' };
    }),

  caProfiles: operation({ reach: 'project', scope: 'projects:read', projects: 'none' })
    .meta({
      rest: {
        method: 'GET',
        path: '/cas/{ca}/profiles',
        summary: 'List the certificate profiles of a built-in CA (draft-ietf-acme-profiles)',
      },
    })
    .input(
      z.object({
        ca: z.string().min(1).max(100),
        staging: z
          .enum(['true', 'false'])
          .default('false')
          .meta({ description: 'List the profiles of the staging directory instead' }),
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
        summary: 'List DNS providers and the credential fields that each requires',
      },
    })
    .output(z.object({ dnsProviders: z.array(DnsProviderSchema) }))
    .query(async ({ ctx }) => ({
      // The engine's types have read-only arrays and zod's do not, so parse() makes a copy.
      dnsProviders: z.array(DnsProviderSchema).parse(await ctx.engine.dnsProviders()),
    })),

  diagnostics: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'GET',
        path: '/diagnostics',
        summary:
          'Get diagnostics for a bug report: versions, listeners, sizes, counts and error codes, without secrets or domains',
      },
    })
    .output(DiagnosticsSchema)
    .query(({ ctx }) => ctx.engine.diagnostics()),

  signInCommand: openOperation
    .meta({
      rest: {
        method: 'GET',
        path: '/sign-in-command',
        summary: "Get the shell command that prints a sign-in link on the server's machine",
      },
    })
    .output(z.object({ command: z.string() }).meta({ id: 'SignInCommand' }))
    .query(({ ctx }) => ({ command: ctx.engine.signInCommand() })),

  health: openOperation
    .meta({
      rest: {
        method: 'GET',
        path: '/health',
        summary: 'Check the health of the server and its secret store',
      },
    })
    .output(
      z
        .object({
          ok: z.boolean(),
          secretStore: z.enum(['keychain', 'sealed-file', 'unavailable']),
          https: HttpsHealthSchema.nullable().meta({
            description: 'Null if the API is served by plain HTTP',
          }),
        })
        .meta({ id: 'Health' }),
    )
    .query(async ({ ctx }) => ({
      ...(await ctx.health({ fresh: ctx.principal !== null })),
      https: httpsHealth(ctx.engine.https.state()),
    })),

  timeZone: operation({ reach: 'project', scope: 'projects:read', projects: 'none' })
    .meta({
      rest: {
        method: 'GET',
        path: '/time-zone',
        summary: 'Get the time zone of times in the GUI, messages and schedules',
      },
    })
    .output(TimeZoneSchema)
    .query(({ ctx }) => ctx.engine.settings.timeZone()),

  https: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'GET',
        path: '/https',
        summary: 'Get the certificate that the server uses for its own HTTPS, and problems with it',
      },
    })
    .output(z.object({ https: HttpsStateSchema.nullable() }))
    .query(({ ctx }) => ({ https: ctx.engine.https.state() })),
});
