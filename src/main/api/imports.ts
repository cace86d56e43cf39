// Import of what other ACME clients keep. It reads any folder that the server's user may read, private keys included:
// that is for who sits at a signed-in window, and for no API token.
import { z } from 'zod';
import {
  ScanFolderSchema,
  ScannedFolderSchema,
  SuggestedFoldersSchema,
  TakenOverSchema,
  TakeOverSchema,
} from '../../shared/import.ts';
import { operation, requireWindow, router } from './trpc.ts';

export const imports = router({
  folders: operation('projects:read')
    .meta({
      rest: {
        method: 'GET',
        path: '/imports/folders',
        summary: 'The usual folders of other ACME clients that are there (signed-in browsers only)',
      },
    })
    .output(SuggestedFoldersSchema)
    .query(async ({ ctx }) => {
      requireWindow(ctx.principal);
      return { folders: [...(await ctx.engine.imports.suggest())] };
    }),

  scan: operation('projects:write')
    .meta({
      rest: {
        method: 'POST',
        path: '/imports/scan',
        summary: 'See what certificates a folder of the server holds (signed-in browsers only)',
      },
    })
    .input(z.object({ body: ScanFolderSchema }))
    .output(ScannedFolderSchema)
    .mutation(({ ctx, input }) => {
      requireWindow(ctx.principal);
      return ctx.engine.imports.scan(input.body.folder);
    }),

  takeOver: operation('projects:write')
    .meta({
      rest: {
        method: 'POST',
        path: '/imports',
        summary: 'Take certificates of a folder over as projects (signed-in browsers only)',
      },
    })
    .input(z.object({ body: TakeOverSchema }))
    .output(TakenOverSchema)
    .mutation(async ({ ctx, input, signal }) => {
      requireWindow(ctx.principal);
      return {
        success: true as const,
        certificates: [...(await ctx.engine.imports.takeOver(input.body, signal))],
      };
    }),
});
