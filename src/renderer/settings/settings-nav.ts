// The pages of the settings, for their navigation and the command palette.
import { messages } from '../messages.ts';

const pages = messages.shell.settingsPages;

export const SETTINGS_PAGES = [
  { to: '/settings', label: pages.general },
  { to: '/settings/renewals', label: pages.renewals },
  { to: '/settings/authorities', label: pages.authorities },
  { to: '/settings/dns', label: pages.dns },
  { to: '/settings/network', label: pages.network },
  { to: '/settings/sessions', label: pages.sessions },
  { to: '/settings/audit', label: pages.audit },
] as const;

export type SettingsAddress = (typeof SETTINGS_PAGES)[number]['to'];
