// Finds problems of the _acme-challenge name: a CNAME whose target does not work, and TXT records that are left over.
import type { DoctorFinding } from '../../../shared/doctor.ts';
import type { DoctorOrder, NameFacts } from './facts.ts';
import { createDoctorFinding, listOf, methodOf, removeRecord } from './finding.ts';

export function findChallengeProblems(
  { name, challenge: fact }: NameFacts,
  order: DoctorOrder,
): readonly DoctorFinding[] {
  if (!fact.known) return [];
  const { challenge, record, zone, broken, left } = fact.value;
  const isNeeded = methodOf(name, order) === 'dns-01';
  const found: DoctorFinding[] = [];
  if (broken !== null) {
    const message = `The CNAME of ${challenge} leads nowhere: ${broken}`;
    const fixes = record === challenge ? [] : [removeRecord(challenge, 'CNAME', `${record}.`)];
    const severity = isNeeded ? {} : ({ severity: 'info' } as const);
    found.push(createDoctorFinding('challenge-cname-broken', { name, message, fixes, ...severity }));
  } else if (record !== challenge && isNeeded) {
    const message = `${challenge} is a CNAME to ${record}, so the DNS credentials must be for the zone ${zone ?? 'of that name'}.`;
    found.push(createDoctorFinding('challenge-cname', { name, message }));
  }
  if (left.length > 0) {
    const message = `${record} has ${left.length === 1 ? 'a TXT record' : `${left.length} TXT records`} of an earlier challenge: ${listOf(left)}.`;
    const fixes = left.map((value) => removeRecord(record, 'TXT', `"${value}"`));
    found.push(createDoctorFinding('challenge-txt-left', { name, message, fixes }));
  }
  return found;
}
