// Defines reach: what an operation or a request field can affect. Operations declare it in their metadata, fields by
// `.meta({ reach })`.
import type {} from 'zod';

/**
 * `project`: certificates of a project. `installation`: all projects, settings, notifications, the audit trail.
 * `system`: paths and commands on the machine; sources and targets of code, secrets and backups; weaker protection;
 * creation of tokens. Ordered from the smallest to the largest.
 */
export const REACHES = ['project', 'installation', 'system'] as const;
export type Reach = (typeof REACHES)[number];

export interface Need {
  readonly reach: Reach;
  /** Whether a caller that is limited to projects is refused. */
  readonly allProjects?: boolean;
}

declare module 'zod' {
  interface GlobalMeta {
    /** The reach that a request with this field needs. */
    reach?: Reach;
    /** Whether a token that is limited to projects may not send the field. */
    allProjects?: boolean;
    /** Computes a further need from the field's value, before validation. */
    reachOf?: (value: unknown) => Need | null;
  }
}
