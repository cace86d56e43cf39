// The settings page: runtime settings, and the values that were chosen at startup.
import { SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { useAppContext } from '../app-context.ts';
import { messages } from '../messages.ts';
import { NotificationsPanel } from '../notifications/notifications-panel.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { AccountsPanel } from './accounts-panel.tsx';
import { AuditPanel } from './audit-panel.tsx';
import { BackupPanel } from './backup-panel.tsx';
import { BudgetPanel } from './budget-panel.tsx';
import { DesktopPanel } from './desktop-panel.tsx';
import { DirectoriesPanel } from './directories-panel.tsx';
import { DnsPanel } from './dns-panel.tsx';
import { GeneralPanel } from './general-panel.tsx';
import { HttpsPanel } from './https-panel.tsx';
import { ListenersPanel } from './listeners-panel.tsx';
import { RenewalsPanel } from './renewals-panel.tsx';
import { Sections } from './sections.tsx';
import { SessionsPanel } from './sessions-panel.tsx';

const text = messages.settings;

/** In the order of the panels; the desktop app's panel is second. */
const SECTIONS = [
  text.general.title,
  text.renewals.title,
  text.budget.title,
  messages.notifications.title,
  text.dns.title,
  messages.backup.title,
  text.sessions.title,
  text.audit.title,
  text.https.title,
  text.listeners.title,
  text.accounts.title,
  text.directories.title,
];

export function SettingsPage() {
  const api = useApi();
  const settings = useQuery(api.settings.get.queryOptions());
  const inWindow = useAppContext().session.browser === null;
  return (
    <Page title={text.title} description={text.description} width="normal">
      <Sections names={[text.appearance.title, ...(inWindow ? [text.desktop.title] : []), ...SECTIONS]}>
        <Appearance />
        <QueryView query={settings} lines={8}>
          {({
            general,
            dns,
            audit,
            sessions,
            renewals,
            backup,
            notifications,
            desktop,
            https,
            listeners,
          }) => (
            <>
              {inWindow && <DesktopPanel desktop={desktop} />}
              <GeneralPanel general={general} />
              <RenewalsPanel renewals={renewals} />
              <BudgetPanel />
              <NotificationsPanel notifications={notifications} />
              <DnsPanel dns={dns} />
              <BackupPanel backup={backup} />
              <SessionsPanel sessions={sessions} />
              <AuditPanel audit={audit} />
              <HttpsPanel https={https} />
              <ListenersPanel listeners={listeners} />
            </>
          )}
        </QueryView>
        <AccountsPanel />
        <DirectoriesPanel />
      </Sections>
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
