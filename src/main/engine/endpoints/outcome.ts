// Decides what a check means: the state of the endpoint, what its projects' clients are given, whether a problem is
// confirmed, and when the next check comes. Pure.

import { FINDING_CODES, type Finding, type FindingCode } from '../../../shared/endpoint.ts';
import type { AddressReport, EndpointState } from '../../../shared/endpoint-record.ts';
import type { Served } from '../../../shared/served.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import type { AlarmKind, EndpointCheck, EndpointRecord } from '../core/model-endpoint.ts';
import { describeProblem } from './problem-text.ts';
import type { Seen } from './reports.ts';

export interface OutcomeContext {
  readonly now: Date;
  /** From 0 to 1; spreads the next checks. */
  random(): number;
  /** When the newest of the expected certificates became active; null if nothing is expected. */
  readonly activeSince: Timestamp | null;
  /** A deployment of one of the projects has not ended: what is served may change at any moment. */
  readonly isRollingOut: boolean;
  /** The network of this machine does not work, so a silent server means nothing. */
  readonly isOffline: boolean;
  /** The service behind the port, as in "Restart Postfix there". */
  readonly service: string | null;
}

const MINUTE_MS = 60_000;
/** A problem is confirmed, and an unknown state checked again, after this time. */
const CONFIRM_MINUTES = 10;
/** A confirmed problem is checked more often than the rest, to notice its end. */
const PROBLEM_MINUTES = 60;
/** An installation by a timer on the server may take this long before an old certificate is a problem. */
const GRACE_MINUTES = 60;
/** Checks in a row that see a problem before it is reported. */
const CONFIRMED = 2;

const EXPIRY_CODES: readonly FindingCode[] = [
  'expired',
  'expiring',
  'intermediate-expired',
  'intermediate-expiring',
];

export interface Conclusion {
  readonly check: EndpointCheck;
  readonly nextCheckAt: Timestamp;
}

/** @returns the new check and the time of the next one */
export function concludeCheck(endpoint: EndpointRecord, seen: Seen, context: OutcomeContext): Conclusion {
  const { reports, general } = context.isOffline ? asUnknown(seen) : seen;
  const findings = [...reports.flatMap((report) => report.findings), ...general];
  const codes = sortCodes(findings);
  const state = stateOf(reports, findings);
  const before = endpoint.check;
  const streaks =
    state === 'unknown' ? before.streaks : countStreaks(before.streaks, reports, general, context);
  const alarms = ALARMS.filter((kind) => (streaks[kind] ?? 0) >= CONFIRMED);
  const now = toTimestamp(context.now);
  const expiries = reports.flatMap(({ chain: [leaf] }) => leaf?.expiresAt ?? []);
  const check: EndpointCheck = {
    state,
    checkedAt: now,
    codes,
    streaks,
    alarms,
    alarmedAt: alarms.length === 0 ? null : (before.alarmedAt ?? now),
    expiresAt: expiries.toSorted()[0] ?? null,
    unknowns: state === 'unknown' ? before.unknowns + 1 : 0,
    sentence: describeProblem(endpoint, { reports, general }, { state, service: context.service }),
    served: servedOf(endpoint, reports, general, context.activeSince),
    reports,
    general,
  };
  return { check, nextCheckAt: nextCheckAt(endpoint, check, context) };
}

const ALARMS: readonly AlarmKind[] = ['not_served', 'endpoint_expiring'];

/** Keeps what the servers presented; what was silent is unknown. */
function asUnknown({ reports, general }: Seen): Seen {
  const unknown = (finding: Finding): Finding =>
    finding.code === 'unreachable' || finding.code === 'unresolved'
      ? { ...finding, code: 'unknown', severity: 'unknown' }
      : finding;
  return {
    reports: reports.map((report) => ({ ...report, findings: report.findings.map(unknown) })),
    general: general.map(unknown),
  };
}

