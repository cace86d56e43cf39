// Validates names that users choose for projects, tokens, saved credentials and notification channels.
import { z } from 'zod';
import { UNPRINTABLE } from './unprintable.ts';

export const LabelSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine(
    (text) => !UNPRINTABLE.test(text),
    'contains a control character: use letters, digits and punctuation',
  );
