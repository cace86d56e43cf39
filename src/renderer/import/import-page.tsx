// The import page: scan a folder, select certificates, import them, and show the results.
import { Autocomplete, Button, Group, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { WaysToAdd } from '../certificates/ways.tsx';
import { imports as importTexts } from '../messages/import.ts';
import { BackToList } from '../projects/back-to-list.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { formErrors } from '../ui/form-errors.ts';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { FoundCertificates } from './found-certificates.tsx';
import { ImportResults } from './import-results.tsx';

const text = importTexts;

export function ImportPage() {
  const api = useApi();
  const scan = useMutation(api.imports.scan.mutationOptions());
  const importing = useMutation(api.imports.importCertificates.mutationOptions());
  const scanFolder = (folder: string, onError: (error: unknown) => void): void => {
    importing.reset();
    scan.mutate({ body: { folder } }, { onError });
  };
  const startOver = (): void => {
    importing.reset();
    scan.reset();
  };
  return (
    <Page title={text.title} description={text.description} above={<BackToList />}>
      <WaysToAdd />
      <Stack gap="lg">
        {importing.data === undefined && <FolderForm busy={scan.isPending} onScan={scanFolder} />}
        {scan.error !== null && Object.keys(formErrors(scan.error, ['folder'])).length === 0 && (
          <FailureNotice error={scan.error} />
        )}
        {importing.error !== null && <FailureNotice error={importing.error} />}
        {importing.data === undefined && scan.data !== undefined && (
          <FoundCertificates
            key={scan.submittedAt}
            scanned={scan.data}
            busy={importing.isPending}
            onImport={(request) => importing.mutate({ body: { folder: scan.data.folder, ...request } })}
          />
        )}
        {importing.data !== undefined && (
          <ImportResults imported={importing.data.certificates} onStartOver={startOver} />
        )}
      </Stack>
    </Page>
  );
}

interface FolderFormProps {
  readonly busy: boolean;
  onScan(folder: string, onError: (error: unknown) => void): void;
}

function FolderForm({ busy, onScan }: FolderFormProps) {
  const api = useApi();
  const suggested = useQuery(api.imports.folders.queryOptions()).data?.folders ?? [];
  const form = useForm({
    initialValues: { folder: '' },
    validate: { folder: (value) => (value.trim() === '' ? text.needsFolder : null) },
  });
  const scanFolder = (folder: string): void =>
    onScan(folder.trim(), (error) => form.setErrors(formErrors(error, ['folder'])));
  return (
    <Panel>
      <form onSubmit={form.onSubmit(({ folder }) => scanFolder(folder))} noValidate>
        <Stack gap="sm">
          <Autocomplete
            label={text.folder}
            description={text.folderHint}
            data={suggested.map(({ folder }) => folder)}
            spellCheck={false}
            autoComplete="off"
            {...form.getInputProps('folder')}
          />
          {suggested.length > 0 && (
            <Group gap="xs">
              <Text fz="sm" c="dimmed">
                {text.suggested}
              </Text>
              {suggested.map(({ folder, layout }) => (
                <Button
                  key={folder}
                  variant="default"
                  size="compact-sm"
                  onClick={() => {
                    form.setFieldValue('folder', folder);
                    scanFolder(folder);
                  }}
                >
                  {text.layouts[layout]}: {folder}
                </Button>
              ))}
            </Group>
          )}
          <Group justify="flex-end">
            <Button type="submit" loading={busy}>
              {text.scan}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
