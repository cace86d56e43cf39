// Reads what a job was asked to do.
import type { JobInput, Recipe } from '../core/model.ts';

/** What a job orders; null for one that orders nothing. */
export function recipeOf(input: JobInput): Recipe | null {
  return input.kind === 'revoke' ? (input.replacement?.recipe ?? null) : input.recipe;
}
