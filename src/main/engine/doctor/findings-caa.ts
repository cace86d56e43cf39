// Findings about CAA records: whether they permit this CA, account and method (RFC 8659, RFC 8657).
import type { DoctorFinding, DoctorFix } from '../../../shared/doctor.ts';
import { type CaaRecord, type CaaVerdict, evaluateCaa, formatCaa, readIssueValue } from './caa.ts';
import type { DoctorOrder, NameFacts } from './facts.ts';
import { command, createDoctorFinding, listOf, methodOf, removeRecord, setting } from './finding.ts';

export function findCaaProblems(facts: NameFacts, order: DoctorOrder): readonly DoctorFinding[] {
  const { name, caa } = facts;
  if (!caa.known) return [];
  const { records, failed } = caa.value;
  if (failed !== null) return facts.addresses.known ? [lookupFailed(name, failed, order)] : [];
  return [...findMalformed(name, records), ...explainVerdict(name, records, order)];
}

function lookupFailed(
  name: string,
  failed: { readonly name: string; readonly answer: string },
  { ca }: DoctorOrder,
): DoctorFinding {
  const message = `The CAA lookup for ${name} failed at ${failed.name}: ${failed.answer}`;
  const fixes = [command(`dig ${failed.name} CAA`)];
  return createDoctorFinding('caa-lookup-failed', { name, message, fixes, isEnforced: ca.isPublic });
}

function findMalformed(name: string, records: readonly CaaRecord[]): readonly DoctorFinding[] {
  return records
    .filter(({ tag, value }) => tag.startsWith('issue') && readIssueValue(value) === null)
    .map((record) => {
      const message = `The CAA record of ${record.owner} is malformed, so it permits nobody: ${record.tag} "${record.value}".`;
      return createDoctorFinding('caa-malformed', { name, message, fixes: [removed(record)] });
    });
}

function explainVerdict(
  name: string,
  records: readonly CaaRecord[],
  order: DoctorOrder,
): readonly DoctorFinding[] {
  const { ca, accountUrl } = order;
  if (ca.caaDomains.length === 0) return []; // a private CA that does not say how it is named
  const method = methodOf(name, order);
  const isWildcard = name.startsWith('*.');
  const verdict = evaluateCaa(records, { isWildcard, domains: ca.caaDomains, accountUrl, method });
  const found = { name, isEnforced: ca.isPublic };
  switch (verdict.verdict) {
    case 'open':
    case 'permitted':
      return [];
    case 'account-unknown': {
      const message = `The CAA record of ${verdict.by.owner} permits ${ca.name} only for the account in "${verdict.by.value}".`;
      return [createDoctorFinding('caa-account-unknown', { ...found, message })];
    }
    case 'critical-tag': {
      const { by } = verdict;
      const message = `The CAA record of ${by.owner} has the unknown critical property ${by.tag}, so ${ca.name} must refuse ${name}.`;
      return [createDoctorFinding('caa-critical-tag', { ...found, message, fixes: [removed(by)] })];
    }
    default:
      return [explainRefusal(verdict, { ...found, order, method })];
  }
}

interface Refusal {
  readonly name: string;
  readonly isEnforced: boolean;
  readonly order: DoctorOrder;
  readonly method: string;
}

function explainRefusal(
  { verdict, by, tag }: Extract<CaaVerdict, { readonly tag: string }>,
  { order, method, ...found }: Refusal,
): DoctorFinding {
  const { ca, accountUrl } = order;
  const [domain = ''] = ca.caaDomains;
  const [first] = by;
  const owner = first?.owner ?? '';
  const added = (value: string): DoctorFix => ({
    kind: 'add-record',
    text: formatCaa({ owner, flags: 0, tag, value }),
  });
  if (verdict === 'other-ca') {
    const listed = listOf(by.map(({ value }) => `"${value}"`));
    const message = `The CAA records of ${owner} permit ${tag === 'issuewild' ? 'wildcards' : 'certificates'} only from ${listed}, not from ${ca.name} (${domain}).`;
    const code = tag === 'issuewild' ? 'caa-forbids-wildcard' : 'caa-forbids';
    return createDoctorFinding(code, { ...found, message, fixes: [added(domain)] });
  }
  if (verdict === 'other-method') {
    const listed = listOf(by.map(({ value }) => `"${value}"`));
    const message = `The CAA records of ${owner} permit ${ca.name} only as ${listed}, not with ${method}.`;
    const value = bind(domain, accountOf(by), [method]);
    return createDoctorFinding('caa-forbids-method', { ...found, message, fixes: [added(value)] });
  }
  const listed = listOf(by.map(({ value }) => `"${value}"`));
  const who = accountUrl === null ? 'a new account' : `the account ${accountUrl}`;
  const message = `The CAA records of ${owner} permit ${ca.name} only as ${listed}, not for ${who}.`;
  const fixes =
    typeof accountUrl === 'string'
      ? [added(bind(domain, accountUrl, [method]))]
      : [setting('Account: the one that the record names, or register first and add its URL to the record')];
  return createDoctorFinding('caa-forbids-account', { ...found, message, fixes });
}

/** The account that the first record names, which a fix for the method must keep. */
function accountOf([first]: readonly CaaRecord[]): string | null {
  return (first === undefined ? undefined : readIssueValue(first.value)?.accounts[0]) ?? null;
}

/** The value of a record that binds issuance to a CA, an account and methods (RFC 8657). */
export function bind(domain: string, account: string | null, methods: readonly string[]): string {
  const parts = [
    domain,
    ...(account === null ? [] : [`accounturi=${account}`]),
    ...(methods.length === 0 ? [] : [`validationmethods=${methods.join(',')}`]),
  ];
  return parts.join('; ');
}

function removed({ owner, flags, tag, value }: CaaRecord): DoctorFix {
  return removeRecord(owner, 'CAA', `${flags} ${tag} "${value.replace(/["\\]/g, '\\$&')}"`);
}
