// Derives the findings from the facts. Pure: no I/O, no clock.
import type { DoctorFinding } from '../../../shared/doctor.ts';
import type { DoctorFacts, Fact, NameFacts } from './facts.ts';
import { createDoctorFinding } from './finding.ts';
import { findCaProblems } from './findings-ca.ts';
import { findCaaProblems } from './findings-caa.ts';
import { findChallengeProblems } from './findings-challenge.ts';
import { findDelegationProblems, findDnssecProblems } from './findings-delegation.ts';
import { findAddressProblems } from './findings-ports.ts';

const ORDER = ['critical', 'warning', 'unknown', 'info'] as const;

/** @returns everything that is wrong or could not be checked, the most important first, each problem once */
export function findDoctorProblems(facts: DoctorFacts): readonly DoctorFinding[] {
  const { order } = facts;
  const findings = [
    ...findCaProblems(facts),
    ...facts.names.flatMap((name) => [
      ...findAddressProblems(name, order),
      ...findCaaProblems(name, order),
      ...findDnssecProblems(name, order),
      ...findDelegationProblems(name),
      ...findChallengeProblems(name, order),
      ...findUnknown(name),
    ]),
  ];
  return withoutRepeats(findings).toSorted(
    (a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || Number(b.blocks) - Number(a.blocks),
  );
}

const PARTS = { caa: 'CAA', dnssec: 'DNSSEC', delegation: 'the delegation', challenge: 'the challenge name' };

function findUnknown({ name, ...facts }: NameFacts): readonly DoctorFinding[] {
  const missing = (Object.keys(PARTS) as (keyof typeof PARTS)[]).flatMap((part) => {
    const fact: Fact<unknown> = facts[part];
    return fact.known || fact.reason.startsWith('an IP address') ? [] : [{ part, reason: fact.reason }];
  });
  // Lookups that fail have a finding of their own.
  const [first] = missing;
  if (first === undefined || !facts.addresses.known) return [];
  const what = missing.map(({ part }) => PARTS[part]).join(', ');
  return [
    createDoctorFinding('not-checked', {
      name,
      message: `${name}: ${what} could not be checked (${first.reason}).`,
    }),
  ];
}

/** Names of one zone share the problems of its servers. */
function withoutRepeats(findings: readonly DoctorFinding[]): readonly DoctorFinding[] {
  const seen = new Set<string>();
  return findings.filter(({ code, message }) => {
    const key = `${code} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
