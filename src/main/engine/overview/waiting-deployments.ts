// Lists the projects whose certificate waits for the window of a deployment, the next one first.
import type { WaitingProject } from '../../../shared/overview.ts';
import { waitingSentence } from '../../../shared/week.ts';
import type { Stores } from '../core/stores.ts';
import { combineStates } from '../deploy/state.ts';
import { readTimeZone } from '../settings/settings.ts';

const SHOWN = 20;

/** @param visible Only these projects; null for all. */
export async function findWaiting(
  { deployments, projects, settings }: Stores,
  visible: readonly string[] | null,
  now: Date,
): Promise<{ readonly total: number; readonly items: WaitingProject[] }> {
  const rows = (await deployments.inStates(['waiting'])).filter(
    ({ projectId }) => visible === null || visible.includes(projectId),
  );
  if (rows.length === 0) return { total: 0, items: [] };
  const zone = await readTimeZone(settings);
  const found = [...Map.groupBy(rows, ({ projectId }) => projectId)].flatMap(([projectId, of]) => {
    const waiting = combineStates(of)?.waiting ?? null;
    return waiting === null ? [] : [{ projectId, waiting }];
  });
  const next = found.toSorted((a, b) => a.waiting.until.localeCompare(b.waiting.until)).slice(0, SHOWN);
  const items = next.map(async ({ projectId, waiting }): Promise<WaitingProject> => {
    const project = await projects.get(projectId);
    const name = project?.domain ?? project?.name ?? projectId;
    const sentence = `${name}: ${uncapitalized(waitingSentence(waiting, { zone, now: now.getTime() }))}`;
    return { projectId, until: waiting.until, sentence };
  });
  return { total: found.length, items: await Promise.all(items) };
}

const uncapitalized = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
