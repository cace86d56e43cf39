// Findings about the zone of a name: DNSSEC, its delegation and its name servers.
import type { DoctorFinding } from '../../../shared/doctor.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { DelegationFacts, DoctorOrder, NameFacts, ServerFacts } from './facts.ts';
import { addRecord, command, createDoctorFinding, instead, listOf, removeRecord } from './finding.ts';

export function findDnssecProblems(
  { name, dnssec }: NameFacts,
  { ca }: DoctorOrder,
): readonly DoctorFinding[] {
  if (!dnssec.known) return [];
  const { state, resolver, ds, expired } = dnssec.value;
  const base = name.replace(/^\*\./, '');
  if (state === 'bogus' && expired !== null) {
    const { zone, since } = expired;
    const message = `The DNSSEC signatures of ${zone} expired at ${toTimestamp(since)}, so validation of ${base} fails.`;
    const fixes = [
      command(`dnssec-signzone -S -o ${zone} ZONE-FILE && rndc reload ${zone}`),
      ...ds
        .filter(({ owner }) => owner === zone)
        .map(({ owner, value }) => instead(removeRecord(owner, 'DS', value))),
    ];
    return [createDoctorFinding('dnssec-expired', { name, message, fixes, isEnforced: ca.isPublic })];
  }
  if (state === 'bogus') {
    const message = `DNSSEC validation of ${base} fails: the resolver ${resolver} answers SERVFAIL, and the records without validation.`;
    const removals = ds.map(({ owner, value }) => removeRecord(owner, 'DS', value));
    const fixes = removals.length > 0 ? removals : [command(`delv ${base} A +rtrace`)];
    return [createDoctorFinding('dnssec-bogus', { name, message, fixes, isEnforced: ca.isPublic })];
  }
  if (state !== 'not-validated') return [];
  const message = `The zone of ${base} is signed, but the resolvers of this machine do not validate DNSSEC.`;
  const fixes = [command(`certdesk doctor --dns-resolver 9.9.9.9 ${base}`)];
  return [createDoctorFinding('dnssec-not-validated', { name, message, fixes })];
}

export function findDelegationProblems({ name, addresses, delegation }: NameFacts): readonly DoctorFinding[] {
  if (!delegation.known) return [];
  const { zone, servers } = delegation.value;
  const base = name.replace(/^\*\./, '');
  if (zone === null) {
    if (addresses.known && addresses.value.length > 0) return []; // split horizon: DNS hides the zone
    const message = `DNS has no zone for ${base}: neither it nor a name above it has an SOA record.`;
    const fixes = [command(`whois ${base.split('.').slice(-2).join('.')}`)];
    return [createDoctorFinding('no-zone', { name, message, fixes })];
  }
  return [
    ...servers.flatMap((server) => findServerProblems(name, zone, server)),
    ...compare(name, delegation.value),
  ];
}

function findServerProblems(
  name: string,
  zone: string,
  { host, addresses }: ServerFacts,
): readonly DoctorFinding[] {
  const fixes = [removeRecord(zone, 'NS', `${host}.`)];
  if (addresses.length === 0) {
    const message = `The name server ${host} of ${zone} has no address.`;
    return [createDoctorFinding('name-server-unresolved', { name, message, fixes })];
  }
  const silent = addresses.filter(({ state }) => state === 'silent');
  const lame = addresses.filter(({ state }) => state === 'lame');
  const found: DoctorFinding[] = [];
  if (lame.length > 0) {
    const listed = listOf(lame.map(({ address, answer }) => `${address} (${answer})`));
    const message = `The name server ${host} does not serve ${zone}: ${listed}.`;
    found.push(createDoctorFinding('name-server-lame', { name, message, fixes }));
  }
  if (silent.length > 0) {
    const listed = listOf(silent.map(({ address, answer }) => `${address} (${answer})`));
    const message = `The name server ${host} of ${zone} does not answer: ${listed}.`;
    found.push(createDoctorFinding('name-server-silent', { name, message, fixes }));
  }
  return found;
}

function compare(name: string, { zone, parent, child }: DelegationFacts): readonly DoctorFinding[] {
  if (zone === null || parent === null || child.length === 0) return [];
  const onlyAbove = parent.filter((host) => !child.includes(host));
  const onlyHere = child.filter((host) => !parent.includes(host));
  if (onlyAbove.length === 0 && onlyHere.length === 0) return [];
  const parts = [
    ...(onlyAbove.length === 0
      ? []
      : [`the parent zone names ${listOf(onlyAbove)}, which ${zone} does not list`]),
    ...(onlyHere.length === 0
      ? []
      : [`${zone} lists ${listOf(onlyHere)}, which the parent zone does not name`]),
  ];
  const message = `The delegation of ${zone} is inconsistent: ${listOf(parts)}.`;
  // The zone itself is what its owner can change; the registrar has the other half.
  const fixes = [
    ...onlyAbove.map((host) => addRecord(zone, 'NS', `${host}.`)),
    ...onlyHere.map((host) => removeRecord(zone, 'NS', `${host}.`)),
  ];
  return [createDoctorFinding('delegation-differs', { name, message, fixes })];
}
