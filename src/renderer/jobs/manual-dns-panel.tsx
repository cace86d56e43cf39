// The TXT records that a job waits for, and the button that confirms they exist.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { JobWithSteps } from '../../shared/job.ts';
import { useApi } from '../api.ts';
import { jobs as jobTexts } from '../messages/jobs.ts';
import { CopyText } from '../ui/copy.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { Panel } from '../ui/panel.tsx';
import { type ManualRecord, manualRecordsOf } from './manual-dns.ts';

const text = jobTexts.manualDns;

/** Renders nothing if the user has nothing to do. */
export function ManualDnsPanel({ job }: { readonly job: JobWithSteps }) {
  const wanted = manualRecordsOf(job);
  if (wanted === null) return null;
  const { action, records } = wanted;
  return (
    <Panel title={text[action].title}>
      <Stack gap="sm">
        <Text>{text[action].text}</Text>
        <Records records={records} />
        {action === 'add' && <ConfirmRecords jobId={job.id} />}
      </Stack>
    </Panel>
  );
}

function Records({ records }: { readonly records: readonly ManualRecord[] }) {
  return (
    <DataTable
      label={text.records}
      rows={records}
      keyOf={({ name, value }) => `${name} ${value}`}
      columns={[
        { label: text.name, cell: ({ name }) => <CopyText value={name} what={text.name} /> },
        { label: text.value, cell: ({ value }) => <CopyText value={value} what={text.value} /> },
      ]}
    />
  );
}

function ConfirmRecords({ jobId }: { readonly jobId: string }) {
  const api = useApi();
  const confirm = useMutation(api.jobs.confirm.mutationOptions());
  return (
    <>
      <Group justify="space-between" gap="xs">
        <Text c="dimmed" fz="sm">
          {text.hint}
        </Text>
        <Button loading={confirm.isPending} onClick={() => confirm.mutate({ jobId })}>
          {text.submit}
        </Button>
      </Group>
      {confirm.error !== null && <FailureNotice error={confirm.error} />}
    </>
  );
}
