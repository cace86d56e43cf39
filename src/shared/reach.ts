// How far operations and fields of requests reach. Operations say it in their metadata, fields by `.meta({ reach })`.
import type {} from 'zod';

/**
 * `project`: certificates of a project. `installation`: all projects, settings, notifications, the audit trail.
 * `system`: paths and commands on a machine; where code, secrets or backups come from or go to; weakening a guard;
 * creating tokens. From the nearest to the furthest.
 */
export const REACHES = ['project', 'installation', 'system'] as const;
export type Reach = (typeof REACHES)[number];

export interface Need {
  readonly reach: Reach;
  /** Only for callers that are not limited to some projects. */
  readonly allProjects?: boolean;
}

declare module 'zod' {
  interface GlobalMeta {
    /** What a request needs that holds this field. */
    reach?: Reach;
    /** The field is not for tokens that are limited to some projects. */
    allProjects?: boolean;
    /** What a request needs beyond `reach`, by the field's value, which is not validated yet. */
    reachOf?: (value: unknown) => Need | null;
  }
}
