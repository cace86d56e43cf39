// The interface of the store for endpoints.

import type { FindingCode } from '../../../../shared/endpoint.ts';
import type { EndpointState } from '../../../../shared/endpoint-record.ts';
import type { Served } from '../../../../shared/served.ts';
import type { Timestamp } from '../../../../shared/time.ts';
import type { AlarmKind, EndpointCheck, EndpointDefinition, EndpointRecord } from '../model-endpoint.ts';

export interface EndpointFilter {
  /** Only endpoints of these projects; null: all, also those without a project. */
  readonly ids: readonly string[] | null;
  readonly q?: string | undefined;
  readonly project?: string | undefined;
  readonly finding?: FindingCode | undefined;
  readonly state?: EndpointState | undefined;
}

export interface EndpointQuery extends EndpointFilter {
  readonly limit: number;
  /** Opaque: `nextCursor` of the previous page. */
  readonly cursor?: string | undefined;
}

export interface EndpointCounts {
  readonly matching: number;
  /** Under the same filter without `state` and `finding`. */
  readonly states: Readonly<Record<EndpointState, number>>;
  /** The most frequent first. */
  readonly findings: readonly { readonly code: FindingCode; readonly count: number }[];
}

/** A certificate version of a project, as far as a check needs it. */
export interface ExpectedCertificate {
  readonly projectId: string;
  readonly fingerprint: string;
  /** PEM; only of the active version, otherwise null. */
  readonly chain: string | null;
  readonly storedAt: Timestamp;
  readonly revokedAt: Timestamp | null;
  readonly isActive: boolean;
}

/** What one endpoint tells about one of its projects, which has a certificate. */
export interface ServedEndpoint {
  readonly projectId: string;
  readonly served: Served['state'] | null;
  readonly checkedAt: Timestamp | null;
  /** When the active certificate was stored. */
  readonly activeSince: Timestamp;
}

/** Only columns, because an installation may have ten thousand. */
export interface MeteredEndpoint
  extends Pick<EndpointRecord, 'id' | 'host' | 'port' | 'protocol' | 'serverName'>,
    Pick<EndpointCheck, 'state' | 'expiresAt' | 'checkedAt'> {
  readonly hasAlarm: boolean;
}

/** An endpoint with a confirmed problem. */
export interface AlarmedEndpoint extends Pick<EndpointRecord, 'id' | 'host' | 'port' | 'projectIds'> {
  readonly alarms: readonly AlarmKind[];
  readonly sentence: string | null;
  readonly codes: EndpointCheck['codes'];
  readonly expiresAt: Timestamp | null;
  readonly alarmedAt: Timestamp | null;
  readonly nextCheckAt: Timestamp;
}

export interface EndpointStore {
  create(endpoint: EndpointRecord): Promise<void>;
  get(id: string): Promise<EndpointRecord | null>;
  /** The endpoint with this address, server name and protocol; null if there is none. */
  find(
    like: Pick<EndpointDefinition, 'host' | 'port' | 'protocol' | 'serverName'>,
  ): Promise<EndpointRecord | null>;
  update(
    id: string,
    patch: Partial<
      EndpointDefinition & Pick<EndpointRecord, 'savedBy' | 'updatedAt' | 'nextCheckAt' | 'check'>
    >,
  ): Promise<void>;
  delete(id: string): Promise<void>;
  /**
   * By host and port. Keyset pagination.
   * @throws INVALID_REQUEST if the cursor is none of its own
   */
  list(
    query: EndpointQuery,
  ): Promise<{ readonly items: readonly EndpointRecord[]; readonly nextCursor: string | null }>;
  count(filter: EndpointFilter): Promise<EndpointCounts>;
  /** Endpoints whose next check is due, the longest overdue first. */
  due(now: Timestamp, limit: number): Promise<readonly EndpointRecord[]>;
  /** Endpoints with a confirmed problem. */
  alarmed(ids: readonly string[] | null): Promise<readonly AlarmedEndpoint[]>;
  /** Every endpoint without its reports, for the metrics. */
  metered(ids: readonly string[] | null): Promise<readonly MeteredEndpoint[]>;
  countAll(ids: readonly string[] | null): Promise<number>;
  /** The number of endpoints that the last two checks could not see. */
  countUnknown(ids: readonly string[] | null): Promise<number>;
  /** All versions of these projects that are not removed, the active one among them. */
  expected(projectIds: readonly string[]): Promise<readonly ExpectedCertificate[]>;
  /** Whether any project has this certificate. */
  isManaged(fingerprint: string): Promise<boolean>;
  /** What the endpoints of these projects tell; nothing for projects without a certificate. */
  served(projectIds: readonly string[]): Promise<readonly ServedEndpoint[]>;
  /** Projects with names but without an endpoint; for suggestions. */
  projectsWithout(
    ids: readonly string[] | null,
    limit: number,
  ): Promise<
    readonly { readonly projectId: string; readonly name: string; readonly names: readonly string[] }[]
  >;
}
