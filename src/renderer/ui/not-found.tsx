// The page for an unknown URL.
import { EmptyState } from '@mantine/core';
import { IconError404 } from '@tabler/icons-react';
import { messages } from '../messages.ts';
import { LinkButton } from './link.tsx';
import { Page } from './page.tsx';
import { Panel } from './panel.tsx';

const text = messages.shell;

export function NotFound() {
  return (
    <Page title={text.notFound}>
      <Panel>
        <EmptyState
          py={32}
          icon={<IconError404 size={40} stroke={1.5} aria-hidden />}
          description={text.notFoundText}
        >
          <EmptyState.Actions>
            <LinkButton to="/">{text.toOverview}</LinkButton>
          </EmptyState.Actions>
        </EmptyState>
      </Panel>
    </Page>
  );
}
