// The list of deployments as CSV. Loaded when the user exports it.
import type { Deployment } from '../../shared/deployment.ts';
import type { Api } from '../api.ts';
import { collectPages } from '../lists/collect-pages.ts';
import { type CsvColumn, toCsv } from '../lists/csv.ts';
import type { Exported } from '../lists/list-tools.tsx';
import type { DeploymentSearch } from './deployment-search.ts';

const PAGE = 500;

/** The titles are those of the REST API's fields. */
const COLUMNS: readonly CsvColumn<Deployment>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'name', value: ({ name }) => name },
  { title: 'project', value: ({ project }) => project.domain ?? project.name },
  { title: 'recipe', value: ({ recipe, kind }) => recipe ?? kind },
  { title: 'hosts', value: ({ hosts, targets }) => ('tag' in hosts ? `tag:${hosts.tag}` : targets.length) },
  { title: 'enabled', value: ({ enabled }) => enabled },
  { title: 'state', value: ({ state }) => state },
  { title: 'stateAt', value: ({ stateAt }) => stateAt },
];

export async function exportDeployments(api: Api, search: DeploymentSearch): Promise<Exported> {
  const rows = await collectPages(async (cursor) => {
    const { deployments, nextCursor } = await api.deployments.list.query({
      ...search,
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { rows: deployments, nextCursor };
  }, new AbortController().signal);
  return { csv: toCsv(COLUMNS, rows), rows: rows.length };
}
