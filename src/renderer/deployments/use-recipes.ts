// The recipes, which do not change while Certdesk runs.
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';

export function useRecipes() {
  const api = useApi();
  return useQuery(api.deployments.recipes.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
}
