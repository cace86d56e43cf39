// Examines an order before a CA does: gathers all facts in parallel within a time limit, and derives the findings.
import type { DoctorName, DoctorReport } from '../../../shared/doctor.ts';
import { mapConcurrent } from '../core/map-concurrent.ts';
import { formatCaa } from './caa.ts';
import { createDoctorResolver } from './doctor-resolver.ts';
import type { DoctorFacts, DoctorOrder, NameFacts, PortFacts } from './facts.ts';
import { findDoctorProblems } from './findings.ts';
import { createSettle, gatherName, type NameDeps } from './gather-name.ts';
import { limitFacts, limitReport } from './limited-report.ts';

export interface DirectoryAnswer {
  /** From the Date header; null if the CA sent none. */
  readonly date: Date | null;
  /** RFC 8555 section 7.1.1. */
  readonly caaIdentities: readonly string[];
}

export interface ExamineDeps extends Omit<NameDeps, 'settle' | 'answerMs'> {
  /** Milliseconds for all facts of all names, and the findings. */
  readonly timeoutMs: number;
  /** Requests the directory of the CA. @throws CertdeskError if it is unreachable */
  askDirectory(directoryUrl: string, signal: AbortSignal): Promise<DirectoryAnswer>;
  /** The limit that the order would exceed; null if none, or not known. */
  findLimit(order: DoctorOrder): Promise<DoctorFacts['limit']>;
}

/** What the findings and the output need. */
const FINDINGS_MS = 200;
/** Names examined in parallel. */
const CONCURRENCY = 10;

/** @throws the reason of the signal */
export async function examine(
  deps: ExamineDeps,
  order: DoctorOrder,
  signal: AbortSignal,
): Promise<DoctorReport> {
  const factsMs = deps.timeoutMs - FINDINGS_MS;
  // A chain of three queries must fit into the time, and a query before an answer.
  const [queryMs, answerMs] = [Math.floor(factsMs / 3.5), factsMs / 2];
  const end = AbortSignal.any([signal, AbortSignal.timeout(factsMs)]);
  const { showAnswers } = deps;
  const settle = createSettle(signal, end, ({ message, entry }) => (showAnswers ? message : entry.summary));
  const shared = { ...deps, resolver: createDoctorResolver(deps.resolver, queryMs), answerMs, settle };
  const [gathered, clock, limit] = await Promise.all([
    mapConcurrent(order.names, { limit: CONCURRENCY }, (name) => gatherName(shared, name, end)),
    settle(askCa(deps, order, end)),
    deps.findLimit(order),
  ]);
  const names = showAnswers ? gathered : gathered.map(limitFacts);
  const identities = clock.known ? clock.value.caaIdentities : [];
  const caaDomains = identities.length > 0 ? identities : order.ca.caaDomains;
  const facts = { order: { ...order, ca: { ...order.ca, caaDomains } }, names, clock, limit };
  const report = {
    ca: order.ca.name,
    challenge: order.challenge,
    findings: findDoctorProblems(facts),
    names: names.map(describeName),
  };
  return showAnswers ? report : limitReport(report, names);
}

async function askCa(deps: ExamineDeps, { ca }: DoctorOrder, signal: AbortSignal) {
  const before = deps.clock.now().getTime();
  const { date, caaIdentities } = await deps.askDirectory(ca.directoryUrl, signal);
  const middle = (before + deps.clock.now().getTime()) / 2;
  // The header has whole seconds, rounded down.
  const offsetMs = date === null ? 0 : date.getTime() + 500 - middle;
  return { offsetMs, caaIdentities: caaIdentities.map((each) => each.toLowerCase()) };
}

function describeName({ name, addresses, ports, caa, dnssec, delegation }: NameFacts): DoctorName {
  const zone = delegation.known ? delegation.value : null;
  return {
    name,
    addresses: addresses.known ? addresses.value : [],
    ports: ports.map(describePort),
    caa: caa.known ? caa.value.records.map((record) => formatCaa(record, null)) : [],
    dnssec: dnssec.known ? dnssec.value.state : 'unknown',
    zone: zone?.zone ?? null,
    nameServers: zone?.servers.map(({ host }) => host) ?? [],
  };
}

function describePort(facts: PortFacts): DoctorName['ports'][number] {
  const { address, port } = facts;
  if (facts.port === 443) {
    const { tls } = facts;
    return { address, port, state: tls.kind, who: tls.kind === 'answers' ? tls.subject : null };
  }
  const { fetched, expected } = facts;
  if (fetched.kind !== 'answer') return { address, port, state: fetched.kind, who: null };
  const isOwn = expected !== null && fetched.body.trimEnd() === expected;
  const status = `HTTP ${fetched.status}`;
  const named = fetched.server === null ? status : `${fetched.server.slice(0, 100)}, ${status}`;
  return { address, port, state: 'answers', who: isOwn ? 'Certdesk' : named };
}
