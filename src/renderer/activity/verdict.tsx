// Checks the integrity of the audit log and shows the result.
import { Box, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { AuditVerdict } from '../../shared/audit.ts';
import { toTimestamp } from '../../shared/time.ts';
import { useApi } from '../api.ts';
import { activity as activityTexts } from '../messages/activity.ts';
import { Notice } from '../ui/notice.tsx';
import { Time } from '../ui/time.tsx';

const text = activityTexts.verify;

/** Runs only on request, because it reads every entry. */
export function useVerify() {
  const api = useApi();
  return useQuery({ ...api.audit.verify.queryOptions({}), enabled: false });
}

interface VerdictProps {
  readonly verdict: AuditVerdict | undefined;
  /** Time of the check, in ms since the epoch. */
  readonly at: number;
}

export function Verdict({ verdict, at }: VerdictProps) {
  if (verdict === undefined) return null;
  const { broken, entries, head } = verdict;
  return (
    <Box mb="md">
      {broken === null ? (
        <Notice tone="ok" title={text.right(entries)} role="status">
          <Text fz="sm">
            {text.checked} <Time at={toTimestamp(new Date(at))} />
          </Text>
          {head !== null && (
            <Text fz="sm">
              {text.head}: <code style={{ overflowWrap: 'anywhere' }}>{`${head.seq}:${head.hash}`}</code>
            </Text>
          )}
        </Notice>
      ) : (
        <Notice tone="bad" title={text.broken(broken.seq)} role="alert">
          <Text>{broken.reason}</Text>
          <Text>{text.before(entries)}</Text>
        </Notice>
      )}
    </Box>
  );
}
