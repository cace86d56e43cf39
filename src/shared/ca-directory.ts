// Schemas of ACME directories that a signed-in user approved; these may be in a private network.
import { z } from 'zod';
import { SavedBySchema } from './saved-by.ts';

export const CaDirectorySchema = z
  .object({
    directoryUrl: z.string(),
    savedBy: SavedBySchema,
    certificates: z.int().min(0).meta({ description: 'Number of active certificates from this directory' }),
  })
  .meta({ id: 'CaDirectory' });
export type CaDirectory = z.infer<typeof CaDirectorySchema>;

export const WithdrawDirectorySchema = z
  .strictObject({
    directoryUrl: z.string().min(1).max(2000).meta({
      description: 'A directory URL from GET /ca-directories',
      reach: 'installation',
    }),
  })
  .meta({ id: 'WithdrawDirectory' });
