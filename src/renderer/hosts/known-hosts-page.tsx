// Imports the keys of saved hosts from a known_hosts file, after a preview of what is taken and what is refused.

import { Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { FailureNotice } from '../ui/failure.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { BackToHosts } from './back-to-hosts.tsx';
import { KnownHostsInput } from './known-hosts-input.tsx';
import { KnownHostsResult } from './known-hosts-result.tsx';

const text = hostTexts.knownHosts;

export function KnownHostsPage() {
  const api = useApi();
  const match = useMutation(api.hosts.matchKnownHosts.mutationOptions());
  return (
    <Page title={text.title} description={text.description} width="narrow" above={<BackToHosts />}>
      <Stack gap="lg">
        <Panel>
          <KnownHostsInput
            pending={match.isPending}
            onRead={(lines) => match.mutate({ body: { text: lines } })}
            onChange={() => match.reset()}
          />
        </Panel>
        {match.error !== null && <FailureNotice error={match.error} />}
        {match.data !== undefined && <KnownHostsResult key={match.submittedAt} match={match.data} />}
      </Stack>
    </Page>
  );
}
