// The form of tags, which group projects and hosts: lower case, at most 50, sorted, no duplicates.
export const MAX_TAGS = 50;

export const TAG_FORM = /^[a-z0-9][a-z0-9._-]{0,62}$/;

export function normalizeTags(tags: readonly string[]): string[] {
  return [...new Set(tags)].sort();
}
