// The side bar: navigation, connection state, theme and sign-out. On narrow screens they are in top-bar.tsx.
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
import { NAV_GROUPS } from './nav-entries.ts';
import { palette } from './palette-store.ts';
import classes from './shell.module.css';

const text = messages.shell;

export interface NavProps {
  readonly live: LiveState;
  /** Null in the desktop app, where there is no sign-out. */
  readonly onSignOut: (() => void) | null;
}

export function SideBar(props: NavProps) {
  return (
    <aside className={classes.side} aria-label={text.sidebar}>
      <Logo />
      <SearchButton />
      <Links />
      <Foot {...props} />
    </aside>
  );
}

/** @param props.onOpen Called when a link is followed. */
export function Links({ onOpen }: { readonly onOpen?: () => void }) {
  return (
    <nav aria-label={text.navigation} className={classes.nav}>
      {NAV_GROUPS.map(({ label, entries }) => (
        <div key={label} className={classes.group}>
          {label !== null && (
            <div className={classes.groupName} aria-hidden>
              <span>{label}</span>
            </div>
          )}
          <ul aria-label={label ?? undefined}>
            {entries.map(({ to, label: name, icon: Icon }) => (
              <li key={to}>
                <Link to={to} className={classes.link} title={name} onClick={onOpen}>
                  <Icon size={18} stroke={1.75} aria-hidden />
                  <span>{name}</span>
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

export function Foot({ live, onSignOut }: NavProps) {
  return (
    <div className={classes.foot}>
      <div className={classes.live} data-state={live} role="status" title={text.liveHint[live]}>
        <span>{text.live[live]}</span>
      </div>
      <div className={classes.footActions}>
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
  );
}

export function SearchButton() {
  const mac = navigator.platform.startsWith('Mac');
  return (
    <UnstyledButton className={classes.search} onClick={palette.open}>
      <IconSearch size={16} stroke={1.75} aria-hidden />
      <span>
        {text.palette.short}
        <VisuallyHidden> {text.palette.more}</VisuallyHidden>
      </span>
      <Kbd size="sm" aria-hidden>
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
