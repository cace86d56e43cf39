// ACME directories that a signed-in person named by their URL: they may be in a private network.
import { z } from 'zod';
import { SavedBySchema } from './saved-by.ts';

export const CaDirectorySchema = z
  .object({
    directoryUrl: z.string(),
    savedBy: SavedBySchema,
    certificates: z.int().min(0).meta({ description: 'Active certificates that it has issued' }),
  })
  .meta({ id: 'CaDirectory' });
export type CaDirectory = z.infer<typeof CaDirectorySchema>;

export const WithdrawDirectorySchema = z
  .strictObject({
    directoryUrl: z.string().min(1).max(2000).meta({
      description: 'As GET /ca-directories lists it',
      reach: 'installation',
    }),
  })
  .meta({ id: 'WithdrawDirectory' });
