// Prints the results of `certdesk check`, as tables or as JSON.
import type { X509Certificate } from 'node:crypto';
import type { Finding, FindingSeverity } from '../../shared/endpoint.ts';
import { toTimestamp } from '../../shared/time.ts';
import { paint, printLine } from '../cli/terminal.ts';
import type { Clock } from '../engine/core/ports.ts';
import type { CheckResult } from '../engine/endpoints/check.ts';
import { nameOf, nameOfIssuer } from '../engine/endpoints/finding-text.ts';
import { fingerprintOf, formatVersion, readCertificates } from '../engine/endpoints/findings.ts';
import { namesOf } from '../engine/endpoints/names.ts';
import type { Sighting } from '../engine/endpoints/sighting.ts';
import type { CheckTarget } from './check-target.ts';

export interface Checked extends CheckTarget, CheckResult {
  readonly serverName: string;
}

/** One endpoint as JSON. docs/check.md describes the fields. */
export function toJson({ host, port, protocol, serverName, state, findings, sightings }: Checked): object {
  return { host, port, protocol, serverName, state, findings, addresses: sightings.map(describe) };
}

function describe(sighting: Sighting): object {
  const { address, state } = sighting;
  if (sighting.state === 'failed') return { address, state, error: sighting.code, message: sighting.message };
  const { tlsVersion, cipher } = sighting;
  const chain = readCertificates(sighting).map(describeCertificate);
  return { address, state, tlsVersion: formatVersion(tlsVersion), cipher, chain };
}

function describeCertificate(certificate: X509Certificate): object {
  return {
    subject: nameOf(certificate),
    issuer: nameOfIssuer(certificate),
    names: namesOf(certificate),
    validFrom: toTimestamp(certificate.validFromDate),
    validTo: toTimestamp(certificate.validToDate),
    serialNumber: certificate.serialNumber,
    fingerprint: fingerprintOf(certificate),
  };
}

/**
 * Prints each endpoint: its addresses, then its findings with what to do.
 * @param targets In the order of the command line, which the output keeps.
 * @returns a function that takes the results as they come
 */
export function createPrinter(targets: readonly CheckTarget[], clock: Clock) {
  const waiting = new Map<CheckTarget, Checked>();
  let next = 0;
  return (target: CheckTarget, result: Checked): void => {
    waiting.set(target, result);
    for (;;) {
      const turn = targets[next];
      const checked = turn === undefined ? undefined : waiting.get(turn);
      if (checked === undefined) return;
      if (next > 0) printLine('');
      printEndpoint(checked, clock.now());
      next += 1;
    }
  };
}

const COLORS = {
  critical: 'red',
  warning: 'yellow',
  info: 'dim',
  unknown: 'yellow',
} as const satisfies Record<FindingSeverity, string>;

function printEndpoint(
  { host, port, protocol, serverName, sightings, findings, state }: Checked,
  now: Date,
): void {
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const asked = serverName === host ? '' : ` as ${serverName}`;
  printLine(`${paint(place, 'bold')}${paint(`${protocol === 'tls' ? '' : ` (${protocol})`}${asked}`)}`);
  const rows = sightings.map((sighting) => toRow(sighting, now));
  if (rows.length > 0) printRows([['ADDRESS', 'TLS', 'CERTIFICATE', 'ISSUER', 'EXPIRES'], ...rows]);
  for (const finding of findings) printFinding(finding);
  if (findings.length === 0 && state === 'ok') printLine(`  ${paint('ok', 'green')}`);
}

function toRow(sighting: Sighting, now: Date): readonly string[] {
  const [leaf] = sighting.state === 'presented' ? readCertificates(sighting) : [];
  if (sighting.state === 'failed' || leaf === undefined) return [sighting.address, '-', '-', '-', '-'];
  const days = Math.floor((leaf.validToDate.getTime() - now.getTime()) / 86_400_000);
  const left = days < 0 ? `${-days} days ago` : `in ${days} days`;
  return [
    sighting.address,
    formatVersion(sighting.tlsVersion).replace('TLS ', ''),
    nameOf(leaf),
    nameOfIssuer(leaf),
    `${toTimestamp(leaf.validToDate).slice(0, 10)} (${left})`,
  ];
}

function printRows(rows: readonly (readonly string[])[]): void {
  const safe = rows.map((row) => row.map((cell) => paint(cell)));
  const widths = (safe[0] ?? []).map((_, column) =>
    Math.max(...safe.map((row) => (row[column] ?? '').length)),
  );
  safe.forEach((row, at) => {
    const text = row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
    printLine(`  ${at === 0 ? paint(text, 'dim') : text}`);
  });
}

function printFinding({ code, severity, address, message, advice }: Finding): void {
  const at = address === null || message.includes(address) ? '' : `${address}: `;
  printLine(`  ${paint(severity, COLORS[severity])} ${code}`);
  printLine(`    ${paint(`${at}${message}`)}`);
  if (severity !== 'info') printLine(`    ${paint(advice, 'dim')}`);
}
