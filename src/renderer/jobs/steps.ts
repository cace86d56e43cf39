// Groups a job's events into steps: done, active and upcoming, with their times.
import type { JobEvent, JobWithSteps } from '../../shared/job.ts';
import { STEPS, type Step } from '../../shared/steps.ts';

export interface StepView {
  readonly key: string;
  readonly title: string;
  readonly state: 'done' | 'active' | 'failed' | 'upcoming';
  readonly startedAt: string | null;
  /** Null while the step runs or has not started. */
  readonly durationMs: number | null;
  readonly lines: readonly StepLine[];
}

export interface StepLine {
  readonly id: number;
  readonly at: string;
  readonly message: string;
  /** How often in a row the line was reported. */
  readonly count: number;
}

/** The usual order of steps (RFC 8555 section 7.1), without optional ones. */
const COURSE: Readonly<Record<JobWithSteps['kind'], readonly Step[]>> = {
  obtain: [
    'account',
    'order',
    'authorization',
    'challenge',
    'validation',
    'finalize',
    'certificate',
    'store',
  ],
  renew: ['account', 'order', 'authorization', 'challenge', 'validation', 'finalize', 'certificate', 'store'],
  revoke: ['revoke'],
};

const CLOSING: ReadonlySet<string> = new Set(['clean-up']);

export function stepsOf(job: JobWithSteps): readonly StepView[] {
  const groups = groupSteps(job.steps.filter(isShown));
  const ended = job.state === 'succeeded' || job.state === 'failed';
  const main = groups.filter(({ step }) => !CLOSING.has(step));
  const lastMain = main.at(-1);
  const views = groups.map((group, index): StepView => {
    const next = groups[index + 1];
    const until = next?.lines[0]?.at ?? (ended ? job.finishedAt : null);
    const active = !ended && index === groups.length - 1;
    const failed = job.state === 'failed' && group === lastMain;
    return {
      key: `${group.step}-${group.lines[0]?.id}`,
      title: titleOf(group.step),
      state: active ? 'active' : failed ? 'failed' : 'done',
      startedAt: group.lines[0]?.at ?? null,
      durationMs: until === null || until === undefined ? null : between(group.lines[0]?.at, until),
      lines: group.lines,
    };
  });
  return ended ? views : [...views, ...upcoming(job, new Set(groups.map(({ step }) => step)))];
}

function upcoming(job: JobWithSteps, seen: ReadonlySet<string>): readonly StepView[] {
  const whole = job.replaces === true ? [...COURSE.renew, ...COURSE.revoke] : COURSE[job.kind];
  const course = whole.filter((step) => !(job.dryRun && step === 'store'));
  const reached = Math.max(-1, ...course.map((step, index) => (seen.has(step) ? index : -1)));
  return course.slice(reached + 1).map((step) => ({
    key: step,
    title: titleOf(step),
    state: 'upcoming',
    startedAt: null,
    durationMs: null,
    lines: [],
  }));
}

interface StepGroup {
  readonly step: string;
  readonly lines: StepLine[];
}

/** Groups consecutive events of one step. */
function groupSteps(events: readonly JobEvent[]): readonly StepGroup[] {
  const groups: StepGroup[] = [];
  for (const event of events) {
    const step = stepOf(event);
    const line = { id: event.id, at: event.at, message: event.message, count: 1 };
    const last = groups.at(-1);
    if (last?.step === step) addLine(last.lines, line);
    else groups.push({ step, lines: [line] });
  }
  return groups;
}

/** Counts consecutive identical lines instead of repeating them: polling reports the same line many times. */
function addLine(lines: StepLine[], line: StepLine): void {
  const before = lines.at(-1);
  if (before?.message === line.message) lines[lines.length - 1] = { ...before, count: before.count + 1 };
  else lines.push(line);
}

function isShown({ kind }: JobEvent): boolean {
  return kind === 'job.step' || kind === 'certificate.stored' || kind === 'certificate.revoked';
}

function stepOf({ kind, data }: JobEvent): string {
  if (kind === 'certificate.stored') return 'store';
  if (kind === 'certificate.revoked') return 'revoke';
  const step = typeof data === 'object' && data !== null && !Array.isArray(data) ? data.step : null;
  return typeof step === 'string' ? step : kind;
}

function titleOf(step: string): string {
  return step in STEPS ? STEPS[step as Step] : step;
}

function between(from: string | undefined, to: string): number {
  return from === undefined ? 0 : Date.parse(to) - Date.parse(from);
}
