// Examines the request while it is typed: what would keep the CA from issuing. Loaded with the form, not with the page.
import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { DOCTOR_FINDINGS, type DoctorFinding, type DoctorReport } from '../../../shared/doctor.ts';
import { useApiClient } from '../../api.ts';
import { DoctorReportView } from '../../doctor/doctor-report.tsx';
import { formatList } from '../../format.ts';
import { doctor as text } from '../../messages/doctor.ts';
import { FailureNotice } from '../../ui/failure.tsx';
import { Panel } from '../../ui/panel.tsx';
import { MANUAL, type Method, OTHER_CA, TYPED_MS } from './request-values.ts';
import type { RequestState } from './use-request.ts';

export interface ExaminationProps {
  readonly request: RequestState;
  /** Called with whether the CA must refuse the request as it is now. */
  onBlocked(isBlocked: boolean): void;
}

export function Examination({ request: { form, names, method }, onBlocked }: ExaminationProps) {
  const client = useApiClient();
  const { ca, caUrl, staging, profile, preferredChain, email } = form.values;
  const body = {
    names,
    challengeType: method === MANUAL ? ('dns-01' as const) : method,
    ca: ca === OTHER_CA ? caUrl.trim() : ca,
    staging,
    ...(profile.trim() === '' ? {} : { profile: profile.trim() }),
    ...(preferredChain.trim() === '' ? {} : { preferredChain: preferredChain.trim() }),
    ...(email.trim() === '' ? {} : { email: email.trim() }),
  };
  const typed = JSON.stringify(body);
  const [settled] = useDebouncedValue(typed, TYPED_MS);
  const examination = useQuery({
    queryKey: ['doctor', settled],
    queryFn: ({ signal }) => client.doctor.examine.mutate({ body: JSON.parse(settled) }, { signal }),
    enabled: names.length > 0 && body.ca !== '' && settled === typed,
    retry: false,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
  const isRunning = examination.isFetching || settled !== typed;
  const isBlocked = !isRunning && (examination.data?.findings.some(({ blocks }) => blocks) ?? false);
  useEffect(() => onBlocked(isBlocked), [isBlocked, onBlocked]);
  useEffect(() => () => onBlocked(false), [onBlocked]);
  if (names.length === 0) return null;
  return (
    <Panel>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Text fw={600}>{text.title}</Text>
          {!isRunning && (
            <Button variant="default" size="xs" onClick={() => void examination.refetch()}>
              {text.again}
            </Button>
          )}
        </Group>
        {isRunning ? (
          <Group gap="xs" wrap="nowrap" role="status">
            <Loader size="xs" aria-hidden />
            <Text c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {text.examining(formatList(names.slice(0, 3)))}
            </Text>
          </Group>
        ) : (
          <>
            {examination.error !== null && <FailureNotice error={examination.error} />}
            {examination.data !== undefined && (
              <DoctorReportView report={withoutReachability(examination.data, method)} />
            )}
          </>
        )}
      </Stack>
    </Panel>
  );
}

/** The reachability test above says the same about addresses and ports. */
function withoutReachability({ findings }: Pick<DoctorReport, 'findings'>, method: Method) {
  if (method !== 'http-01' && method !== 'tls-alpn-01') return { findings };
  const isSaid = ({ code }: DoctorFinding) => ['addresses', 'ports'].includes(DOCTOR_FINDINGS[code].group);
  return { findings: findings.filter((finding) => !isSaid(finding)) };
}
