// The pages of the settings. Each has few panels, and at most one form per panel.
import { SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Settings } from '../../shared/settings.ts';
import { useApi } from '../api.ts';
import { useAppContext } from '../app-context.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { messages } from '../messages.ts';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { AccountsPanel } from './accounts-panel.tsx';
import { AuditPanel } from './audit-panel.tsx';
import { BudgetPanel } from './budget-panel.tsx';
import { DesktopPanel } from './desktop-panel.tsx';
import { DirectoriesPanel } from './directories-panel.tsx';
import { DnsPanel } from './dns-panel.tsx';
import { GeneralPanel } from './general-panel.tsx';
import { HttpsPanel } from './https-panel.tsx';
import { ListenersPanel } from './listeners-panel.tsx';
import { RenewalsPanel } from './renewals-panel.tsx';
import { SessionsPanel } from './sessions-panel.tsx';
import { SettingsFrame } from './settings-frame.tsx';

const text = settingsTexts;

export function GeneralPage() {
  const inWindow = useAppContext().session.browser === null;
  return (
    <SettingsFrame page="/settings">
      <Appearance />
      <WithSettings>{({ general }) => <GeneralPanel general={general} />}</WithSettings>
      {inWindow && <WithSettings>{({ desktop }) => <DesktopPanel desktop={desktop} />}</WithSettings>}
    </SettingsFrame>
  );
}

export function RenewalsPage() {
  return (
    <SettingsFrame page="/settings/renewals">
      <WithSettings>{({ renewals }) => <RenewalsPanel renewals={renewals} />}</WithSettings>
    </SettingsFrame>
  );
}

export function AuthoritiesPage() {
  return (
    <SettingsFrame page="/settings/authorities">
      <AccountsPanel />
      <DirectoriesPanel />
      <BudgetPanel />
    </SettingsFrame>
  );
}

export function DnsPage() {
  return (
    <SettingsFrame page="/settings/dns">
      <WithSettings>{({ dns }) => <DnsPanel dns={dns} />}</WithSettings>
    </SettingsFrame>
  );
}

export function NetworkPage() {
  return (
    <SettingsFrame page="/settings/network">
      <WithSettings>
        {({ https, listeners }) => (
          <>
            <HttpsPanel https={https} />
            <ListenersPanel listeners={listeners} />
          </>
        )}
      </WithSettings>
    </SettingsFrame>
  );
}

export function SessionsPage() {
  return (
    <SettingsFrame page="/settings/sessions">
      <WithSettings>{({ sessions }) => <SessionsPanel sessions={sessions} />}</WithSettings>
    </SettingsFrame>
  );
}

export function AuditPage() {
  return (
    <SettingsFrame page="/settings/audit">
      <WithSettings>{({ audit }) => <AuditPanel audit={audit} />}</WithSettings>
    </SettingsFrame>
  );
}

function WithSettings({ children }: { readonly children: (settings: Settings) => ReactNode }) {
  const settings = useQuery(useApi().settings.get.queryOptions());
  return (
    <QueryView query={settings} lines={8}>
      {children}
    </QueryView>
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
