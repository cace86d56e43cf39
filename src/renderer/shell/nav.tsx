// The side bar: navigation, connection state, theme and sign-out.
import {
  ActionIcon,
  Kbd,
  Menu,
  Tooltip,
  UnstyledButton,
  useMantineColorScheme,
  VisuallyHidden,
} from '@mantine/core';
import { IconDeviceDesktop, IconLogout, IconMoon, IconSearch, IconSun } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { LiveState } from '../live.ts';
import { messages } from '../messages.ts';

import { Logo } from './logo.tsx';
import { NAV_ENTRIES } from './nav-entries.ts';
import { palette } from './palette-store.ts';
import classes from './shell.module.css';

const text = messages.shell;

export interface NavProps {
  readonly live: LiveState;
  /** Null in the desktop app, where there is no sign-out. */
  readonly onSignOut: (() => void) | null;
}

export function Nav({ live, onSignOut }: NavProps) {
  return (
    <aside className={classes.side} aria-label={text.sidebar}>
      <Logo />
      <SearchButton />
      <nav aria-label={text.navigation}>
        <ul className={classes.nav}>
          {NAV_ENTRIES.map(({ to, label, icon: Icon }) => (
            <li key={to}>
              <Link to={to} className={classes.link} title={label}>
                <Icon size={18} stroke={1.75} aria-hidden />
                <span>{label}</span>
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className={classes.foot}>
        <div className={classes.footRow}>
          <div className={classes.live} data-state={live} role="status" title={text.liveHint[live]}>
            <span>{text.live[live]}</span>
          </div>
          <div className={classes.footRow} style={{ gap: 2 }}>
            <ThemeMenu />
            {onSignOut !== null && (
              <Tooltip label={text.signOut}>
                <ActionIcon variant="subtle" color="gray" onClick={onSignOut} aria-label={text.signOut}>
                  <IconLogout size={18} stroke={1.75} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
          </div>
        </div>
      </div>
    </aside>
  );
}

function SearchButton() {
  const mac = navigator.platform.startsWith('Mac');
  return (
    <UnstyledButton className={classes.search} onClick={palette.open}>
      <IconSearch size={16} stroke={1.75} aria-hidden />
      <span>
        {text.palette.short}
        <VisuallyHidden> {text.palette.more}</VisuallyHidden>
      </span>
      <Kbd size="xs" aria-hidden>
        {mac ? text.palette.hintMac : text.palette.hint}
      </Kbd>
    </UnstyledButton>
  );
}

const THEMES = [
  { value: 'light', icon: IconSun },
  { value: 'dark', icon: IconMoon },
  { value: 'auto', icon: IconDeviceDesktop },
] as const;

function ThemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Current = THEMES.find(({ value }) => value === colorScheme)?.icon ?? IconDeviceDesktop;
  return (
    <Menu position="top-start">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={text.theme} title={text.theme}>
          <Current size={18} stroke={1.75} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {THEMES.map(({ value, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} aria-hidden />}
            onClick={() => setColorScheme(value)}
            aria-current={value === colorScheme}
            fw={value === colorScheme ? 600 : undefined}
          >
            {text.themes[value]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
