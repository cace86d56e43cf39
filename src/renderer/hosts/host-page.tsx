// The page of a host: its state, the test, and what is deployed there.

import { Group, Stack, Text } from '@mantine/core';
import { IconEdit, IconTag, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { Host } from '../../shared/host.ts';
import { useApi } from '../api.ts';
import { DeploymentRows } from '../deployments/deployment-rows.tsx';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { TagList } from '../tags/tag-list.tsx';
import { ActionsMenu } from '../ui/actions-menu.tsx';
import { Chip } from '../ui/chip.tsx';
import { Facts } from '../ui/facts.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { ServerText, Time } from '../ui/time.tsx';
import { BackToHosts } from './back-to-hosts.tsx';
import { ChangedKeyAlarm } from './changed-key.tsx';
import { openEditTags } from './edit-tags.tsx';
import { Fingerprint } from './host-keys.tsx';
import { addressOf, faceOfHost } from './host-state.ts';
import { openRemoveHost } from './remove-host.tsx';
import { TestPanel } from './test-panel.tsx';

const text = hostTexts.page;
const route = getRouteApi('/hosts/$hostId');

export function HostPage() {
  const { hostId } = route.useParams();
  const { test = false } = route.useSearch();
  const api = useApi();
  const host = useQuery(api.hosts.get.queryOptions({ hostId }));
  return (
    <Page
      title={host.data?.name ?? ''}
      above={<BackToHosts />}
      heading={host.data === undefined ? '' : <Heading host={host.data} />}
      description={host.data === undefined ? undefined : addressOf(host.data)}
      actions={host.data === undefined ? undefined : <Actions host={host.data} />}
    >
      <QueryView query={host} lines={8}>
        {(data) => (
          <Stack gap="md">
            <ChangedKeyAlarm host={data} />
            <TestPanel hostId={hostId} now={test} />
            <DeployedHere hostId={hostId} />
            <Details host={data} />
          </Stack>
        )}
      </QueryView>
    </Page>
  );
}

function Heading({ host }: { readonly host: Host }) {
  return (
    <Group gap="sm" component="span">
      {host.name}
      <Chip face={faceOfHost(host)} />
    </Group>
  );
}

function Actions({ host }: { readonly host: Host }) {
  const navigate = useNavigate();
  return (
    <ActionsMenu
      actions={[
        {
          label: text.edit,
          icon: IconEdit,
          run: () => void navigate({ to: '/hosts/$hostId/edit', params: { hostId: host.id } }),
        },
        { label: text.editTags, icon: IconTag, run: () => openEditTags(host) },
        { label: text.remove, icon: IconTrash, isDangerous: true, run: () => openRemoveHost(host) },
      ]}
    />
  );
}

function DeployedHere({ hostId }: { readonly hostId: string }) {
  const api = useApi();
  const deployments = useQuery(api.deployments.list.queryOptions({ host: hostId, limit: 500 }));
  return (
    <Panel title={text.deployedHere} flush>
      <QueryView query={deployments}>
        {(data) =>
          data.deployments.length === 0 ? (
            <Text p="md" c="dimmed">
              {text.nothingHere}
            </Text>
          ) : (
            <DeploymentRows deployments={data.deployments} label={text.deployedHere} hostId={hostId} />
          )
        }
      </QueryView>
    </Panel>
  );
}

function Details({ host }: { readonly host: Host }) {
  const api = useApi();
  const isSsh = host.transport === 'ssh';
  const credentials = useQuery({ ...api.hostCredentials.list.queryOptions(), enabled: isSsh });
  const hosts = useQuery({ ...api.hosts.list.queryOptions(), enabled: host.jumpHostId !== null });
  const credential = credentials.data?.hostCredentials.find(({ id }) => id === host.credentialId);
  const jump = hosts.data?.hosts.find(({ id }) => id === host.jumpHostId);
  return (
    <Panel title={text.details}>
      <Facts
        facts={[
          { label: text.connection, value: addressOf(host) },
          credential === undefined ? null : { label: text.credential, value: credential.name },
          jump === undefined
            ? null
            : {
                label: text.jumpHost,
                value: (
                  <TextLink to="/hosts/$hostId" params={{ hostId: jump.id }}>
                    {jump.name}
                  </TextLink>
                ),
              },
          isSsh ? { label: text.become, value: text.becomes[host.become] } : null,
          {
            label: text.tags,
            value: host.tags.length === 0 ? text.noTags : <TagList tags={host.tags} />,
          },
          isSsh
            ? {
                label: text.keys,
                value: host.hostKeys.map((key) => <Fingerprint key={key.sha256} hostKey={key} />),
              }
            : null,
          host.lastError === null
            ? null
            : { label: text.lastError, value: <ServerText>{host.lastError}</ServerText> },
          host.lastContactAt === null
            ? null
            : { label: hostTexts.lastContact, value: <Time at={host.lastContactAt} /> },
          { label: text.added, value: <Time at={host.createdAt} as="date" /> },
        ]}
      />
    </Panel>
  );
}
