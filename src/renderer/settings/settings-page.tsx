// What can be changed while Certdesk runs, and what was chosen when it was started.
import { SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { NotificationsPanel } from '../notifications/notifications-panel.tsx';
import { Facts } from '../ui/facts.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { AccountsPanel } from './accounts-panel.tsx';
import { BackupPanel } from './backup-panel.tsx';
import { BudgetPanel } from './budget-panel.tsx';
import { DnsPanel } from './dns-panel.tsx';
import { RenewalsPanel } from './renewals-panel.tsx';
import { SessionsPanel } from './sessions-panel.tsx';

const text = messages.settings;

export function SettingsPage() {
  const api = useApi();
  const settings = useQuery(api.settings.get.queryOptions());
  return (
    <Page title={text.title} description={text.description} width="normal">
      <Stack gap="md">
        <Appearance />
        <QueryView query={settings} lines={8}>
          {({ dns, sessions, renewals, backup, notifications }) => (
            <>
              <RenewalsPanel renewals={renewals} />
              <BudgetPanel />
              <NotificationsPanel notifications={notifications} />
              <DnsPanel dns={dns} />
              <BackupPanel backup={backup} />
              <SessionsPanel sessions={sessions} />
            </>
          )}
        </QueryView>
        <AccountsPanel />
        <Listeners />
      </Stack>
    </Page>
  );
}

const THEMES = ['light', 'dark', 'auto'] as const;

function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Panel title={text.appearance.title}>
      <Stack gap={4} align="flex-start">
        <Text fw={500} fz="sm" id="theme-label">
          {text.appearance.theme}
        </Text>
        <SegmentedControl
          aria-labelledby="theme-label"
          value={colorScheme}
          onChange={(value) => setColorScheme(THEMES.find((theme) => theme === value) ?? 'auto')}
          data={THEMES.map((value) => ({ value, label: messages.shell.themes[value] }))}
        />
        <Text c="dimmed" fz="xs">
          {text.appearance.themeHint}
        </Text>
      </Stack>
    </Panel>
  );
}

function Listeners() {
  const api = useApi();
  const diagnostics = useQuery(api.system.diagnostics.queryOptions());
  const { listeners } = text;
  return (
    <Panel title={listeners.title}>
      <QueryView query={diagnostics}>
        {(data) => (
          <Stack gap="sm">
            <Facts
              labelWidth={170}
              facts={[
                { label: listeners.api, value: data.listeners.api ?? listeners.closed },
                { label: listeners.challenges, value: data.listeners.challenges ?? listeners.closed },
                { label: listeners.secretStore, value: data.secretStore.reason },
                { label: listeners.resolvers, value: data.resolvers.join(', ') },
              ]}
            />
            <Text c="dimmed" fz="xs">
              {listeners.hint}
            </Text>
          </Stack>
        )}
      </QueryView>
    </Panel>
  );
}
