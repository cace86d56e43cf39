// Findings about the CA: whether it can issue what is ordered, whether it is reachable, its limits and its clock.
import { isIP } from 'node:net';
import { parse } from 'tldts';
import { CLIENT_AUTH_ADVICE, CLIENT_USES } from '../../../shared/client-auth.ts';
import type { DoctorFinding } from '../../../shared/doctor.ts';
import { isPublicAddress } from '../outgoing/special-networks.ts';
import { explainUnknownRoot } from '../pki/inspect/mozilla-roots.ts';
import type { DoctorFacts, DoctorOrder } from './facts.ts';
import { command, createDoctorFinding, methodOf, setting, USE_DNS } from './finding.ts';

export function findCaProblems({ order, clock, limit }: DoctorFacts): readonly DoctorFinding[] {
  return [
    ...findCapabilityProblems(order),
    ...findChainProblem(order),
    ...findClientUseProblems(order),
    ...findClockProblems(order, clock),
    ...findLimitProblem(limit),
  ];
}

function findCapabilityProblems(order: DoctorOrder): readonly DoctorFinding[] {
  const { names, ca } = order;
  const { wildcards, maxNames, ipAddresses, methods } = ca.capability;
  const found: DoctorFinding[] = [];
  const add = (code: DoctorFinding['code'], name: string | null, message: string, fix: string) =>
    found.push(createDoctorFinding(code, { name, message, fixes: [setting(fix)], isEnforced: true }));
  if (maxNames !== null && names.length > maxNames) {
    const message = `${ca.name} accepts ${maxNames} names per certificate, and ${names.length} are wanted.`;
    add('ca-too-many-names', null, message, `Names: at most ${maxNames}`);
  }
  const offered = methods === null ? '' : methods.map((method) => method.toUpperCase()).join(', ');
  for (const name of names) {
    const [isWildcard, isAddress] = [name.startsWith('*.'), isIP(name) !== 0];
    if (isWildcard && wildcards === false)
      add(
        'ca-no-wildcards',
        name,
        `${ca.name} issues no wildcard certificates, and ${name} is one.`,
        'CA: one that issues wildcards',
      );
    if (isAddress && ipAddresses === false)
      add(
        'ca-no-ip-addresses',
        name,
        `${ca.name} issues no certificate for the IP address ${name} with these settings.`,
        'CA: one that issues for IP addresses',
      );
    if (ca.isPublic && !isPublicName(name))
      add(
        'ca-no-private-names',
        name,
        `${name} is not public, and ${ca.name} issues only for public names and addresses.`,
        'CA: a private one',
      );
    const method = methodOf(name, order);
    if (methods !== null && !methods.includes(method))
      add(
        'ca-method-not-offered',
        name,
        `${ca.name} does not offer ${method.toUpperCase()} for ${name}.`,
        `Validation method: ${offered}`,
      );
    else if (isAddress && method.startsWith('dns-'))
      add(
        'ca-method-not-offered',
        name,
        `CAs do not validate the IP address ${name} with ${method.toUpperCase()}.`,
        'Validation method: HTTP-01 or TLS-ALPN-01',
      );
    else if (method !== order.challenge) found.push(wildcardNeedsDns(name, order));
  }
  return found;
}

function findChainProblem({ ca, unknownRoot = null }: DoctorOrder): readonly DoctorFinding[] {
  if (!ca.isPublic || unknownRoot === null) return [];
  const message = explainUnknownRoot(unknownRoot);
  const fixes = [setting('Preferred chain: none')];
  return [createDoctorFinding('ca-untrusted-chain', { name: null, message, fixes })];
}

/** Private CAs may issue certificates for clients too. */
function findClientUseProblems({ ca, clientUses = [] }: DoctorOrder): readonly DoctorFinding[] {
  if (!ca.isPublic) return [];
  return clientUses.map((use) => {
    const message = `${ca.name} issues certificates for servers only. ${CLIENT_USES[use]}; other servers may then refuse it.`;
    return createDoctorFinding('ca-no-client-auth', {
      name: null,
      message,
      fixes: [setting(CLIENT_AUTH_ADVICE)],
    });
  });
}

function wildcardNeedsDns(name: string, { challenge }: DoctorOrder): DoctorFinding {
  const message = `CAs do not validate the wildcard ${name} with ${challenge.toUpperCase()}.`;
  return createDoctorFinding('ca-method-not-offered', { name, message, fixes: [USE_DNS], isEnforced: true });
}

/** Whether the name is below a top-level domain of the public suffix list's ICANN section, or a public address. */
function isPublicName(name: string): boolean {
  if (isIP(name) !== 0) return isPublicAddress(name);
  const { domain, isIcann } = parse(name.replace(/^\*\./, ''));
  return domain !== null && isIcann === true;
}

const WRONG_MS = 60_000;
const VERY_WRONG_MS = 3_600_000;

function findClockProblems({ ca }: DoctorOrder, clock: DoctorFacts['clock']): readonly DoctorFinding[] {
  if (clock === null) return [];
  if (!clock.known) {
    const message = `The directory of ${ca.name} (${ca.directoryUrl}) is unreachable: ${clock.reason}`;
    const fixes = [command(`curl -I ${ca.directoryUrl}`)];
    return [createDoctorFinding('ca-unreachable', { name: null, message, fixes })];
  }
  const { offsetMs } = clock.value;
  const off = Math.abs(offsetMs);
  if (off < WRONG_MS) return [];
  const message = `The clock of this machine is ${formatSpan(off)} ${offsetMs > 0 ? 'behind' : 'ahead of'} that of ${ca.name}.`;
  const fixes = [command(process.platform === 'win32' ? 'w32tm /resync' : 'timedatectl set-ntp true')];
  const severity = off < VERY_WRONG_MS ? {} : ({ severity: 'critical' } as const);
  return [createDoctorFinding('clock-wrong', { name: null, message, fixes, ...severity })];
}

function formatSpan(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

function findLimitProblem(limit: DoctorFacts['limit']): readonly DoctorFinding[] {
  if (limit === null) return [];
  const message = `${limit.why}; the next order is possible from ${limit.until}.`;
  const fixes = [setting(`Request after ${limit.until}`)];
  return [createDoctorFinding('ca-limit', { name: null, message, fixes })];
}
