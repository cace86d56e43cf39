// Schemas of tags. Projects and hosts follow one rule.
import { z } from 'zod';
import { MAX_TAGS, normalizeTags, TAG_FORM } from './tag-form.ts';

export const TagSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(TAG_FORM, 'consists of letters, digits, dots, hyphens and underscores');

export const TagsSchema = z.array(TagSchema).max(MAX_TAGS).transform(normalizeTags);

/** A filter: one tag or several. In a query string the parameter is repeated. */
export const TagFilterSchema = z.union([TagSchema, z.array(TagSchema).min(1).max(MAX_TAGS)]);
