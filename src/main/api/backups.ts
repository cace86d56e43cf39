// Backups. They are the whole installation's, so a token that is for some projects only may not touch them.
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
import { CertdeskError } from '../engine/errors.ts';
import type { Principal } from './context.ts';
import { operation, requireAllProjects, router } from './trpc.ts';

export const backups = router({
  list: operation('projects:read')
    .meta({ rest: { method: 'GET', path: '/backups', summary: 'Backups, and when the next one is due' } })
    .output(BackupListSchema)
    .query(({ ctx }) => {
      requireAllProjects(ctx.principal);
      return ctx.engine.backups.list();
    }),

  create: operation('projects:write')
    .meta({ rest: { method: 'POST', path: '/backups', summary: 'Make a backup now', status: 201 } })
    .input(z.object({ body: z.strictObject({}).optional() }))
    .output(BackupSchema)
    .mutation(({ ctx }) => {
      requireAllProjects(ctx.principal);
      return ctx.engine.backups.create();
    }),

  verify: operation('projects:write')
    .meta({
      rest: { method: 'POST', path: '/backups/{name}/verify', summary: 'Whether a backup can be restored' },
    })
    .input(z.object({ name: z.string().min(1).max(200), body: z.strictObject({}).optional() }))
    .output(VerifiedBackupSchema)
    .mutation(({ ctx, input }) => {
      requireAllProjects(ctx.principal);
      return ctx.engine.backups.verify(input.name);
    }),

  check: operation('projects:write')
    .meta({
      rest: {
        method: 'POST',
        path: '/backups/check',
        summary: 'What is in a backup file on the machine of Certdesk, and whether it can be restored',
      },
    })
    .input(z.object({ body: CheckBackupSchema }))
    .output(CheckedBackupSchema)
    .mutation(({ ctx, input }) => {
      requireAllProjects(ctx.principal);
      return ctx.engine.backups.check(input.body);
    }),

  restore: operation('projects:write')
    .meta({
      rest: {
        method: 'POST',
        path: '/backups/restore',
        summary: 'Restore a backup file on the machine of Certdesk, which starts again with it',
      },
    })
    .input(z.object({ body: CheckBackupSchema }))
    .output(RestoreBegunSchema)
    .mutation(({ ctx: { engine, principal, address }, input }) => {
      requireAllProjects(principal);
      requireForGood(principal);
      const { kind, id, name } = principal;
      return engine.restores.begin(input.body, { kind, id, name, address });
    }),

  setPassphrase: operation('projects:write')
    .meta({
      rest: {
        method: 'POST',
        path: '/backups/passphrase',
        summary: 'Set the passphrase of the backups to come',
      },
    })
    .input(z.object({ body: BackupPassphraseSchema }))
    .output(z.object({ passphraseSet: z.literal(true) }))
    .mutation(async ({ ctx, input }) => {
      requireAllProjects(ctx.principal);
      await ctx.engine.backups.setPassphrase(input.body.passphrase);
      return { passphraseSet: true };
    }),
});

/** @throws FORBIDDEN: a restore brings back tokens, and one that expires makes none that lives longer. */
function requireForGood({ expiresAt }: Principal): void {
  if (expiresAt === null) return;
  throw new CertdeskError(
    'FORBIDDEN',
    `This token expires at ${expiresAt}: it may not bring back other tokens`,
  );
}
