// A warning beside HTTP-01 if its port could not be opened at startup, with the cause and the fix.
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { obtain as obtainTexts } from '../messages/obtain.ts';
import { Notice } from '../ui/notice.tsx';

const text = obtainTexts;

export function ChallengeNotice() {
  const api = useApi();
  const { data } = useQuery(api.system.diagnostics.queryOptions());
  if (data === undefined || data.listeners.challenges !== null) return null;
  return (
    <Notice tone="warn" title={text.challengesClosed}>
      {data.notices.map((notice) => (
        <Text key={notice} fz="sm" style={{ overflowWrap: 'anywhere' }}>
          {notice}
        </Text>
      ))}
    </Notice>
  );
}
