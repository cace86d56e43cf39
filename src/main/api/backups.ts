// Operations on backups of the installation. Tokens may not call those that take paths or passphrases.
import { z } from 'zod';
import {
  BackupListSchema,
  BackupPassphraseSchema,
  BackupSchema,
  CheckBackupSchema,
  CheckedBackupSchema,
  RestoreBegunSchema,
  VerifiedBackupSchema,
} from '../../shared/backup.ts';
import { actorOf } from './context.ts';
import { operation, router } from './trpc.ts';

export const backups = router({
  list: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: { method: 'GET', path: '/backups', summary: 'List backups, with the time of the next one' },
    })
    .output(BackupListSchema)
    .query(({ ctx }) => ctx.engine.backups.list()),

  create: operation({ reach: 'installation', scope: 'admin' })
    .meta({ rest: { method: 'POST', path: '/backups', summary: 'Create a backup', status: 201 } })
    .input(z.object({ body: z.strictObject({}).optional() }))
    .output(BackupSchema)
    .mutation(({ ctx }) => ctx.engine.backups.create()),

  verify: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/backups/{name}/verify',
        summary: 'Check that a backup can be restored',
      },
    })
    .input(z.object({ name: z.string().min(1).max(200), body: z.strictObject({}).optional() }))
    .output(VerifiedBackupSchema)
    .mutation(({ ctx, input }) => ctx.engine.backups.verify(input.name)),

  check: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/backups/check',
        summary: "Inspect a backup file on the server's machine and check that it can be restored",
      },
    })
    .input(z.object({ body: CheckBackupSchema }))
    .output(CheckedBackupSchema)
    .mutation(({ ctx, input }) => ctx.engine.backups.check(input.body)),

  restore: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/backups/restore',
        summary: "Restore a backup file on the server's machine and restart Certdesk with it",
      },
    })
    .input(z.object({ body: CheckBackupSchema }))
    .output(RestoreBegunSchema)
    .mutation(({ ctx: { engine, principal, address }, input }) =>
      engine.restores.begin(input.body, actorOf(principal, address)),
    ),

  setPassphrase: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/backups/passphrase',
        summary: 'Set the passphrase for future backups',
      },
    })
    .input(z.object({ body: BackupPassphraseSchema }))
    .output(z.object({ passphraseSet: z.literal(true) }))
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.backups.setPassphrase(input.body.passphrase);
      return { passphraseSet: true };
    }),
});