function sortCodes(findings: readonly Finding[]): readonly FindingCode[] {
  const rank = { critical: 0, warning: 1, unknown: 2, info: 3 };
  const sorted = findings.toSorted(
    (a, b) =>
      rank[a.severity] - rank[b.severity] || FINDING_CODES.indexOf(a.code) - FINDING_CODES.indexOf(b.code),
  );
  return [...new Set(sorted.map(({ code }) => code))];
}

function isUnseen({ state, findings }: AddressReport): boolean {
  return state === 'failed' && findings.every(({ code }) => code === 'unknown');
}

/** An address that this machine cannot reach does not hide that the others are fine. */
function stateOf(reports: readonly AddressReport[], findings: readonly Finding[]): EndpointState {
  if (findings.some(({ severity }) => severity === 'critical')) return 'problem';
  if (reports.every(isUnseen)) return 'unknown';
  return findings.some(({ severity }) => severity === 'warning') ? 'warning' : 'ok';
}

function countStreaks(
  before: EndpointCheck['streaks'],
  reports: readonly AddressReport[],
  general: readonly Finding[],
  context: OutcomeContext,
): EndpointCheck['streaks'] {
  const { isRollingOut, activeSince, now } = context;
  const inGrace = activeSince !== null && now.getTime() - Date.parse(activeSince) < GRACE_MINUTES * MINUTE_MS;
  const notServed = [...general, ...reports.flatMap(({ findings }) => findings)]
    .filter(({ severity, code }) => severity === 'critical' && !EXPIRY_CODES.includes(code))
    .map(({ code }) => code);
  const isLate = notServed.every((code) => code === 'served-old') && inGrace;
  // The project itself reports that its own current certificate expires.
  const expiring = reports.some(({ match, findings }) =>
    findings.some(
      ({ code }) => EXPIRY_CODES.includes(code) && (match !== 'current' || code.startsWith('intermediate-')),
    ),
  );
  const next = (kind: AlarmKind, found: boolean, held: boolean): number => {
    const streak = before[kind] ?? 0;
    if (!found) return 0;
    return held ? streak : streak + 1;
  };
  return {
    not_served: next('not_served', notServed.length > 0, isRollingOut || isLate),
    endpoint_expiring: next('endpoint_expiring', expiring, isRollingOut),
  };
}

/** Null if nothing of the projects is expected there. */
function servedOf(
  { expected, projectIds }: EndpointRecord,
  reports: readonly AddressReport[],
  general: readonly Finding[],
  activeSince: Timestamp | null,
): Served['state'] | null {
  if (expected === 'any' || projectIds.length === 0 || activeSince === null) return null;
  const visible = reports.filter((report) => !isUnseen(report));
  if (visible.length === 0)
    return general.some(({ severity }) => severity === 'critical') ? 'problem' : 'unknown';
  const previous = visible.filter(({ match }) => match === 'previous').length;
  if (previous === visible.length) return 'old';
  if (previous > 0) return 'partly';
  const isBroken = [...general, ...visible.flatMap(({ findings }) => findings)].some(
    ({ severity }) => severity === 'critical',
  );
  return isBroken || visible.some(({ match }) => match !== 'current') ? 'problem' : 'current';
}

function nextCheckAt(
  { intervalMinutes }: EndpointRecord,
  { state, alarms, streaks }: EndpointCheck,
  { now, random }: OutcomeContext,
): Timestamp {
  const isPending = ALARMS.some((kind) => (streaks[kind] ?? 0) > 0) && alarms.length === 0;
  const isOpen = state === 'unknown' || isPending || (state === 'problem' && alarms.length === 0);
  const most = isOpen ? CONFIRM_MINUTES : alarms.length > 0 ? PROBLEM_MINUTES : intervalMinutes;
  const minutes = Math.min(intervalMinutes, most) * (0.9 + random() / 5);
  return toTimestamp(new Date(now.getTime() + minutes * MINUTE_MS));
}
