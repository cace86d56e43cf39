// Hosts and the credentials that Certdesk signs in with.

import { Button, Tabs } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useApi } from '../api.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { LinkButton } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { TabStrip } from '../ui/tab-strip.tsx';
import { openCreateHostCredential } from './credential-form.tsx';
import { CredentialList } from './credential-list.tsx';
import { HostList } from './host-list.tsx';

const text = hostTexts;
const route = getRouteApi('/hosts');
const icon = <IconPlus size={16} aria-hidden />;

export function HostsPage() {
  const search = route.useSearch();
  const { tab = 'hosts' } = search;
  const navigate = route.useNavigate();
  const api = useApi();
  const hosts = useQuery(api.hosts.list.queryOptions());
  const choose = (value: string | null): void =>
    void navigate({ search: value === 'credentials' ? { tab: 'credentials' } : {}, replace: true });
  return (
    <Page
      title={text.title}
      description={text.description}
      actions={
        tab === 'hosts' ? (
          <>
            {hosts.data?.hosts.some(({ transport }) => transport === 'ssh') && (
              <LinkButton to="/hosts/known-hosts" variant="default">
                {text.knownHosts.action}
              </LinkButton>
            )}
            <LinkButton to="/hosts/import" variant="default">
              {text.importHosts}
            </LinkButton>
            <LinkButton to="/hosts/new" leftSection={icon}>
              {text.add}
            </LinkButton>
          </>
        ) : (
          <Button leftSection={icon} onClick={openCreateHostCredential}>
            {text.credentials.new}
          </Button>
        )
      }
    >
      <Tabs value={tab} onChange={choose} keepMounted={false}>
        <TabStrip label={text.tabsLabel} value={tab}>
          <Tabs.Tab value="hosts">{text.tabs.hosts}</Tabs.Tab>
          <Tabs.Tab value="credentials">{text.tabs.credentials}</Tabs.Tab>
        </TabStrip>
        <Tabs.Panel value="hosts">
          <QueryView query={hosts}>
            {(data) => (
              <HostList
                hosts={data.hosts}
                search={search}
                onSearch={(next) => void navigate({ search: next, replace: true })}
              />
            )}
          </QueryView>
        </Tabs.Panel>
        <Tabs.Panel value="credentials">
          <CredentialList />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
