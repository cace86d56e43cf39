// The tabs of a project's page, as named in its URL.
export const PROJECT_TABS = [
  'overview',
  'certificate',
  'deployments',
  'challenges',
  'history',
  'api',
] as const;
export type ProjectTab = (typeof PROJECT_TABS)[number];
