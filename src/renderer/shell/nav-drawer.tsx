// The drawer with the navigation on narrow screens; its code is loaded on first use.
import { Drawer } from '@mantine/core';
import { messages } from '../messages.ts';
import { Logo } from './logo.tsx';
import { Foot, Links, type NavProps } from './nav.tsx';
import classes from './shell.module.css';

export interface NavDrawerProps extends NavProps {
  readonly opened: boolean;
  onClose(): void;
}

export function NavDrawer({ opened, onClose, ...props }: NavDrawerProps) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      size="17rem"
      title={<Logo />}
      closeButtonProps={{ 'aria-label': messages.shell.closeNavigation }}
      classNames={{ content: classes.drawer, header: classes.drawer, body: classes.drawerBody }}
    >
      <Links onOpen={onClose} />
      <Foot {...props} />
    </Drawer>
  );
}
