// The bar above the page on narrow screens. Its drawer has what the side bar has.
import { ActionIcon } from '@mantine/core';
import { IconMenu2 } from '@tabler/icons-react';
import { type ComponentType, useState } from 'react';
import { messages } from '../messages.ts';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Logo } from './logo.tsx';
import { type NavProps, SearchButton } from './nav.tsx';
import type { NavDrawerProps } from './nav-drawer.tsx';
import classes from './shell.module.css';

const text = messages.shell;

export function TopBar(props: NavProps) {
  const [opened, setOpened] = useState(false);
  const [NavDrawer, setNavDrawer] = useState<ComponentType<NavDrawerProps> | null>(null);
  const open = (): void => {
    import('./nav-drawer.tsx').then((loaded) => {
      setNavDrawer(() => loaded.NavDrawer);
      setOpened(true);
    }, notifyFailure);
  };
  return (
    <aside className={classes.topBar} aria-label={text.sidebar}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={36}
        aria-label={text.openNavigation}
        aria-expanded={opened}
        onClick={open}
      >
        <IconMenu2 size={20} stroke={1.75} aria-hidden />
      </ActionIcon>
      <Logo />
      <SearchButton />
      {NavDrawer !== null && <NavDrawer {...props} opened={opened} onClose={() => setOpened(false)} />}
    </aside>
  );
}
