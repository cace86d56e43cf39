// The entries of the command palette that do not depend on projects: commands and screens.
import { useMantineColorScheme } from '@mantine/core';
import {
  IconArrowRight,
  IconCirclePlus,
  IconClockExclamation,
  IconFolderDown,
  IconLogout,
  type IconSearch,
  IconSunMoon,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useAppContext } from '../app-context.ts';
import { palette as text } from '../messages/palette.ts';
import { messages } from '../messages.ts';
import { signOut } from '../session/sign-out.ts';
import { SCREENS } from './nav-entries.ts';

export interface Entry {
  readonly id: string;
  readonly label: string;
  readonly icon: typeof IconSearch;
  /** Other words that find it. */
  readonly words?: readonly string[];
  /** Whether the palette stays open, to ask for more. */
  readonly staysOpen?: boolean;
  run(): void;
}

/** Whether what the user typed is a part of the label, or of another word for it. */
export function fits({ label, words = [] }: Pick<Entry, 'label' | 'words'>, query: string): boolean {
  const typed = query.trim().toLowerCase();
  return [label, ...words].some((name) => name.toLowerCase().includes(typed));
}

export function useCommands(): readonly Entry[] {
  const navigate = useNavigate();
  return [
    {
      id: 'new',
      label: messages.shell.newCertificate,
      icon: IconCirclePlus,
      run: () => void navigate({ to: '/new' }),
    },
    { id: 'import', label: text.import, icon: IconFolderDown, run: () => void navigate({ to: '/import' }) },
    {
      id: 'expiring',
      label: text.expiring,
      icon: IconClockExclamation,
      run: () => void navigate({ to: '/projects', search: { status: 'expiring_soon', sort: 'expiry' } }),
    },
  ];
}

/** Commands on Certdesk itself. */
export function useAppCommands(): readonly Entry[] {
  const { toggleColorScheme } = useMantineColorScheme();
  const { browser } = useAppContext().session;
  return [
    { id: 'theme', label: text.switchTheme, icon: IconSunMoon, run: toggleColorScheme },
    ...(browser === null
      ? []
      : [
          {
            id: 'sign-out',
            label: messages.shell.signOut,
            icon: IconLogout,
            run: () => void signOut(browser),
          },
        ]),
  ];
}

export function useScreens(): readonly Entry[] {
  const navigate = useNavigate();
  return SCREENS.map(({ to, label }) => ({
    id: to,
    label,
    icon: IconArrowRight,
    run: () => void navigate({ to }),
  }));
}
