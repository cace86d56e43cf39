// Schemas of tags, which group projects and hosts. Both follow one rule: lower case, at most 50, sorted, no duplicates.
import { z } from 'zod';

export const MAX_TAGS = 50;

export const TagSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'consists of letters, digits, dots, hyphens and underscores');

export const TagsSchema = z.array(TagSchema).max(MAX_TAGS).transform(normalizeTags);

export function normalizeTags(tags: readonly string[]): string[] {
  return [...new Set(tags)].sort();
}

/** A filter: one tag or several. In a query string the parameter is repeated. */
export const TagFilterSchema = z.union([TagSchema, z.array(TagSchema).min(1).max(MAX_TAGS)]);
