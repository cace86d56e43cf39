// certdesk status: whether all certificates are fine, and what needs attention.
import type { Overview } from '../../shared/overview.ts';
import { colorOfState, paint, printLine } from './terminal.ts';
import { isRecord, timeOf } from './values.ts';

export function isOverview(value: unknown): value is Overview {
  return isRecord(value) && isRecord(value.health) && isRecord(value.counts) && isRecord(value.engine);
}

/** @param zone The time zone of times. */
export function printOverview(
  { health, counts, attention, endpoints, waiting, engine }: Overview,
  zone: string,
): void {
  printLine(paint(timeOf(health.sentence, zone), colorOfState(health.state)));
  const states = [
    ['valid', counts.valid],
    ['expiring soon', counts.expiring_soon],
    ['expired', counts.expired],
    ['revoked', counts.revoked],
    ['without certificate', counts.none],
    ['renewal failing', counts.failing],
  ] as const;
  const parts = states.filter(([, count]) => count > 0).map(([state, count]) => `${count} ${state}`);
  printLine(paint([`${counts.total} ${counts.total === 1 ? 'project' : 'projects'}`, ...parts].join(', ')));
  for (const { name, domain, severity, cause, nextAttemptAt } of attention.items) {
    const next = nextAttemptAt === null ? '' : ` Next attempt: ${timeOf(nextAttemptAt, zone)}.`;
    printLine(
      `${paint(severity, colorOfState(severity))}  ${paint(`${domain ?? name}: ${timeOf(cause, zone)}${next}`)}`,
    );
  }
  const hidden = attention.total - attention.items.length;
  if (hidden > 0) printLine(paint(`… and ${hidden} more`));
  for (const { sentence } of endpoints?.monitored ?? [])
    printLine(`${paint('warning', colorOfState('warning'))}  ${paint(timeOf(sentence, zone))}`);
  for (const { sentence } of waiting?.items ?? []) printLine(paint(timeOf(sentence, zone)));
  // An older server does not send it. Without a chosen project it is self-signed on purpose.
  if (engine.https?.message != null && engine.https.problem !== 'no-project')
    printLine(`${paint('warning', colorOfState('warning'))}  ${paint(`HTTPS: ${engine.https.message}`)}`);
  printLine(paint(engineLine(engine, zone), 'dim'));
}

function engineLine(engine: Overview['engine'], zone: string): string {
  const { queue, lastRenewalCheckAt, pausedUntil, secretStore, backup } = engine;
  return [
    `jobs: ${queue.running} running, ${queue.queued} queued`,
    `last renewal check: ${lastRenewalCheckAt === null ? 'none yet' : timeOf(lastRenewalCheckAt, zone)}`,
    ...(pausedUntil === null ? [] : [`renewals paused until ${timeOf(pausedUntil, zone)}`]),
    ...(secretStore === 'unavailable' ? ['secret store unavailable'] : []),
    ...(backup?.lastError == null ? [] : [`last backup failed: ${backup.lastError}`]),
  ].join('; ');
}
