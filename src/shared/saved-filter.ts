// Schemas of saved filters: a list's search and filters under a name. They belong to the installation, because its GUI
// has one user, so that every browser and the desktop application show the same.
import { z } from 'zod';
import { LabelSchema } from './label.ts';
import { TimestampSchema } from './time-schema.ts';

const FILTERED_LISTS = ['projects', 'endpoints', 'deployments', 'hosts'] as const;
export type FilteredList = (typeof FILTERED_LISTS)[number];

const list = z.enum(FILTERED_LISTS);
const value = z.union([z.string().max(2000), z.number(), z.boolean()]);

/** The parameters of a list's URL. The list ignores what it does not know. */
const search = z
  .record(z.string().max(50), z.union([value, z.array(value).max(50)]))
  .refine((fields) => Object.keys(fields).length <= 20, 'has at most 20 parameters')
  .meta({ description: 'Parameters of the list, such as `{ "status": "expired", "tag": ["eu"] }`' });
export type SavedSearch = z.infer<typeof search>;

export const SaveFilterSchema = z
  .strictObject({
    list: list.meta({ reach: 'installation' }),
    name: LabelSchema.max(60).meta({ reach: 'installation' }),
    search: search.meta({ reach: 'installation' }),
  })
  .meta({ id: 'SaveFilter' });
export type SaveFilter = z.infer<typeof SaveFilterSchema>;

export const SavedFilterSchema = z
  .object({ id: z.string(), list, name: z.string(), search, createdAt: TimestampSchema })
  .meta({ id: 'SavedFilter' });
export type SavedFilter = z.infer<typeof SavedFilterSchema>;
