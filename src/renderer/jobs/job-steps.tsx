// The steps of a job, updated live.
import { Loader } from '@mantine/core';
import { IconCircleCheck, IconCircleDotted, IconCircleX } from '@tabler/icons-react';
import type { JobWithSteps } from '../../shared/job.ts';
import { formatDuration } from '../format.ts';
import { jobs as jobTexts } from '../messages/jobs.ts';
import { ServerText, Time } from '../ui/time.tsx';
import { useNow } from '../use-now.ts';
import classes from './jobs.module.css';
import { type StepView, stepsOf } from './steps.ts';

export function JobSteps({ job }: { readonly job: JobWithSteps }) {
  return (
    <ol className={classes.steps} aria-label={jobTexts.steps}>
      {stepsOf(job).map((step) => (
        <li key={step.key} className={classes.step} data-state={step.state}>
          <StepIcon state={step.state} />
          <div className={classes.title}>{step.title}</div>
          <StepTime step={step} />
          <div className={classes.lines}>
            {step.lines.map(({ id, message, count }) => (
              <div key={id} className={classes.line}>
                <ServerText>{message}</ServerText>
                {count > 1 && ` ${jobTexts.repeated(count)}`}
              </div>
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}

function StepIcon({ state }: { readonly state: StepView['state'] }) {
  const label = jobTexts.stepState[state];
  return (
    <span className={classes.icon} role="img" aria-label={label} title={label}>
      {state === 'active' && <Loader size={16} aria-hidden />}
      {state === 'done' && <IconCircleCheck size={20} stroke={1.75} aria-hidden />}
      {state === 'failed' && <IconCircleX size={20} stroke={1.75} aria-hidden />}
      {state === 'upcoming' && <IconCircleDotted size={20} stroke={1.5} aria-hidden />}
    </span>
  );
}

function StepTime({ step: { startedAt, durationMs, state } }: { readonly step: StepView }) {
  if (startedAt === null) return null;
  return (
    <div className={`${classes.time} numbers`}>
      <Time at={startedAt} as="clock" />
      {state === 'active' ? <Running since={startedAt} /> : <Took ms={durationMs} />}
    </div>
  );
}

/** Timestamps are stored to the second, so shorter durations are not shown. */
function Took({ ms }: { readonly ms: number | null }) {
  return ms === null || ms < 1000 ? null : ` · ${formatDuration(ms)}`;
}

function Running({ since }: { readonly since: string }) {
  const now = useNow(1000);
  const ms = now - Date.parse(since);
  return ms < 2000 ? null : ` · ${formatDuration(ms)}`;
}
