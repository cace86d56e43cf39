// Examines the names of a project on request: what would keep the CA from issuing its certificate again.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useApiClient } from '../api.ts';
import { DoctorReportView } from '../doctor/doctor-report.tsx';
import { doctor as text } from '../messages/doctor.ts';
import { FailureNotice } from '../ui/failure.tsx';
import { Panel } from '../ui/panel.tsx';

export function ProjectDoctor({ id }: { readonly id: string }) {
  const client = useApiClient();
  const examination = useMutation({ mutationFn: () => client.doctor.examineProject.mutate({ id }) });
  return (
    <Panel title={text.projectTitle}>
      <Stack gap="sm">
        <Group justify="space-between" gap="sm">
          <Text c="dimmed" style={{ flex: '1 1 16rem' }}>
            {text.projectHint}
          </Text>
          <Button variant="default" loading={examination.isPending} onClick={() => examination.mutate()}>
            {examination.data === undefined ? text.examine : text.again}
          </Button>
        </Group>
        {examination.error !== null && <FailureNotice error={examination.error} />}
        {examination.data !== undefined && <DoctorReportView report={examination.data} />}
      </Stack>
    </Panel>
  );
}
