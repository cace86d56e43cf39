// dns-persist-01 records: what each name needs, to copy, and whether DNS has it.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { PersistRecord, PersistReport, PersistState } from '../../shared/persist-record.ts';
import { persistTexts as text } from '../messages/persist.ts';
import { Chip } from '../ui/chip.tsx';
import { CodeBlock } from '../ui/copy.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { TONE_ICONS } from '../ui/status-style.ts';

const TONES = {
  valid: 'ok',
  unknown: 'warn',
  ending: 'warn',
  missing: 'bad',
  'other-account': 'bad',
  'no-wildcard': 'bad',
  expired: 'bad',
} as const satisfies Record<PersistState, string>;

export interface PersistRecordsViewProps {
  readonly report: PersistReport;
  /** Whether the request was not sent yet, so that a missing record is no problem. */
  readonly isPreview?: boolean;
  /** Registers the account at the CA. */
  onRegister?(): Promise<void>;
}

export function PersistRecordsView({ report, isPreview = false, onRegister }: PersistRecordsViewProps) {
  return (
    <Stack gap="md" role="group" aria-label={text.title}>
      {report.accountUrl === null && (
        <Notice tone="info" title={text.noAccount}>
          <Text fz="sm">{text.noAccountText(report.ca)}</Text>
          {onRegister !== undefined && <RegisterButton onRegister={onRegister} />}
        </Notice>
      )}
      {report.records.map((record) => (
        <RecordView key={record.name} record={record} isPreview={isPreview} />
      ))}
    </Stack>
  );
}

function RegisterButton({ onRegister }: { readonly onRegister: () => Promise<void> }) {
  const [isRunning, setRunning] = useState(false);
  const register = (): void => {
    setRunning(true);
    onRegister()
      .catch(notifyFailure)
      .finally(() => setRunning(false));
  };
  return (
    <Button mt="xs" size="xs" variant="default" loading={isRunning} onClick={register}>
      {text.register}
    </Button>
  );
}

function RecordView({ record, isPreview }: { readonly record: PersistRecord; readonly isPreview: boolean }) {
  const { name, state, message, value, tooWide } = record;
  const isMissing = isPreview && state === 'missing';
  const tone = isMissing ? 'info' : tooWide && state === 'valid' ? 'warn' : TONES[state];
  const label = isMissing ? text.toCreate : tooWide && state === 'valid' ? text.tooWide : text.states[state];
  return (
    <Stack gap={6}>
      <Group gap="xs">
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          {record.for.join(', ')}
        </Text>
        <Chip face={{ tone, icon: TONE_ICONS[tone], label }} />
      </Group>
      {!isMissing && <Text fz="sm">{message}</Text>}
      <CodeBlock code={name} what={text.name} wrap />
      {value !== null && <CodeBlock code={value} what={text.value} wrap />}
    </Stack>
  );
}
