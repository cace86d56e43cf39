// Operations on hosts. A signed-in person defines them and accepts their keys; tokens with the scope admin read them.
import { z } from 'zod';
import {
  CreateHostSchema,
  HostIdSchema,
  HostSchema,
  HostTestSchema,
  KnownHostKeysSchema,
  KnownHostsMatchSchema,
  MatchKnownHostsSchema,
  ReadKnownHostsSchema,
  ScanKeysSchema,
  ScannedKeysSchema,
  TagPreviewRequestSchema,
  TagPreviewSchema,
  UpdateHostSchema,
} from '../../shared/host.ts';
import { HostImportPreviewSchema, ImportedHostsSchema, ImportHostsSchema } from '../../shared/host-import.ts';
import { SCRIPT } from '../engine/deploy/remote/script-text.ts';
import { matchKnownHosts, readKnownHosts } from '../engine/hosts/known-hosts.ts';
import { HOST, IMPORT_HOSTS } from './cli-parts.ts';
import { operation, router } from './trpc.ts';

const hostId = HostIdSchema;

/** The time limit of a test, in milliseconds. A test also ends if the caller disconnects. */
const TEST_MS = 60_000;

export const within = (signal: AbortSignal | undefined): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(TEST_MS), ...(signal === undefined ? [] : [signal])]);

export const hosts = router({
  list: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: { method: 'GET', path: '/hosts', summary: 'List the hosts on which certificates are installed' },
      cli: [
        {
          verb: 'hosts',
          summary: 'list the hosts on which certificates are installed',
          rows: 'hosts',
          columns: [
            { title: 'Name', field: 'name' },
            { title: 'Address', field: 'address' },
            { title: 'Tags', field: 'tags' },
            { title: 'Deployments', field: 'deployments' },
            { title: 'Last contact', field: 'lastContactAt', as: 'time' },
            { title: 'Error', field: 'lastError' },
          ],
        },
      ],
    })
    .output(z.object({ hosts: z.array(HostSchema) }))
    .query(async ({ ctx }) => ({ hosts: [...(await ctx.engine.hosts.list())] })),

  get: operation({ reach: 'installation', scope: 'admin' })
    .meta({ rest: { method: 'GET', path: '/hosts/{hostId}', summary: 'Get a host' } })
    .input(z.object({ hostId }))
    .output(HostSchema)
    .query(({ ctx, input }) => ctx.engine.hosts.get(input.hostId)),

  create: operation({ reach: 'system' })
    .meta({ rest: { method: 'POST', path: '/hosts', summary: 'Add a host', status: 201 } })
    .input(z.object({ body: CreateHostSchema }))
    .output(HostSchema)
    .mutation(({ ctx, input }) => ctx.engine.hosts.create(input.body)),

  update: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'PATCH',
        path: '/hosts/{hostId}',
        summary:
          'Change a host, accept its keys, or set its tags. Deployments that select a new tag then deploy to it',
      },
    })
    .input(z.object({ hostId, body: UpdateHostSchema }))
    .output(HostSchema)
    .mutation(({ ctx, input }) => ctx.engine.hosts.update(input.hostId, input.body)),

  remove: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'DELETE',
        path: '/hosts/{hostId}',
        summary: 'Remove a host that no deployment names. Files that were installed there stay',
      },
    })
    .input(z.object({ hostId, body: z.strictObject({}).optional() }))
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.hosts.remove(input.hostId);
      return { success: true as const, message: 'Host removed' };
    }),

  test: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/hosts/{hostId}/test',
        summary: 'Test a host: connection, key, shell, rights and clock. Changes nothing',
      },
      cli: [
        {
          verb: 'hosts test',
          summary: 'test a host: connection, key, shell, rights and clock',
          args: [HOST],
          view: 'host-test',
          rows: 'checks',
          columns: [
            { title: 'Check', field: 'check' },
            { title: 'State', field: 'state', as: 'state' },
            { title: 'Message', field: 'message' },
          ],
        },
      ],
    })
    .input(z.object({ hostId, body: z.strictObject({}).optional() }))
    .output(HostTestSchema)
    .mutation(({ ctx, input, signal }) => ctx.engine.hostTests.testHost(input.hostId, within(signal))),

  scanKeys: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/hosts/scan-keys',
        summary: 'Read the keys of a host for the first contact. A person compares and accepts them',
      },
    })
    .input(z.object({ body: ScanKeysSchema }))
    .output(ScannedKeysSchema)
    .mutation(({ ctx, input, signal }) => ctx.engine.hostTests.scanKeys(input.body, within(signal))),

  readKnownHosts: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/hosts/known-hosts',
        summary: 'Find the keys of a host in an OpenSSH known_hosts file. A person accepts them',
      },
    })
    .input(z.object({ body: ReadKnownHostsSchema }))
    .output(KnownHostKeysSchema)
    .mutation(({ input }) => readKnownHosts(input.body)),

  matchKnownHosts: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/hosts/known-hosts/match',
        summary: 'Find the keys of all saved hosts in an OpenSSH known_hosts file. A person accepts them',
      },
    })
    .input(z.object({ body: MatchKnownHostsSchema }))
    .output(KnownHostsMatchSchema)
    .mutation(async ({ ctx, input }) => matchKnownHosts(input.body.text, await ctx.engine.hosts.list())),

  previewImport: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/hosts/import/preview',
        summary:
          'Preview the hosts that a known_hosts file or an Ansible inventory would add, without adding them',
      },
      cli: [IMPORT_HOSTS],
      audit: false,
    })
    .input(z.object({ body: ImportHostsSchema }))
    .output(HostImportPreviewSchema)
    .mutation(({ ctx, input, signal }) =>
      ctx.engine.hostImports.preview(input.body, { owner: ctx.principal.id, signal }),
    ),

  import: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/hosts/import',
        summary: 'Add the hosts of a known_hosts file or an Ansible inventory. Saved hosts stay as they are',
      },
    })
    .input(z.object({ body: ImportHostsSchema }))
    .output(ImportedHostsSchema)
    .mutation(({ ctx, input, signal }) =>
      ctx.engine.hostImports.import(input.body, { owner: ctx.principal.id, signal }),
    ),

  helper: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'GET',
        path: '/deploy-helper',
        form: 'text',
        summary: 'Download the helper certdesk-deploy, which hosts with sudo need',
      },
      cli: [
        {
          verb: 'hosts helper',
          summary: 'print the helper certdesk-deploy, which hosts with sudo need',
          examples: [['hosts helper --output certdesk-deploy', 'saves it as a file']],
        },
      ],
    })
    .output(z.object({ contentType: z.string(), body: z.string() }))
    .query(() => ({ contentType: 'text/x-shellscript; charset=utf-8', body: SCRIPT })),

  previewTags: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/hosts/preview-tags',
        summary: 'List the deployments, and the private keys, that a host would receive with other tags',
      },
      audit: false,
    })
    .input(z.object({ body: TagPreviewRequestSchema }))
    .output(TagPreviewSchema)
    .mutation(({ ctx, input }) => ctx.engine.previewTags(input.body.hostId, input.body.tags)),
});
