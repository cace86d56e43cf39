// The files that servers need, each with one click.
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useApiClient } from '../../api.ts';
import { certificates as certificateTexts } from '../../messages/certificates.ts';
import { use as text } from '../../messages/use.ts';
import { messages } from '../../messages.ts';
import { FailureNotice } from '../../ui/failure.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { Panel } from '../../ui/panel.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { openExport } from '../export-dialog.tsx';
import classes from './use.module.css';

const FORMATS = ['zip', 'fullchain', 'key', 'combined'] as const;

export function Downloads({ id }: { readonly id: string }) {
  const client = useApiClient();
  // gcTime 0 keeps the file out of the cache.
  const download = useMutation({
    mutationFn: (format: (typeof FORMATS)[number]) =>
      client.certificates.export.mutate({ id, body: { format } }),
    onSuccess(file) {
      saveFile(file);
      notifyDone(certificateTexts.export.done(file.filename));
    },
    gcTime: 0,
  });
  return (
    <Panel
      title={text.download}
      aside={
        <Button variant="default" size="xs" onClick={() => openExport({ id })}>
          {text.all}
        </Button>
      }
    >
      <Stack gap="sm">
        <ul className={classes.files}>
          {FORMATS.map((format) => (
            <File
              key={format}
              format={format}
              loading={download.isPending && download.variables === format}
              onClick={() => download.mutate(format)}
            />
          ))}
          {/* It needs a password. */}
          <File format="pfx" loading={false} onClick={() => openExport({ id }, 'pfx')} />
        </ul>
        {download.error !== null && <FailureNotice error={download.error} />}
        <Text c="dimmed" fz="sm">
          {text.downloadText}
        </Text>
      </Stack>
    </Panel>
  );
}

interface FileProps {
  readonly format: keyof typeof text.files;
  readonly loading: boolean;
  onClick(): void;
}

function File({ format, loading, onClick }: FileProps) {
  const { label, hint } = text.files[format];
  return (
    <li>
      <Group gap="sm" wrap="nowrap" justify="space-between">
        <div style={{ minWidth: 0 }}>
          <Text fw={600}>{label}</Text>
          <Text c="dimmed" fz="sm">
            {hint}
          </Text>
        </div>
        <Button
          variant="default"
          size="xs"
          style={{ flex: 'none' }}
          loading={loading}
          onClick={onClick}
          leftSection={<IconDownload size={14} aria-hidden />}
          aria-label={text.downloadOf(label)}
        >
          {messages.download}
        </Button>
      </Group>
    </li>
  );
}
