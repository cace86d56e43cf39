// The dns-persist-01 records of a project, read when the tab opens, and checked every day.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { persistTexts as text } from '../messages/persist.ts';
import { FailureNotice } from '../ui/failure.tsx';
import { Panel } from '../ui/panel.tsx';
import { PersistRecordsView } from './persist-records-view.tsx';

export function PersistRecordsPanel({ id }: { readonly id: string }) {
  const api = useApi();
  const options = api.persistRecords.get.queryOptions({ id });
  const report = useQuery({ ...options, retry: false, staleTime: 60_000, refetchOnWindowFocus: false });
  return (
    <Panel title={text.title}>
      <Stack gap="sm">
        <Group justify="space-between" gap="sm">
          <Text c="dimmed" style={{ flex: '1 1 16rem' }}>
            {text.hint}
          </Text>
          <Button variant="default" loading={report.isFetching} onClick={() => void report.refetch()}>
            {text.check}
          </Button>
        </Group>
        {report.error !== null && <FailureNotice error={report.error} />}
        {report.data !== undefined && <PersistRecordsView report={report.data} />}
      </Stack>
    </Panel>
  );
}
