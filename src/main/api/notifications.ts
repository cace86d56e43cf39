// Operations on notification channels. Channels belong to the installation, so a token that is limited to projects has
// no access. Passwords, webhook URLs and tokens are write-only.
import { z } from 'zod';
import {
  ChannelSchema,
  ChannelTestSchema,
  CreateChannelSchema,
  CreatedChannelSchema,
  DeliverySchema,
  UpdateChannelSchema,
} from '../../shared/notification.ts';
import { operation, router } from './trpc.ts';

const channelId = z.string().min(1).max(64);
/** The time limit of a test, in milliseconds. A test also ends if the caller disconnects. */
const TEST_MS = 60_000;

export const notifications = router({
  list: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'GET',
        path: '/notifications',
        summary: 'List notification channels, without their secrets',
      },
    })
    .output(z.object({ channels: z.array(ChannelSchema) }))
    .query(async ({ ctx }) => {
      return { channels: [...(await ctx.engine.notifications.list())] };
    }),

  create: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: { method: 'POST', path: '/notifications', summary: 'Create a notification channel', status: 201 },
    })
    .input(z.object({ body: CreateChannelSchema }))
    .output(CreatedChannelSchema)
    .mutation(({ ctx, input }) => ctx.engine.notifications.create(input.body)),

  update: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'PATCH',
        path: '/notifications/{channelId}',
        summary: 'Change a notification channel; omitted secrets stay unchanged',
      },
    })
    .input(z.object({ channelId, body: UpdateChannelSchema }))
    .output(ChannelSchema)
    .mutation(({ ctx, input }) => ctx.engine.notifications.update(input.channelId, input.body)),

  remove: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'DELETE',
        path: '/notifications/{channelId}',
        summary: 'Delete a notification channel and its pending messages',
      },
    })
    .input(z.object({ channelId, body: z.strictObject({}).optional() }))
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.notifications.remove(input.channelId);
      return { success: true as const, message: 'Notification channel removed' };
    }),

  test: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/notifications/{channelId}/test',
        summary: 'Send a test message and return the answer of the receiver',
      },
    })
    .input(z.object({ channelId, body: z.strictObject({}).optional() }))
    .output(ChannelTestSchema)
    .mutation(({ ctx, input, signal }) => {
      const until = AbortSignal.any([
        AbortSignal.timeout(TEST_MS),
        ...(signal === undefined ? [] : [signal]),
      ]);
      return ctx.engine.notifications.test(input.channelId, until);
    }),

  queue: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'GET',
        path: '/notifications/queue',
        summary: 'List delivered, pending and failed messages, newest first',
      },
    })
    .input(z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }))
    .output(z.object({ deliveries: z.array(DeliverySchema) }))
    .query(async ({ ctx, input }) => {
      return { deliveries: [...(await ctx.engine.notifications.queue(input.limit))] };
    }),
});
