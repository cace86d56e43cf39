// The kinds of deployments, and what pauses one. Two of them have no host: Certdesk itself calls a cloud service or runs a script of acme.sh.
export const DEPLOYMENT_KINDS = ['files', 'command', 'acme-sh-hook', 'aws-acm'] as const;
export type DeploymentKind = (typeof DEPLOYMENT_KINDS)[number];

/** Where a deployment without a host goes, by its kind. */
export const HOSTLESS_KINDS = {
  'acme-sh-hook': 'acme.sh script',
  'aws-acm': 'AWS Certificate Manager',
} as const;
export type HostlessKind = keyof typeof HOSTLESS_KINDS;

export const isHostless = (kind: DeploymentKind): kind is HostlessKind => Object.hasOwn(HOSTLESS_KINDS, kind);

/** Why a deployment is paused. Only a signed-in person resumes what a restore or an import has paused. */
export const PAUSED_BY = ['person', 'restore', 'import'] as const;
export type PausedBy = (typeof PAUSED_BY)[number];
