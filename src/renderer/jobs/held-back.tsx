// The notice of a job that is held back after Certdesk crashed three times in a row: the reason, the next attempt, and
// a start button.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Job } from '../../shared/job.ts';
import { useApi } from '../api.ts';
import { jobs as jobTexts } from '../messages/jobs.ts';
import { FailureNotice } from '../ui/failure.tsx';
import { Notice } from '../ui/notice.tsx';
import { Time } from '../ui/time.tsx';

const text = jobTexts.heldBack;

export function isHeldBack({ state, heldUntil }: Pick<Job, 'state' | 'heldUntil'>): boolean {
  return state === 'queued' && heldUntil !== null;
}

export function HeldBackNotice({ job: { id, heldUntil } }: { readonly job: Pick<Job, 'id' | 'heldUntil'> }) {
  const api = useApi();
  const start = useMutation(api.jobs.start.mutationOptions());
  return (
    <Notice tone="warn" title={text.title} role="status">
      <Stack gap="xs">
        <Text>
          {text.why}{' '}
          {heldUntil !== null && (
            <>
              {text.until} <Time at={heldUntil} />.
            </>
          )}
        </Text>
        <Group>
          <Button size="xs" loading={start.isPending} onClick={() => start.mutate({ jobId: id })}>
            {text.start}
          </Button>
        </Group>
        {start.error !== null && <FailureNotice error={start.error} />}
      </Stack>
    </Notice>
  );
}
