// The store of projects.
import type { ListProjects, ProjectFacets, ProjectStatus, StateCounts } from '../../../../shared/project.ts';
import type { Timestamp } from '../../../../shared/time.ts';
import type { CertificateRecord, ProjectRecord } from '../model.ts';

export interface ProjectFilter {
  /** Part of a name, a domain or a further name, any case. */
  readonly q?: string | undefined;
  readonly status?: ProjectStatus | undefined;
  readonly failing?: boolean | undefined;
  /** `http-01`, or the id of a DNS provider. */
  readonly provider?: string | undefined;
  readonly ca?: string | undefined;
  readonly type?: ListProjects['type'];
  /** Only these; null for all. */
  readonly ids: readonly string[] | null;
  /** What `status` is judged by. */
  readonly now: Timestamp;
  /** `expiring_soon`: expires at this time or before. */
  readonly soon: Timestamp;
}

export interface ProjectQuery extends ProjectFilter {
  readonly limit: number;
  /** Opaque: `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** `created` where it is left out. */
  readonly sort?: ListProjects['sort'] | undefined;
  /** `asc` where it is left out. What has no value comes last in both. */
  readonly order?: ListProjects['order'] | undefined;
}

export interface ProjectStore {
  create(project: ProjectRecord): Promise<void>;
  get(id: string): Promise<ProjectRecord | null>;
  /** Projects of this very domain, the oldest first. */
  ofDomain(domain: string): Promise<readonly ProjectRecord[]>;
  update(id: string, patch: Partial<Omit<ProjectRecord, 'id' | 'createdAt'>>): Promise<void>;
  /** With all that hangs on it: certificate versions, jobs, orders. */
  delete(id: string): Promise<void>;
  /**
   * In the order that is asked for, each with its active certificate. Pages go by the values of the last row, so that
   * none is shifted by what is added or removed meanwhile. @throws INVALID_REQUEST for a cursor of another order.
   */
  list(query: ProjectQuery): Promise<{
    readonly items: readonly {
      readonly project: ProjectRecord;
      readonly certificate: CertificateRecord | null;
    }[];
    readonly nextCursor: string | null;
  }>;
  /** How many the filter lets through; and by state, without the filter's `status` and `failing`. */
  count(filter: ProjectFilter): Promise<{ readonly matching: number; readonly counts: StateCounts }>;
  /** Which values the filters can have, with how many projects of each, the most first. */
  facets(ids: readonly string[] | null): Promise<ProjectFacets>;
}
