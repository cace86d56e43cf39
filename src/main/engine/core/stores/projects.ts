// The interface of the store for projects.
import type { ListProjects, ProjectFacets, ProjectStatus, StateCounts } from '../../../../shared/project.ts';
import type { Timestamp } from '../../../../shared/time.ts';
import type { CertificateRecord, ProjectRecord } from '../model.ts';

export interface ProjectFilter {
  /** Part of a project name, domain or further name, in any case. */
  readonly q?: string | undefined;
  readonly status?: ProjectStatus | undefined;
  readonly failing?: boolean | undefined;
  /** `http-01`, `tls-alpn-01`, or the id of a DNS provider. */
  readonly provider?: string | undefined;
  readonly ca?: string | undefined;
  readonly type?: ListProjects['type'];
  /** Only projects that have all of these tags. */
  readonly tags?: readonly string[] | undefined;
  /** Only these projects; null: all. */
  readonly ids: readonly string[] | null;
  /** The time at which `status` is evaluated. */
  readonly now: Timestamp;
  /** `expiring_soon` means that the certificate expires at this time or before. */
  readonly soon: Timestamp;
}

export interface ProjectQuery extends ProjectFilter {
  readonly limit: number;
  /** Opaque: `nextCursor` of the previous page. */
  readonly cursor?: string | undefined;
  /** Default: `created`. */
  readonly sort?: ListProjects['sort'] | undefined;
  /** Default: `asc`. Projects without a value come last in both orders. */
  readonly order?: ListProjects['order'] | undefined;
}

export interface ProjectStore {
  create(project: ProjectRecord): Promise<void>;
  get(id: string): Promise<ProjectRecord | null>;
  /** Projects with exactly this domain, oldest first. */
  ofDomain(domain: string): Promise<readonly ProjectRecord[]>;
  /** The ids of the projects that have at least one of these tags. */
  idsWithTags(tags: readonly string[]): Promise<readonly string[]>;
  update(id: string, patch: Partial<Omit<ProjectRecord, 'id' | 'createdAt'>>): Promise<void>;
  /** Also deletes its certificate versions, jobs and orders. */
  delete(id: string): Promise<void>;
  /**
   * Projects in the requested order, each with its active certificate. Keyset pagination: projects added or removed
   * meanwhile do not shift pages.
   * @throws INVALID_REQUEST if the cursor comes from a list in another order
   */
  list(query: ProjectQuery): Promise<{
    readonly items: readonly {
      readonly project: ProjectRecord;
      readonly certificate: CertificateRecord | null;
    }[];
    readonly nextCursor: string | null;
  }>;
  /** The number of matching projects, and the numbers per state, which ignore the filter's `status` and `failing`. */
  count(filter: ProjectFilter): Promise<{ readonly matching: number; readonly counts: StateCounts }>;
  /** The possible values of each filter with their number of projects, the most frequent first. */
  facets(ids: readonly string[] | null): Promise<ProjectFacets>;
}
