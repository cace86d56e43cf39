// The states of deployments with their display names, without schemas: the first page of the GUI shows them.
export const DEPLOYED_STATES = [
  'failed',
  'not-served',
  'deploying',
  'waiting',
  'paused',
  'outdated',
  'unknown',
  'deployed',
] as const;
export type DeployedState = (typeof DEPLOYED_STATES)[number];

export const DEPLOYED_STATE_LABELS: Readonly<Record<DeployedState, string>> = {
  failed: 'Deployment failed',
  'not-served': 'Not served',
  deploying: 'Deploying',
  waiting: 'Waiting for its window',
  paused: 'Paused',
  outdated: 'Older certificate deployed',
  unknown: 'Not deployed yet',
  deployed: 'Deployed',
};
