// The kinds of deployments, for schemas that need nothing else of them.
export const DEPLOYMENT_KINDS = ['files', 'command'] as const;
export type DeploymentKind = (typeof DEPLOYMENT_KINDS)[number];
