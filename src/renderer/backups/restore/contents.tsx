// Compares a backup with the current data, explains the effects of a restore, and asks for confirmation.
import { Button, Group, Stack, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { CheckedBackup } from '../../../shared/backup.ts';
import { useAppContext } from '../../app-context.ts';
import { formatNumber } from '../../format.ts';
import { backup as backupTexts } from '../../messages/backup.ts';
import { messages } from '../../messages.ts';
import { CopyText } from '../../ui/copy.tsx';
import { useStayOpen } from '../../ui/dialog.tsx';
import { FailureNotice } from '../../ui/failure.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Time } from '../../ui/time.tsx';

const text = backupTexts.restore;

export interface ContentsProps {
  readonly checked: CheckedBackup;
  readonly pending: boolean;
  readonly error: unknown;
  onBack(): void;
  onRestore(): void;
}

export function Contents({ checked, pending, error, onBack, onRestore }: ContentsProps) {
  useStayOpen();
  const [word, setWord] = useState('');
  const sure = word.trim().toLowerCase() === text.word;
  const { newer, certdesk, restoreCommand } = checked;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (sure && !newer && !pending) onRestore();
      }}
      noValidate
    >
      <Stack gap="md">
        {newer ? (
          <Notice tone="bad" title={text.newer(certdesk)} />
        ) : (
          <Notice tone="ok" title={text.verified} />
        )}
        <Beside checked={checked} />
        {!newer && (
          <>
            <Effects />
            <TextInput
              label={text.confirm(text.word)}
              autoComplete="off"
              spellCheck={false}
              disabled={pending}
              value={word}
              onChange={(event) => setWord(event.currentTarget.value)}
            />
          </>
        )}
        {error !== null && <FailureNotice error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onBack} disabled={pending}>
            {messages.back}
          </Button>
          {!newer && (
            <Button type="submit" color="red" loading={pending} disabled={!sure}>
              {text.submit}
            </Button>
          )}
        </Group>
        {!newer && (
          <Stack gap={4}>
            <Text fz="xs" c="dimmed">
              {text.commandHint}
            </Text>
            <CopyText value={restoreCommand} what={text.command} />
          </Stack>
        )}
      </Stack>
    </form>
  );
}

function Beside({ checked: { here, ...backup } }: { readonly checked: CheckedBackup }) {
  const rows: readonly (readonly [string, ReactNode, ReactNode])[] = [
    [text.created, <Time key="made" at={backup.createdAt} />, text.now],
    [text.by, backup.certdesk, here.certdesk],
    [text.projects, formatNumber(backup.projects), formatNumber(here.projects)],
    [text.certificates, formatNumber(backup.certificates), formatNumber(here.certificates)],
    [
      text.secrets,
      formatNumber(backup.secrets),
      here.secrets === null ? messages.unknown : formatNumber(here.secrets),
    ],
    [text.secretStore, text.secretStores[backup.secretStore], text.secretStores[here.secretStore]],
  ];
  return (
    <Table
      verticalSpacing={6}
      horizontalSpacing={8}
      style={{ overflowWrap: 'anywhere' }}
      aria-label={text.comparison}
    >
      <Table.Thead>
        <Table.Tr>
          <Table.Th>
            <VisuallyHidden>{text.what}</VisuallyHidden>
          </Table.Th>
          {[text.inBackup, text.current].map((label) => (
            <Table.Th key={label} fz="xs" c="dimmed" fw={500}>
              {label}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(([label, inBackup, now]) => (
          <Table.Tr key={label}>
            <Table.Th scope="row" c="dimmed" fw={400}>
              {label}
            </Table.Th>
            <Table.Td>{inBackup}</Table.Td>
            <Table.Td>{now}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Effects() {
  const inWindow = useAppContext().session.browser === null;
  const effects = [...text.effects, inWindow ? text.signedOutAll : text.signedOutOthers];
  return (
    <Notice tone="warn" title={text.effectsTitle}>
      <ul style={{ margin: '4px 0 0', paddingInlineStart: 18 }}>
        {effects.map((effect) => (
          <li key={effect}>{effect}</li>
        ))}
      </ul>
    </Notice>
  );
}
