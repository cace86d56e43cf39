// What a new installation still lacks, with the way to each step; disappears when all is done or when it is dismissed.
import { Button, Group, Text, VisuallyHidden } from '@mantine/core';
import { IconCircle, IconCircleCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Overview } from '../../shared/overview.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { LinkButton } from '../ui/link.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Panel } from '../ui/panel.tsx';
import classes from './overview.module.css';

const text = messages.overview.setup;
type Step = keyof NonNullable<Overview['setup']>;

/** In the order in which a user needs them. */
const ACTIONS: Readonly<Record<Step, () => ReactNode>> = {
  certificate: () => (
    <LinkButton variant="default" size="xs" to="/new">
      {text.steps.certificate.action}
    </LinkButton>
  ),
  notificationChannel: () => (
    <LinkButton variant="default" size="xs" to="/notifications">
      {text.steps.notificationChannel.action}
    </LinkButton>
  ),
  backupPassphrase: () => (
    <LinkButton variant="default" size="xs" to="/backups">
      {text.steps.backupPassphrase.action}
    </LinkButton>
  ),
  deployment: () => (
    <LinkButton variant="default" size="xs" to="/deployments">
      {text.steps.deployment.action}
    </LinkButton>
  ),
};
const STEPS = Object.keys(ACTIONS) as Step[];

export function Checklist({ setup }: { readonly setup: NonNullable<Overview['setup']> }) {
  const dismiss = useMutation(useApi().settings.update.mutationOptions({ onError: notifyFailure }));
  const done = STEPS.filter((step) => setup[step]).length;
  return (
    <Panel
      title={text.title}
      aside={
        <Group gap="sm">
          <Text fz="xs" c="dimmed">
            {text.done(done, STEPS.length)}
          </Text>
          <Button
            variant="subtle"
            size="compact-xs"
            loading={dismiss.isPending}
            onClick={() => dismiss.mutate({ body: { general: { showChecklist: false } } })}
          >
            {text.dismiss}
          </Button>
        </Group>
      }
      flush
    >
      <ul className={classes.steps}>
        {STEPS.map((step) => (
          <li key={step} className={classes.step} data-done={setup[step]}>
            <StepIcon isDone={setup[step]} />
            <div className={classes.stepText}>
              <Text fw={550}>
                {text.steps[step].title}
                {setup[step] && <VisuallyHidden> ({text.stepDone})</VisuallyHidden>}
              </Text>
              {!setup[step] && (
                <Text fz="xs" c="dimmed">
                  {text.steps[step].why}
                </Text>
              )}
            </div>
            {!setup[step] && ACTIONS[step]()}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function StepIcon({ isDone }: { readonly isDone: boolean }) {
  const Icon = isDone ? IconCircleCheck : IconCircle;
  return <Icon size={20} stroke={1.75} aria-hidden className={classes.stepIcon} data-done={isDone} />;
}
