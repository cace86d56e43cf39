// The tabs of a project's page, as its address names them.
export const PROJECT_TABS = ['overview', 'certificate', 'challenges', 'history', 'api'] as const;
export type ProjectTab = (typeof PROJECT_TABS)[number];
