// The steps of a run on one host, updated live.

import { Loader } from '@mantine/core';
import { IconCircleCheck, IconCircleDotted, IconCircleX } from '@tabler/icons-react';
import type { DeploymentRun, RunStep } from '../../shared/deployment-run.ts';
import { RUN_STEPS, UNFINISHED_RUNS } from '../../shared/deployment-run.ts';
import classes from '../jobs/jobs.module.css';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { jobs as jobTexts } from '../messages/jobs.ts';
import { CodeBlock } from '../ui/copy.tsx';
import { ServerText, Time } from '../ui/time.tsx';
import { stepsToCome } from './steps-to-come.ts';

const text = deploymentTexts.page;

export interface RunStepsProps {
  readonly run: DeploymentRun;
  /** Whether the deployment runs a command and copies no files to a service. */
  readonly isCommand: boolean;
}

export function RunSteps({ run, isCommand }: RunStepsProps) {
  const coming = UNFINISHED_RUNS.includes(run.state) ? stepsToCome(run.steps, isCommand) : [];
  return (
    <ol className={classes.steps} aria-label={text.stepsOf(run.host.name)}>
      {run.steps.map(({ step, state, at, message, output }, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: steps are only appended, and one may come twice
          key={`${step}-${index}`}
          className={classes.step}
          data-state={state === 'running' ? 'active' : state}
        >
          <StepIcon state={state === 'running' ? 'active' : state} />
          <div className={classes.title}>{RUN_STEPS[step]}</div>
          <div className={`${classes.time} numbers`}>
            <Time at={at} as="clock" />
          </div>
          <div className={classes.lines}>
            {message !== '' && (
              <div className={classes.line}>
                <ServerText>{message}</ServerText>
              </div>
            )}
            {output !== null && output !== '' && <CodeBlock code={output} what={text.output} wrap />}
          </div>
        </li>
      ))}
      {coming.map((step: RunStep) => (
        <li key={step} className={classes.step} data-state="upcoming">
          <StepIcon state="upcoming" />
          <div className={classes.title}>{RUN_STEPS[step]}</div>
        </li>
      ))}
    </ol>
  );
}

function StepIcon({ state }: { readonly state: 'active' | 'done' | 'failed' | 'upcoming' }) {
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
