// The records of endpoints: where a certificate is served, and what the last check saw there.

import type { Finding, FindingCode, Protocol } from '../../../shared/endpoint.ts';
import type { AddressReport, EndpointState } from '../../../shared/endpoint-record.ts';
import type { Served } from '../../../shared/served.ts';
import type { Timestamp } from '../../../shared/time.ts';
import type { SavedBy } from './model.ts';

/** What users define. */
export interface EndpointDefinition {
  readonly projectIds: readonly string[];
  /** A-labels, or an IP address. */
  readonly host: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly serverName: string | null;
  /** Null: every address of the host. */
  readonly addresses: readonly string[] | null;
  /** PEM roots; null: the system's. */
  readonly trust: string | null;
  readonly expected: 'projects' | 'any';
  readonly intervalMinutes: number;
}

export interface EndpointRecord extends EndpointDefinition {
  readonly id: string;
  /** Who last saved its address. */
  readonly savedBy: SavedBy;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  readonly nextCheckAt: Timestamp;
  /** How often a new certificate or the end of a rollout has made it due. */
  readonly dueCount: number;
  readonly check: EndpointCheck;
}

/** The kinds of problems that are reported. */
export type AlarmKind = 'not_served' | 'endpoint_expiring';

/** The state after the last check. */
export interface EndpointCheck {
  readonly state: EndpointState;
  /** Null before the first check, and after a change of the address. */
  readonly checkedAt: Timestamp | null;
  /** Codes of all findings, the worst first. */
  readonly codes: readonly FindingCode[];
  /** Consecutive checks with the problem, by kind. An unknown result changes none. */
  readonly streaks: Readonly<Partial<Record<AlarmKind, number>>>;
  /** Problems that a second check confirmed. */
  readonly alarms: readonly AlarmKind[];
  readonly alarmedAt: Timestamp | null;
  /** When the first presented certificate expires. */
  readonly expiresAt: Timestamp | null;
  /** Consecutive checks that could see nothing. */
  readonly unknowns: number;
  /** What is wrong and what to do; null if nothing is. */
  readonly sentence: string | null;
  /** What the clients of its projects are given; null if nothing is expected. */
  readonly served: Served['state'] | null;
  readonly reports: readonly AddressReport[];
  readonly general: readonly Finding[];
}

export const NOT_CHECKED: EndpointCheck = {
  state: 'new',
  checkedAt: null,
  codes: [],
  streaks: {},
  alarms: [],
  alarmedAt: null,
  expiresAt: null,
  unknowns: 0,
  sentence: null,
  served: null,
  reports: [],
  general: [],
};
