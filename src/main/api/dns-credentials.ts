// Named DNS credentials. Values go in and never come out. A token that is limited to projects sees those that its
// projects may use.
import { z } from 'zod';
import {
  CreateDnsCredentialSchema,
  DnsCredentialSchema,
  DnsCredentialTestSchema,
  TestDnsCredentialSchema,
  TestDnsCredentialsSchema,
  UpdateDnsCredentialSchema,
} from '../../shared/dns-credential.ts';
import { needOfCredentials } from '../../shared/dns-provider-reach.ts';
import type { Need } from '../../shared/reach.ts';
import { type Meta, operation, router } from './trpc.ts';

const credentialId = z.string().min(1).max(64);
/** A test has its own end: a caller that went away, or this. */
const TEST_MS = 60_000;

const within = (signal: AbortSignal | undefined): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(TEST_MS), ...(signal === undefined ? [] : [signal])]);

/** The provider of a saved credential decides how far a request about it reaches. */
const withProvider: Meta['checkedAs'] = async ({ dnsCredentials }, input) => {
  const provider = await dnsCredentials.providerOf(String(input.credentialId));
  return { ...input, provider, body: { ...Object(input.body), provider } };
};

/** A test of a saved acme.sh credential runs its script. */
const needOfTest = (input: unknown): Need | null => needOfCredentials(Object(input).provider, {});

export const dnsCredentials = router({
  list: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: { method: 'GET', path: '/dns-credentials', summary: 'List DNS credentials (never their values)' },
    })
    .output(z.object({ dnsCredentials: z.array(DnsCredentialSchema) }))
    .query(async ({ ctx }) => {
      return { dnsCredentials: [...(await ctx.engine.dnsCredentials.list(ctx.principal.projectIds))] };
    }),

  get: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: {
        method: 'GET',
        path: '/dns-credentials/{credentialId}',
        summary: 'A DNS credential and who uses it',
      },
    })
    .input(z.object({ credentialId }))
    .output(DnsCredentialSchema)
    .query(({ ctx, input }) => ctx.engine.dnsCredentials.get(input.credentialId, ctx.principal.projectIds)),

  create: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: { method: 'POST', path: '/dns-credentials', summary: 'Keep a DNS credential', status: 201 },
    })
    .input(z.object({ body: CreateDnsCredentialSchema }))
    .output(DnsCredentialSchema)
    .mutation(({ ctx, input }) => ctx.engine.dnsCredentials.create(input.body)),

  update: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'PATCH',
        path: '/dns-credentials/{credentialId}',
        summary: 'Rename it, change its limits, or replace its values in place',
      },
      checkedAs: withProvider,
    })
    .input(z.object({ credentialId, body: UpdateDnsCredentialSchema }))
    .output(DnsCredentialSchema)
    .mutation(({ ctx, input }) => ctx.engine.dnsCredentials.update(input.credentialId, input.body)),

  remove: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'DELETE',
        path: '/dns-credentials/{credentialId}',
        summary: 'Remove one that is not in use',
      },
    })
    .input(z.object({ credentialId, body: z.strictObject({}).optional() }))
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.dnsCredentials.remove(input.credentialId);
      return { success: true as const, message: 'DNS credential removed' };
    }),

  test: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/dns-credentials/{credentialId}/test',
        summary: 'Prove it by writing and removing a TXT record',
      },
      checkedAs: withProvider,
    })
    .input(z.object({ credentialId, body: TestDnsCredentialSchema.optional() }).meta({ reachOf: needOfTest }))
    .output(DnsCredentialTestSchema)
    .mutation(async ({ ctx, input, signal }) => {
      const { credentialId: id, body } = input;
      return {
        success: true as const,
        ...(await ctx.engine.dnsCredentials.test(id, body?.zone, within(signal))),
      };
    }),

  tryOut: operation({ reach: 'project', scope: 'projects:write', projects: 'all' })
    .meta({
      rest: {
        method: 'POST',
        path: '/dns-credentials/test',
        summary: 'Prove credentials without keeping them',
      },
    })
    .input(z.object({ body: TestDnsCredentialsSchema }))
    .output(DnsCredentialTestSchema)
    .mutation(async ({ ctx, input, signal }) => {
      return {
        success: true as const,
        ...(await ctx.engine.dnsCredentials.tryOut(input.body, within(signal))),
      };
    }),
});
