// Says in a sentence what is wrong with an endpoint and what to do, for the overview, the list, the tray and
// notifications. Pure. Without dates, which each reader formats.

import {
  FINDING_CODES,
  FINDINGS,
  type Finding,
  type FindingCode,
  type Protocol,
} from '../../../shared/endpoint.ts';
import { formatEndpoint } from '../../../shared/endpoint-names.ts';
import type { AddressReport, EndpointState } from '../../../shared/endpoint-record.ts';
import type { EndpointDefinition } from '../core/model-endpoint.ts';

interface What {
  readonly reports: readonly AddressReport[];
  readonly general: readonly Finding[];
}

/** @returns null if nothing needs to be done */
export function describeProblem(
  endpoint: Pick<EndpointDefinition, 'host' | 'port' | 'protocol'>,
  { reports, general }: What,
  { state, service }: { readonly state: EndpointState; readonly service: string | null },
): string | null {
  const name = formatEndpoint(endpoint);
  const failure = general.find(({ code }) => code === 'check-failed');
  if (failure !== undefined)
    return `Certdesk does not know what ${name} presents. ${failure.message} ${failure.advice}`;
  const all = [...reports.flatMap(({ findings }) => findings), ...general];
  if (state === 'unknown') {
    const special = all.find(({ code, advice }) => code === 'unknown' && advice !== FINDINGS.unknown.advice);
    const advice = special?.advice ?? 'Check its network, or check from another machine.';
    return `Certdesk cannot see ${name} from this machine. ${advice}`;
  }
  const worst = findWorst(all);
  if (worst === null) return null;
  const where = describeWhere(worst, reports);
  const restart = `Restart ${service ?? SERVICES[endpoint.protocol]} there.`;
  switch (worst) {
    case 'served-old':
      return `${name} still presents the old certificate${where}. ${restart}`;
    case 'wrong-certificate':
      return `${name} presents another certificate${where}. Install the project's certificate there.`;
    case 'unreachable':
      return `${name} does not answer${where}. ${FINDINGS.unreachable.advice}`;
    case 'unresolved':
      return `${endpoint.host} has no address. ${FINDINGS.unresolved.advice}`;
    case 'missing-intermediate':
      return `${name} does not send every intermediate certificate${where}. ${FINDINGS[worst].advice}`;
    case 'expired':
      return `${name} presents an expired certificate${where}. ${FINDINGS.expired.advice}`;
    case 'expiring':
      return `${name} presents a certificate that expires soon${where}. ${FINDINGS.expiring.advice}`;
    case 'wrong-name':
      return `${name} presents a certificate for other names${where}. ${FINDINGS[worst].advice}`;
    default:
      return `${name}: ${FINDINGS[worst].summary} ${FINDINGS[worst].advice}`;
  }
}

function findWorst(findings: readonly Finding[]): FindingCode | null {
  for (const severity of ['critical', 'warning'] as const) {
    const codes = findings.filter((finding) => finding.severity === severity).map(({ code }) => code);
    const worst = FINDING_CODES.find((code) => codes.includes(code));
    if (worst !== undefined) return worst;
  }
  return null;
}

/** ` on 2 of 3 addresses`, or nothing if it concerns all. */
function describeWhere(code: FindingCode, reports: readonly AddressReport[]): string {
  const all = new Set(reports.map(({ address }) => address));
  const affected = new Set(
    reports
      .filter(({ findings }) => findings.some((each) => each.code === code))
      .map(({ address }) => address),
  );
  return affected.size === 0 || affected.size === all.size
    ? ''
    : ` on ${affected.size} of ${all.size} addresses`;
}

const SERVICES: Readonly<Record<Protocol, string>> = {
  tls: 'the server',
  smtp: 'the mail server',
  imap: 'the mail server',
  pop3: 'the mail server',
  ldap: 'the LDAP server',
  postgres: 'PostgreSQL',
  mysql: 'the MySQL server',
  ftp: 'the FTP server',
  'xmpp-client': 'the XMPP server',
};
