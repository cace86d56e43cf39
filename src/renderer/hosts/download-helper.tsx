// Downloads the helper that a host with sudo needs.

import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useApiClient } from '../api.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { saveText } from '../ui/save-file.ts';

const text = hostTexts.test;

export function DownloadHelper() {
  const client = useApiClient();
  const download = useMutation({
    mutationFn: () => client.hosts.helper.query(),
    onSuccess: ({ body, contentType }) => saveText(body, contentType, 'certdesk-deploy'),
    onError: notifyFailure,
  });
  return (
    <Group gap="xs">
      <Text fz="sm">{text.helperHint}</Text>
      <Button size="xs" variant="default" loading={download.isPending} onClick={() => download.mutate()}>
        {text.helper}
      </Button>
    </Group>
  );
}
