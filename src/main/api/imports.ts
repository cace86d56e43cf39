// Import of what other ACME clients keep. It reads any folder that the server's user may read, private keys included:
// so its reach is `system`.
import { z } from 'zod';
import {
  ScanFolderSchema,
  ScannedFolderSchema,
  SuggestedFoldersSchema,
  TakenOverSchema,
  TakeOverSchema,
} from '../../shared/import.ts';
import { operation, router } from './trpc.ts';

export const imports = router({
  folders: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'GET',
        path: '/imports/folders',
        summary: 'The usual folders of other ACME clients that are there',
      },
    })
    .output(SuggestedFoldersSchema)
    .query(async ({ ctx }) => {
      return { folders: [...(await ctx.engine.imports.suggest())] };
    }),

  scan: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/imports/scan',
        summary: 'See what certificates a folder of the server holds',
      },
    })
    .input(z.object({ body: ScanFolderSchema }))
    .output(ScannedFolderSchema)
    .mutation(({ ctx, input, signal }) => ctx.engine.imports.scan(input.body.folder, signal)),

  takeOver: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/imports',
        summary: 'Take certificates of a folder over as projects',
      },
    })
    .input(z.object({ body: TakeOverSchema }))
    .output(TakenOverSchema)
    .mutation(async ({ ctx, input, signal }) => {
      return {
        success: true as const,
        certificates: [...(await ctx.engine.imports.takeOver(input.body, signal))],
      };
    }),
});
