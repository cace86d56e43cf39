// Shows what a CA would find on port 80 or 443 of each name: on request, or while the names are typed.
import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { NameReport, ReachabilityChallenge } from '../../../shared/reachability.ts';
import { useApiClient } from '../../api.ts';
import { formatList } from '../../format.ts';
import { obtain as obtainTexts } from '../../messages/obtain.ts';
import { Disclosure } from '../../ui/disclosure.tsx';
import { FailureNotice } from '../../ui/failure.tsx';
import { Notice } from '../../ui/notice.tsx';
import { TYPED_MS } from './request-values.ts';

const text = obtainTexts.reach;
const TONES = { well: 'ok', doubtful: 'warn', failing: 'bad' } as const;
/** Room for the result of one name: the buttons below do not move when it arrives. */
const RESULT_HEIGHT = '9.5rem';

export interface ReachabilityProps {
  readonly names: readonly string[];
  readonly type: ReachabilityChallenge;
  /** Tests without a press of the button, when the names have not changed for a moment. */
  readonly live?: boolean;
}

export function Reachability({ names, type, live = false }: ReachabilityProps) {
  const client = useApiClient();
  const [settled] = useDebouncedValue(names.join(' '), TYPED_MS);
  const wanted = live ? settled : names.join(' ');
  const test = useQuery({
    queryKey: ['reachability', type, wanted],
    queryFn: ({ signal }) =>
      client.certificates.testNames.mutate(
        { body: { names: wanted.split(' '), challengeType: type } },
        { signal },
      ),
    enabled: live && wanted !== '',
    retry: false,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
  if (live && names.length === 0) return null;
  const isTesting = test.isFetching || (live && settled !== names.join(' '));
  return (
    <Stack gap="sm" mih={live ? RESULT_HEIGHT : undefined}>
      <Group justify="space-between" gap="xs">
        <Text fw={600}>{text.title}</Text>
        {(!live || !isTesting) && (
          <Button variant="default" size="xs" loading={test.isFetching} onClick={() => void test.refetch()}>
            {test.data === undefined ? text.test : text.again}
          </Button>
        )}
      </Group>
      {isTesting ? (
        <Group gap="xs" wrap="nowrap" role="status">
          <Loader size="xs" aria-hidden />
          <Text c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {text.testing(type === 'http-01' ? 80 : 443, formatList(names.slice(0, 3)))}
          </Text>
        </Group>
      ) : (
        <>
          {test.error !== null && <FailureNotice error={test.error} />}
          {test.data !== undefined && (
            <Notice tone={TONES[test.data.verdict]} title={text.verdicts[test.data.verdict]} role="status">
              <Found reports={test.data.names} seenFrom={test.data.seenFrom} />
            </Notice>
          )}
        </>
      )}
    </Stack>
  );
}

interface FoundProps {
  readonly reports: readonly NameReport[];
  readonly seenFrom: string;
}

function Found({ reports, seenFrom }: FoundProps) {
  return (
    <Stack gap="xs" mt={4}>
      {reports.map(({ name, message, addresses }) => (
        <div key={name}>
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {message}
          </Text>
          {addresses.map((address) => (
            <Text key={address.address} fz="sm" style={{ overflowWrap: 'anywhere' }}>
              {address.message}
            </Text>
          ))}
        </div>
      ))}
      <Disclosure label={text.limits}>
        <Text fz="sm">{seenFrom}</Text>
      </Disclosure>
    </Stack>
  );
}
