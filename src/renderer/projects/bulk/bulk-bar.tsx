// The toolbar above the list for the selected projects; visible while any are selected.
import { Button, Group, Text } from '@mantine/core';
import {
  IconArrowsExchange,
  IconDownload,
  IconPackageExport,
  IconPlus,
  IconRefresh,
  IconTags,
  IconTrash,
} from '@tabler/icons-react';
import { bulk as bulkTexts } from '../../messages/bulk.ts';
import { LinkButton } from '../../ui/link.tsx';
import classes from '../projects.module.css';
import type { Selection } from '../selection.ts';
import type { ProjectRowData } from '../use-project-list.ts';
import { BULK_ACTIONS, type BulkAction } from './bulk-actions.ts';
import { openBulk } from './bulk-dialog.tsx';

const text = bulkTexts;
const ICONS = {
  renew: IconRefresh,
  reissue: IconArrowsExchange,
  deploy: IconPackageExport,
  export: IconDownload,
  tags: IconTags,
  remove: IconTrash,
} as const;

export interface BulkBarProps {
  readonly rows: readonly ProjectRowData[];
  readonly selection: Selection;
}

export function BulkBar({ rows, selection }: BulkBarProps) {
  const loaded = new Map(rows.map((row) => [row.id, row]));
  const chosen = [...selection.ids].flatMap((id) => loaded.get(id) ?? selection.collected.get(id) ?? []);
  if (chosen.length === 0) return null;
  return (
    <Group gap={6} mb="xs" role="toolbar" aria-label={text.bar} className={classes.bar}>
      <Text fw={600} mr="xs" aria-live="polite">
        {text.selected(chosen.length)}
      </Text>
      {BULK_ACTIONS.filter((action) => action !== 'remove').map((action) => (
        <ActionButton key={action} action={action} onClick={() => openBulk(action, chosen)} />
      ))}
      <LinkButton
        size="xs"
        px="xs"
        variant="default"
        leftSection={<IconPlus size={14} aria-hidden />}
        to="/deployments/many"
        search={{ projects: chosen.map(({ id }) => id).join(',') }}
      >
        {text.addDeployment}
      </LinkButton>
      {/* After all that removes nothing. */}
      <ActionButton action="remove" onClick={() => openBulk('remove', chosen)} />
      <Button size="xs" px="xs" variant="subtle" onClick={selection.clear}>
        {text.clear}
      </Button>
    </Group>
  );
}

interface ActionButtonProps {
  readonly action: BulkAction;
  onClick(): void;
}

function ActionButton({ action, onClick }: ActionButtonProps) {
  const Icon = ICONS[action];
  return (
    <Button
      size="xs"
      px="xs"
      variant="default"
      leftSection={<Icon size={14} aria-hidden />}
      onClick={onClick}
    >
      {text.actions[action]}
    </Button>
  );
}
