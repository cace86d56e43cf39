// Operations that import certificates of other ACME clients. They read any folder that the server's user can read,
// including private keys, so their reach is `system`.
import { z } from 'zod';
import {
  ImportCertificatesSchema,
  ImportedCertificatesSchema,
  ScanFolderSchema,
  ScannedFolderSchema,
  SuggestedFoldersSchema,
} from '../../shared/import.ts';
import { operation, router } from './trpc.ts';

export const imports = router({
  folders: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'GET',
        path: '/imports/folders',
        summary: 'List the default folders of other ACME clients that exist on this machine',
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
        summary: "Scan a folder on the server's machine for certificates",
      },
    })
    .input(z.object({ body: ScanFolderSchema }))
    .output(ScannedFolderSchema)
    .mutation(({ ctx, input, signal }) => ctx.engine.imports.scan(input.body.folder, signal)),

  importCertificates: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/imports',
        summary: 'Import certificates from a folder as projects',
      },
    })
    .input(z.object({ body: ImportCertificatesSchema }))
    .output(ImportedCertificatesSchema)
    .mutation(async ({ ctx, input, signal }) => {
      return {
        success: true as const,
        certificates: [...(await ctx.engine.imports.importCertificates(input.body, signal))],
      };
    }),
});
