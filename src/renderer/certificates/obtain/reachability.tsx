// "Test reachability": shows what a CA would find on port 80 of each name.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { AddressReport, NameReport } from '../../../shared/reachability.ts';
import { useApi } from '../../api.ts';
import { messages } from '../../messages.ts';
import { FailureNotice } from '../../ui/failure.tsx';
import { Notice } from '../../ui/notice.tsx';

const text = messages.obtain.reach;
const TONES = { well: 'ok', doubtful: 'warn', failing: 'bad' } as const;

export function Reachability({ id, names }: { readonly id: string; readonly names: readonly string[] }) {
  const api = useApi();
  const test = useMutation(api.certificates.testReachability.mutationOptions());
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text fw={600}>{text.title}</Text>
        <Button
          variant="default"
          loading={test.isPending}
          onClick={() => test.mutate({ id, body: { names: [...names] } })}
        >
          {test.data === undefined ? text.test : text.again}
        </Button>
      </Group>
      {test.error !== null && <FailureNotice error={test.error} />}
      {test.data !== undefined && (
        <Notice tone={TONES[test.data.verdict]} title={text.verdicts[test.data.verdict]} role="status">
          <Stack gap="xs" mt={4}>
            {test.data.names.map((report) => (
              <NameFound key={report.name} report={report} />
            ))}
            <Text fz="sm" c="dimmed">
              {text.limits}: {test.data.seenFrom}
            </Text>
          </Stack>
        </Notice>
      )}
    </Stack>
  );
}

function NameFound({ report }: { readonly report: NameReport }) {
  return (
    <div>
      <Text fw={600}>{report.message}</Text>
      {report.addresses.map((address) => (
        <AddressFound key={address.address} report={address} />
      ))}
    </div>
  );
}

function AddressFound({ report }: { readonly report: AddressReport }) {
  return (
    <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
      {report.message}
    </Text>
  );
}
