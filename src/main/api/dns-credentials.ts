// Operations on saved DNS credentials. Secret values are write-only. A token that is limited to projects sees the
// credentials that its projects may use.
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
/** The time limit of a test, in milliseconds. A test also ends if the caller disconnects. */
const TEST_MS = 60_000;

const within = (signal: AbortSignal | undefined): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(TEST_MS), ...(signal === undefined ? [] : [signal])]);

/** Adds the stored provider to the input, because the reach of a request depends on the provider. */
const withProvider: Meta['checkedAs'] = async ({ dnsCredentials }, input) => {
  const provider = await dnsCredentials.providerOf(String(input.credentialId));
  return { ...input, provider, body: { ...Object(input.body), provider } };
};

/** A test of a saved acme.sh credential runs its script, so its reach is larger. */
const needOfTest = (input: unknown): Need | null => needOfCredentials(Object(input).provider, {});

export const dnsCredentials = router({
  list: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: {
        method: 'GET',
        path: '/dns-credentials',
        summary: 'List saved DNS credentials, without their values',
      },
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
        summary: 'Get a saved DNS credential and the projects that use it',
      },
    })
    .input(z.object({ credentialId }))
    .output(DnsCredentialSchema)
    .query(({ ctx, input }) => ctx.engine.dnsCredentials.get(input.credentialId, ctx.principal.projectIds)),

  create: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: { method: 'POST', path: '/dns-credentials', summary: 'Save a DNS credential', status: 201 },
    })
    .input(z.object({ body: CreateDnsCredentialSchema }))
    .output(DnsCredentialSchema)
    .mutation(({ ctx, input }) => ctx.engine.dnsCredentials.create(input.body)),

  update: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'PATCH',
        path: '/dns-credentials/{credentialId}',
        summary: 'Change the name, limits or values of a saved DNS credential',
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
        summary: 'Delete a saved DNS credential that is not in use',
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
        summary: 'Test a saved DNS credential: create and remove a TXT record',
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
        summary: 'Test DNS credentials without saving them',
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
