// API tokens: permissions, last use and expiration.
import { Button, Text } from '@mantine/core';
import { IconBan, IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Token } from '../../shared/token.ts';
import { useApi } from '../api.ts';
import { EmptyList } from '../lists/empty.tsx';
import { tokens as tokenTexts } from '../messages/tokens.ts';
import { messages } from '../messages.ts';
import { TagList } from '../tags/tag-list.tsx';
import { Chip } from '../ui/chip.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { RowActions } from '../ui/row-actions.tsx';
import { Time } from '../ui/time.tsx';
import { useNow } from '../use-now.ts';
import { openCreateToken } from './create-token.tsx';
import { openRevokeToken } from './revoke-token.tsx';
import { faceOf } from './token-state.ts';

const text = tokenTexts;
/** The widest scope first; it includes the others. */
const BY_REACH = ['admin', 'projects:write', 'projects:read', 'certificates:download'] as const;

export function TokensPage() {
  const api = useApi();
  const tokens = useQuery(api.tokens.list.queryOptions());
  return (
    <Page
      title={text.title}
      description={text.description}
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={openCreateToken}>
          {text.new}
        </Button>
      }
    >
      <Panel flush>
        <QueryView query={tokens}>
          {(data) => (data.tokens.length === 0 ? <NoTokens /> : <TokenTable tokens={data.tokens} />)}
        </QueryView>
      </Panel>
    </Page>
  );
}

function NoTokens() {
  return (
    <EmptyList icon={IconKey} text={text.empty}>
      <Button onClick={openCreateToken}>{text.new}</Button>
    </EmptyList>
  );
}

function TokenTable({ tokens }: { readonly tokens: readonly Token[] }) {
  const now = useNow();
  const { columns } = text;
  return (
    <DataTable
      label={text.title}
      rows={tokens}
      keyOf={({ id }) => id}
      columns={[
        { label: columns.name, cell: (token) => <Name token={token} /> },
        { label: columns.scopes, cell: ({ scopes }) => text.scopes[widest(scopes)] },
        {
          label: columns.projects,
          cell: ({ projectIds, tags }) => (
            <>
              {projectIds === null && text.allProjects}
              {projectIds !== null && projectIds.length > 0 && messages.projectCount(projectIds.length)}
              {tags.length > 0 && <TagList tags={tags} />}
            </>
          ),
        },
        {
          label: columns.expires,
          cell: ({ expiresAt }) =>
            expiresAt === null ? text.neverExpires : <Time at={expiresAt} as="date" />,
        },
        {
          label: columns.lastUsed,
          cell: ({ lastUsedAt }) =>
            lastUsedAt === null ? text.neverUsed : <Time at={lastUsedAt} as="relative" />,
        },
        { label: columns.actions, align: 'right', cell: (token) => <State token={token} now={now} /> },
      ]}
    />
  );
}

function widest(scopes: Token['scopes']) {
  return BY_REACH.find((scope) => scopes.includes(scope)) ?? 'projects:read';
}

function Name({ token: { name, createdAt } }: { readonly token: Token }) {
  return (
    <>
      <Text fw={550}>{name}</Text>
      <Text fz="xs" c="dimmed">
        <Time at={createdAt} as="date" />
      </Text>
    </>
  );
}

/** A valid token can be revoked. */
function State({ token, now }: { readonly token: Token; readonly now: number }) {
  const face = faceOf(token, now);
  if (face !== null) return <Chip face={face} />;
  const label = text.revoke.action(token.name);
  return (
    <RowActions
      actions={[
        {
          label,
          word: text.revoke.word,
          icon: IconBan,
          isDangerous: true,
          run: () => openRevokeToken(token),
        },
      ]}
    />
  );
}
