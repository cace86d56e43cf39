// Shows a simulation: figures of today beside those of the simulated lifetime, then what stands in the way.
import type { Simulation } from '../../shared/simulation.ts';
import { printTable } from './table.ts';
import { paint, printLine } from './terminal.ts';
import { isRecord } from './values.ts';

export function isSimulation(value: unknown): value is Simulation {
  return isRecord(value) && isRecord(value.today) && isRecord(value.simulated) && Array.isArray(value.limits);
}

const FIGURES = [
  ['Automatic renewals a week', 'renewalsPerWeek'],
  ['Orders a week', 'ordersPerWeek'],
  ['Manual renewals a week', 'byHandPerWeek'],
  ['DNS changes a day', 'dnsChangesPerDay'],
  ['Renewals on the busiest day', 'busiestDay'],
] as const;

const REASONS: Readonly<Record<Simulation['obstacles'][number]['reason'], string>> = {
  uploaded: 'uploaded: Certdesk cannot renew them',
  'manual-dns': 'validated by TXT records that a person adds',
  'auto-renewal-off': 'without auto-renewal',
  'no-ari': 'from a CA without ARI, which cannot request an early renewal',
};

export function printSimulation(simulation: Simulation): void {
  const { lifetimeDays, certificates, today, simulated, limits, obstacles, windows } = simulation;
  const rows = FIGURES.map(([name, field]) => ({
    name,
    today: String(today[field]),
    simulated: String(simulated[field]),
  }));
  printTable(rows, {
    columns: [
      { title: `${certificates} ${certificates === 1 ? 'certificate' : 'certificates'}`, field: 'name' },
      { title: 'Today', field: 'today' },
      { title: `${lifetimeDays} days`, field: 'simulated' },
    ],
    now: new Date(),
    zone: 'UTC', // there are no times
    projects: new Map(),
  });
  for (const { ca, name, count, hours, peak, subject, exempt } of limits) {
    const reached = peak > count;
    const of = subject === null ? '' : ` (${subject})`;
    const note = exempt ? '; renewals of the same names are exempt' : '';
    const color = reached && !exempt ? 'red' : 'dim';
    printLine(paint(`${ca}: ${peak} of ${count} ${name} in ${hours} hours${of}${note}`, color));
  }
  for (const { reason, count, perWeek, examples } of obstacles) {
    const color = reason === 'no-ari' ? 'dim' : 'yellow';
    const some = examples.slice(0, 3).map(({ domain }) => domain);
    const more = count > some.length ? ', …' : '';
    printLine(paint(`${count} ${REASONS[reason]} (${perWeek} a week): ${some.join(', ')}${more}`, color));
  }
  for (const { name, longestWaitHours, canWaitHours } of windows) {
    const sentence = `${name} waits up to ${longestWaitHours} hours for a window, but a renewed certificate can wait for ${canWaitHours}`;
    printLine(paint(sentence, 'yellow'));
  }
}
