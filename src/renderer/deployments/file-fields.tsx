// The files of a deployment: content, path, ownership and how each replaces the previous file.

import { ActionIcon, Button, Group, Input, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type DeploymentFile, FILE_CONTENT_LABELS, FILE_CONTENTS } from '../../shared/deployment.ts';
import { useApi } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { type FileValues, newFile, type PartProps } from './deployment-values.ts';
import classes from './deployments.module.css';

const text = deploymentTexts.form;

export function FileFields({ values: { files }, errors, onChange }: PartProps) {
  const change = (key: number, patch: Partial<FileValues>): void =>
    onChange({ files: files.map((file) => (file.key === key ? { ...file, ...patch } : file)) });
  return (
    <Stack gap="sm">
      {files.map((file, at) => (
        <fieldset key={file.key} className={classes.part}>
          <legend>{text.file(at + 1)}</legend>
          <FileRow
            file={file}
            errorOf={(field) => errors[`files.${at}.${field}`]}
            onChange={(patch) => change(file.key, patch)}
            onRemove={() => onChange({ files: files.filter(({ key }) => key !== file.key) })}
          />
        </fieldset>
      ))}
      {errors.files !== undefined && <Input.Error role="alert">{errors.files}</Input.Error>}
      <Button
        variant="default"
        size="xs"
        style={{ alignSelf: 'flex-start' }}
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => onChange({ files: [...files, newFile()] })}
      >
        {text.addFile}
      </Button>
    </Stack>
  );
}

interface FileRowProps {
  readonly file: FileValues;
  errorOf(field: string): string | undefined;
  onChange(patch: Partial<FileValues>): void;
  onRemove(): void;
}

function FileRow({ file, errorOf, onChange, onRemove }: FileRowProps) {
  const input = (field: 'owner' | 'group' | 'mode', placeholder: string) => (
    <TextInput
      label={text[field]}
      placeholder={placeholder}
      autoComplete="off"
      spellCheck={false}
      value={file[field]}
      error={errorOf(field)}
      onChange={(event) => onChange({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end" wrap="nowrap">
        <Select
          style={{ flex: 1 }}
          label={text.content}
          allowDeselect={false}
          data={FILE_CONTENTS.map((value) => ({ value, label: FILE_CONTENT_LABELS[value] }))}
          value={file.content}
          error={errorOf('content')}
          onChange={(value) => onChange({ content: value as DeploymentFile['content'] })}
        />
        <ActionIcon
          variant="subtle"
          color="red"
          size={36}
          aria-label={text.removeFile(file.path)}
          title={text.removeFile(file.path)}
          onClick={onRemove}
        >
          <IconTrash size={18} stroke={1.75} aria-hidden />
        </ActionIcon>
      </Group>
      <TextInput
        label={text.path}
        description={text.pathHint}
        autoComplete="off"
        spellCheck={false}
        withAsterisk
        value={file.path}
        error={errorOf('path')}
        onChange={(event) => onChange({ path: event.currentTarget.value })}
      />
      {file.content === 'pkcs12' && (
        <Password file={file} error={errorOf('passwordCredentialId')} onChange={onChange} />
      )}
      <div>
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
          {input('owner', 'root')}
          {input('group', 'ssl-cert')}
          {input('mode', '0640')}
        </SimpleGrid>
        <Input.Description mt={4}>{text.keepHint}</Input.Description>
      </div>
      <Select
        label={text.replace}
        allowDeselect={false}
        data={(['rename', 'in-place'] as const).map((value) => ({ value, label: text.replaces[value] }))}
        value={file.replace}
        onChange={(value) => onChange({ replace: value as DeploymentFile['replace'] })}
      />
    </Stack>
  );
}

interface PasswordProps extends Pick<FileRowProps, 'file' | 'onChange'> {
  readonly error: string | undefined;
}

function Password({ file, error, onChange }: PasswordProps) {
  return (
    <Select
      label={text.pkcs12Password}
      description={text.pkcs12PasswordHint}
      withAsterisk
      data={useSecrets()}
      value={file.passwordCredentialId}
      error={error}
      onChange={(passwordCredentialId) => onChange({ passwordCredentialId })}
    />
  );
}

/** The credentials of the kind `secret`, as choices. */
export function useSecrets(): { value: string; label: string }[] {
  const api = useApi();
  const { data } = useQuery(api.hostCredentials.list.queryOptions());
  return (data?.hostCredentials ?? [])
    .filter(({ kind }) => kind === 'secret')
    .map(({ id, name }) => ({ value: id, label: name }));
}
