// Removes from a report what callers with access to only some projects must not read: records of other names, to which a
// CNAME leads and which only resolvers inside the network may know, and the responses of resolvers. Pure.
import type { DoctorFinding, DoctorReport } from '../../../shared/doctor.ts';
import { DOCTOR_FINDINGS } from '../../../shared/doctor.ts';
import { climb } from './climb.ts';
import { known, type NameFacts } from './facts.ts';

/** Limits the facts before findings are derived from them. */
export function limitFacts(facts: NameFacts): NameFacts {
  const { caa, challenge } = facts;
  const failed = caa.known ? caa.value.failed : null;
  return {
    ...facts,
    ...(caa.known && failed !== null
      ? { caa: known({ ...caa.value, failed: { ...failed, answer: 'no answer' } }) }
      : {}),
    ...(challenge.known && challenge.value.record !== challenge.value.challenge
      ? {
          challenge: known({
            ...challenge.value,
            broken: challenge.value.broken === null ? null : 'its target cannot have records',
            left: [],
          }),
        }
      : {}),
  };
}

/** Limits the report on these facts. */
export function limitReport(report: DoctorReport, facts: readonly NameFacts[]): DoctorReport {
  const foreign = new Set(facts.filter(hasForeignCaa).map(({ name }) => name));
  return {
    ...report,
    findings: report.findings.map((finding) =>
      finding.name !== null && foreign.has(finding.name) ? limitFinding(finding, finding.name) : finding,
    ),
    names: report.names.map((each) => (foreign.has(each.name) ? { ...each, caa: [] } : each)),
  };
}

/** Whether the CAA records that apply are those of a name to which a CNAME leads. */
function hasForeignCaa({ name, caa }: NameFacts): boolean {
  const own = climb(name.replace(/^\*\./, ''));
  return caa.known && caa.value.records.some(({ owner }) => !own.includes(owner));
}

function limitFinding(finding: DoctorFinding, name: string): DoctorFinding {
  const { group, summary } = DOCTOR_FINDINGS[finding.code];
  if (group !== 'caa') return finding;
  return { ...finding, message: `${name} is a CNAME, and its target has CAA records. ${summary}`, fixes: [] };
}
