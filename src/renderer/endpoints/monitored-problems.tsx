// Problems of endpoints without a project, and of this machine's network, on the overview.
import { Stack, Text } from '@mantine/core';
import type { EndpointSummary } from '../../shared/overview.ts';
import { messages } from '../messages.ts';
import { TextLink } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';

const text = messages.overview.endpoints;

export function MonitoredProblems({ endpoints }: { readonly endpoints: EndpointSummary }) {
  const { monitored, unknown } = endpoints;
  return (
    <>
      {unknown > 0 && (
        <Notice tone="warn" title={text.unseen(unknown)}>
          <TextLink to="/endpoints" search={{ state: 'unknown' }}>
            {text.show}
          </TextLink>
        </Notice>
      )}
      {monitored.length > 0 && (
        <Notice tone="warn" title={text.monitored(monitored.length)}>
          <Stack gap={4}>
            {monitored.map(({ endpointId, sentence }) => (
              <Text key={endpointId} style={{ overflowWrap: 'anywhere' }}>
                <TextLink to="/endpoints/$id" params={{ id: endpointId }}>
                  {sentence}
                </TextLink>
              </Text>
            ))}
          </Stack>
        </Notice>
      )}
    </>
  );
}
