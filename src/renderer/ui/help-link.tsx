// Opens the document about the current page.
import { ActionIcon } from '@mantine/core';
import { IconHelpCircle } from '@tabler/icons-react';
import { useMatches } from '@tanstack/react-router';
import { useAppContext } from '../app-context.ts';
import { helpFor } from '../help.ts';
import { messages } from '../messages.ts';
import type { ProjectTab } from '../projects/project-tabs.ts';

/** @param title The title of the page. */
export function HelpLink({ title }: { readonly title: string }) {
  const { server } = useAppContext();
  const help = useMatches({ select: (matches) => helpOf(matches.at(-1)) });
  if (help === null) return null;
  const label = messages.helpOf(title);
  return (
    <ActionIcon
      component="a"
      href={`${server}/${help}`}
      target="_blank"
      rel="noreferrer"
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={label}
      title={label}
    >
      <IconHelpCircle size={18} stroke={1.75} aria-hidden />
    </ActionIcon>
  );
}

interface Match {
  readonly fullPath: string;
  readonly search: object;
}

function helpOf(match: Match | undefined): string | null {
  if (match === undefined) return null;
  const { tab } = match.search as { readonly tab?: ProjectTab };
  return helpFor(match.fullPath, tab);
}
