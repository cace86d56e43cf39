// Schema of who saved a value with an address. A private address works only if a signed-in user saved it.
import { z } from 'zod';
import { ActorKindSchema } from './audit.ts';

export const SavedBySchema = z.object({ kind: ActorKindSchema, name: z.string() }).meta({
  id: 'SavedBy',
  description:
    'Who last saved the address. An address in a private network works only if a signed-in user saved it',
});
