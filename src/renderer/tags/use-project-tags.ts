// Loads the tags that projects have, with their numbers.
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';

export function useProjectTags() {
  const api = useApi();
  return useQuery(api.projects.facets.queryOptions()).data?.tags ?? [];
}
