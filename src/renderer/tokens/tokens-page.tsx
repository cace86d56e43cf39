// API tokens: permissions, last use and expiration.
import { ActionIcon, Button, EmptyState, Table, Text } from '@mantine/core';
import { IconBan, IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Token } from '../../shared/token.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { TagList } from '../tags/tag-list.tsx';
import { Chip } from '../ui/chip.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';
import { useNow } from '../use-now.ts';
import { openCreateToken } from './create-token.tsx';
import { openRevokeToken } from './revoke-token.tsx';
import { faceOf } from './token-state.ts';

const text = messages.tokens;
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
    <EmptyState
      py={40}
      icon={<IconKey size={40} stroke={1.5} aria-hidden />}
      title={text.empty.title}
      description={text.empty.text}
    >
      <EmptyState.Actions>
        <Button onClick={openCreateToken}>{text.new}</Button>
      </EmptyState.Actions>
    </EmptyState>
  );
}

function TokenTable({ tokens }: { readonly tokens: readonly Token[] }) {
  const now = useNow();
  const { columns } = text;
  return (
    <Table.ScrollContainer minWidth={600} type="native">
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            {[columns.name, columns.scopes, columns.projects, columns.expires, columns.lastUsed].map(
              (label) => (
                <Table.Th key={label} fz="xs" c="dimmed" fw={500}>
                  {label}
                </Table.Th>
              ),
            )}
            <Table.Th fz="xs" c="dimmed" fw={500} ta="right">
              {columns.actions}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} now={now} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function TokenRow({ token, now }: { readonly token: Token; readonly now: number }) {
  const face = faceOf(token, now);
  const { name, scopes, projectIds, tags, expiresAt, lastUsedAt, createdAt } = token;
  return (
    <Table.Tr>
      <Table.Td>
        <Text fw={550}>{name}</Text>
        <Text fz="xs" c="dimmed">
          <Time at={createdAt} as="date" />
        </Text>
      </Table.Td>
      <Table.Td>{text.scopes[BY_REACH.find((scope) => scopes.includes(scope)) ?? 'projects:read']}</Table.Td>
      <Table.Td>
        {projectIds === null && text.allProjects}
        {projectIds !== null && projectIds.length > 0 && messages.projectCount(projectIds.length)}
        {tags.length > 0 && <TagList tags={tags} />}
      </Table.Td>
      <Table.Td>{expiresAt === null ? text.neverExpires : <Time at={expiresAt} as="date" />}</Table.Td>
      <Table.Td>{lastUsedAt === null ? text.neverUsed : <Time at={lastUsedAt} as="relative" />}</Table.Td>
      <Table.Td ta="right">
        {face === null ? (
          <ActionIcon
            variant="subtle"
            color="red"
            aria-label={text.revoke.action(name)}
            title={text.revoke.action(name)}
            onClick={() => openRevokeToken(token)}
          >
            <IconBan size={18} aria-hidden />
          </ActionIcon>
        ) : (
          <Chip face={face} />
        )}
      </Table.Td>
    </Table.Tr>
  );
}
