// Who saved a value that holds an address: a private address works only where a signed-in person saved it.
import { z } from 'zod';
import { ActorKindSchema } from './audit.ts';

export const SavedBySchema = z.object({ kind: ActorKindSchema, name: z.string() }).meta({
  id: 'SavedBy',
  description: 'Who last saved the address in it. One in a private network works where that was a person',
});
