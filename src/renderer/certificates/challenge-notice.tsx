// A warning beside HTTP-01 or TLS-ALPN-01 if nothing on this server answers its challenges, with the cause and the fix.
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReachabilityChallenge } from '../../shared/reachability.ts';
import { useApi } from '../api.ts';
import { obtain as obtainTexts } from '../messages/obtain.ts';
import { Notice } from '../ui/notice.tsx';

const text = obtainTexts;

export function ChallengeNotice({ type = 'http-01' }: { readonly type?: ReachabilityChallenge }) {
  const api = useApi();
  const { data } = useQuery(api.system.diagnostics.queryOptions());
  if (data === undefined) return null;
  if (type === 'tls-alpn-01')
    return data.listeners.alpn === null ? (
      <Notice tone="warn" title={text.alpnClosed}>
        <Text fz="sm">{text.alpnClosedText}</Text>
      </Notice>
    ) : null;
  if (data.listeners.challenges !== null) return null;
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
