// Reads an action and the search for its project from what was typed into the command palette. Pure.
import { palette as text } from '../messages/palette.ts';

type ProjectAction = keyof typeof text.projectActions;

/** Fewer letters would turn a search for a project into an action. */
const SHORTEST = 3;

/** @returns `{ action: 'renew', q: 'shop' }` for `ren shop`; null if the first word is no action or nothing follows it */
export function readProjectAction(
  query: string,
): { readonly action: ProjectAction; readonly q: string } | null {
  const trimmed = query.trim();
  const [first = ''] = trimmed.split(/\s/, 1);
  const q = trimmed.slice(first.length).trim();
  if (q === '') return null;
  if (first.length < SHORTEST) return null;
  const actions = Object.entries(text.projectActions) as [ProjectAction, { words: readonly string[] }][];
  const found = actions.find(([, { words }]) => words.some((word) => word.startsWith(first.toLowerCase())));
  return found === undefined ? null : { action: found[0], q };
}
