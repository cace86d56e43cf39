// The rows of npm run bench about many projects.
import { measureDatabase } from './database-rows.ts';
import { deployments } from './deployment-rows.ts';
import type { Bench } from './rows.ts';
import { measureOverview, measureRestBeside, measureScaledStart } from './scale-rows.ts';
import { ms, timesText } from './table.ts';

const COUNTS = [1_000, 10_000, 100_000] as const;

const database: Bench = async () => {
  const result = await measureDatabase(COUNTS);
  const largest = result.filter(({ projects }) => projects === COUNTS[2]);
  const worst = (names: RegExp) =>
    largest.filter(({ query }) => names.test(query)).toSorted((a, b) => b.medianMs - a.medianMs)[0];
  const row = (work: string, names: RegExp, limit: number) => {
    const slowest = worst(names);
    const growth = COUNTS.map((count) => {
      const same = result.find(({ query, projects }) => query === slowest?.query && projects === count);
      return ms(same?.medianMs ?? Number.NaN);
    });
    return {
      work: `${work}, 100,000 projects`,
      measured: `${ms(slowest?.medianMs ?? Number.NaN)} ms at worst (${slowest?.query})`,
      beside: `${growth.join(', ')} ms at 1,000, 10,000, 100,000`,
      target: `under ${limit} ms`,
      met: (slowest?.medianMs ?? Number.POSITIVE_INFINITY) < limit,
    };
  };
  return {
    rows: [
      row('projects list', /^list by (?!.*search)/, 20),
      row('search', /^list .*search/, 20),
      row('counts by state', /^count/, 20),
      row('who is due', /^due/, 50),
      row('simulation', /^simulate/, 200),
    ],
    result,
  };
};

const start: Bench = async ({ turns }) => {
  const result = await measureScaledStart(COUNTS[2], turns);
  const rows = [
    {
      work: 'start to serving, 100,000 certificates',
      measured: timesText(result.start),
      beside: `of the processor ${timesText(result.startCpu)}`,
      target: 'under 400 ms',
      met: result.start.medianMs < 400,
    },
    {
      work: 'memory idle, 100,000 certificates',
      measured: `${Math.round(result.idleMb.medianMs)} MB`,
      beside: '',
      target: 'under 150 MB',
      met: result.idleMb.medianMs < 150,
    },
  ];
  return { rows, result };
};

const rest: Bench = async () => {
  const result = await measureRestBeside();
  const { alone, issuing } = result;
  const p99 = issuing?.p99 ?? Number.POSITIVE_INFINITY;
  const row = {
    work: 'REST status at 500 requests a second while 10 issuances run',
    measured: `p99 ${ms(p99)} ms, ${issuing?.issued} issued`,
    beside: `p99 ${ms(alone.p99)} ms without issuances, ${Math.round(alone.cpuMicroseconds)} µs of CPU a request`,
    target: 'p99 under 25 ms',
    met: p99 < 25,
  };
  return { rows: [row], result };
};

const overview: Bench = async ({ turns }) => {
  const result = await measureOverview(COUNTS[1], turns);
  const row = {
    work: 'the overview in a new browser, 10,000 projects: from the link to its picture',
    measured: timesText(result),
    beside: '',
    target: 'under 500 ms',
    met: result.medianMs < 500,
  };
  return { rows: [row], result };
};

export const SCALE_BENCHES: Readonly<Record<string, Bench>> = {
  database,
  start,
  rest,
  overview,
  deployments,
};
