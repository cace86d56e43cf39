// The menu of a page's rarer actions.
import { ActionIcon, Menu } from '@mantine/core';
import { type Icon, IconDots } from '@tabler/icons-react';
import { messages } from '../messages.ts';

export interface MenuAction {
  readonly label: string;
  readonly icon: Icon;
  /** Removes or revokes something; such actions are last, after a line. */
  readonly isDangerous?: boolean;
  run(): void;
}

/** @param actions Entries that are false are left out. */
export function ActionsMenu({ actions }: { readonly actions: readonly (MenuAction | false)[] }) {
  const all = actions.filter((action) => action !== false);
  const items = (isDangerous: boolean) =>
    all
      .filter((action) => (action.isDangerous ?? false) === isDangerous)
      .map(({ label, icon: Icon, run }) => (
        <Menu.Item
          key={label}
          color={isDangerous ? 'red' : undefined}
          leftSection={<Icon size={16} aria-hidden />}
          onClick={run}
        >
          {label}
        </Menu.Item>
      ));
  const dangerous = items(true);
  return (
    <Menu position="bottom-end" width="max-content">
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={messages.actions}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown miw={200}>
        {items(false)}
        {dangerous.length > 0 && dangerous.length < all.length && <Menu.Divider />}
        {dangerous}
      </Menu.Dropdown>
    </Menu>
  );
}
