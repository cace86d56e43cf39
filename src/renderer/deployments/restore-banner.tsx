// After a restore from a backup all deployments are paused until a person confirms them.
import { Box, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Deployment } from '../../shared/deployment.ts';
import { useApi, useApiClient } from '../api.ts';
import { messages } from '../messages.ts';
import { FailureNotice } from '../ui/failure.tsx';
import { LinkButton } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';

const text = messages.overview.restoredDeployments;
const LIMIT = 500;

export interface RestoreBannerProps {
  /** Only for the deployments of this project. */
  readonly projectId?: string;
  /** Links to the list of deployments instead of resuming all of them. */
  readonly brief?: boolean;
}

export function RestoreBanner({ projectId, brief = false }: RestoreBannerProps) {
  const api = useApi();
  const client = useApiClient();
  const paused = useQuery(
    api.deployments.list.queryOptions({ state: 'paused', limit: LIMIT, project: projectId }),
  );
  const waiting = paused.data?.deployments.filter(({ pausedBy }) => pausedBy === 'restore') ?? [];
  const resume = useMutation({
    async mutationFn(deployments: readonly Deployment[]) {
      // One after the other: the first may ask for a proof, which then covers the others.
      for (const { id } of deployments) await client.deployments.resume.mutate({ deploymentId: id });
      return deployments.length;
    },
    onSuccess: (count) => notifyDone(text.confirmed(count)),
  });
  if (waiting.length === 0) return null;
  return (
    <Box mb={brief || projectId !== undefined ? 0 : 'md'}>
      <Notice tone="warn" title={text.title(waiting.length)} role="status">
        <Stack gap="xs">
          <Text>{text.text}</Text>
          <Group gap="xs">
            {brief ? (
              <LinkButton size="xs" variant="default" to="/deployments" search={{ state: 'paused' }}>
                {text.review}
              </LinkButton>
            ) : (
              <Button size="xs" loading={resume.isPending} onClick={() => resume.mutate(waiting)}>
                {text.confirmAll(waiting.length)}
              </Button>
            )}
          </Group>
          {resume.error !== null && <FailureNotice error={resume.error} />}
        </Stack>
      </Notice>
    </Box>
  );
}
