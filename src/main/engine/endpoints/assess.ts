// Judges an endpoint by what all of its addresses presented. Pure.
import type { Finding, FindingSeverity } from '../../../shared/endpoint.ts';
import { createFinding, formatTime, nameOf } from './finding-text.ts';
import {
  type Expected,
  type FindingContext,
  findProblems,
  fingerprintOf,
  readCertificates,
} from './findings.ts';
import type { Sighting } from './sighting.ts';

export interface Assessment {
  /** `unknown`: no address was seen, for reasons of this machine. */
  readonly state: 'ok' | 'problem' | 'unknown';
  /** Critical ones first. */
  readonly findings: readonly Finding[];
}

const ORDER: readonly FindingSeverity[] = ['critical', 'warning', 'unknown', 'info'];

/** @param sightings One per address. @param contextOf What is known about an address's certificates. */
export function assessEndpoint(
  sightings: readonly Sighting[],
  expected: Expected,
  contextOf: (sighting: Sighting) => FindingContext,
): Assessment {
  const each = sightings.flatMap((sighting) => findProblems(sighting, expected, contextOf(sighting)));
  const findings = [...compareAddresses(sightings, expected), ...mergeUnknown(each)];
  return { state: stateOf(findings, sightings), findings: sortBySeverity(findings) };
}

/** Only critical findings and warnings are problems. An unseen address does not hide that the others are fine. */
export function stateOf(findings: readonly Finding[], sightings: readonly Sighting[]): Assessment['state'] {
  if (findings.some(({ severity }) => severity === 'critical' || severity === 'warning')) return 'problem';
  return sightings.some(({ state }) => state === 'presented') ? 'ok' : 'unknown';
}

function sortBySeverity(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

/** Different certificates are fine if the projects expect each of them (RSA and ECDSA, or a CDN's). */
function compareAddresses(sightings: readonly Sighting[], { fingerprints }: Expected): readonly Finding[] {
  const leaves = sightings.flatMap((sighting) => {
    const [leaf] = sighting.state === 'presented' ? readCertificates(sighting) : [];
    return leaf === undefined ? [] : [{ address: sighting.address, leaf }];
  });
  const groups = [...Map.groupBy(leaves, ({ leaf }) => fingerprintOf(leaf)).entries()];
  if (groups.length < 2 || groups.every(([own]) => fingerprints.includes(own))) return [];
  const parts = groups.map(([, group]) => {
    const [first] = group;
    const what =
      first === undefined ? '' : `${nameOf(first.leaf)}, valid from ${formatTime(first.leaf.validFromDate)}`;
    return `${group.map(({ address }) => address).join(', ')}: ${what}`;
  });
  return [
    createFinding(
      'addresses-differ',
      null,
      `The addresses present different certificates. ${parts.join('; ')}.`,
    ),
  ];
}

/** A machine without IPv6 cannot reach any IPv6 address: one message for all of them. */
function mergeUnknown(findings: readonly Finding[]): readonly Finding[] {
  const unknown = findings.filter(({ code }) => code === 'unknown');
  const [first] = unknown;
  if (first === undefined || unknown.length === 1) return findings;
  const message = unknown.map((finding) => finding.message).join(' ');
  return [...findings.filter(({ code }) => code !== 'unknown'), { ...first, address: null, message }];
}
