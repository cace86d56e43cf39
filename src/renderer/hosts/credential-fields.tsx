// The fields of a credential of one kind. Their values are write-only.

import { Button, FileButton, Group, PasswordInput, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { HostCredentialKind } from '../../shared/host.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import type { CredentialField, CredentialValues } from './credential-values.ts';

const text = hostTexts.credential;

export interface CredentialFieldsProps {
  readonly kind: HostCredentialKind;
  readonly values: CredentialValues;
  readonly errors: Readonly<Partial<Record<CredentialField, string>>>;
  onChange(field: CredentialField, value: string): void;
}

export function CredentialFields({ kind, values, errors, onChange }: CredentialFieldsProps) {
  const props = (field: CredentialField) => ({
    label: text[field],
    value: values[field],
    error: errors[field],
    autoComplete: 'off',
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      onChange(field, event.currentTarget.value),
  });
  return (
    <Stack gap="sm">
      {kind === 'ssh-key' && (
        <>
          <Textarea
            {...props('privateKey')}
            description={text.privateKeyHint}
            autosize
            minRows={4}
            maxRows={8}
            spellCheck={false}
            withAsterisk
            classNames={{ input: 'mono' }}
          />
          <Group justify="space-between" gap="xs" align="flex-start">
            <Text c="dimmed" fz="sm" flex="1 1 15rem">
              {text.keyHint}
            </Text>
            <KeyFile onRead={(value) => onChange('privateKey', value)} />
          </Group>
          <PasswordInput {...props('passphrase')} description={text.passphraseHint} />
        </>
      )}
      {kind === 'ssh-password' && <PasswordInput {...props('password')} withAsterisk />}
      {kind === 'ssh-agent' && (
        <TextInput {...props('socket')} description={text.socketHint} spellCheck={false} withAsterisk />
      )}
      {kind === 'secret' && <PasswordInput {...props('value')} description={text.valueHint} withAsterisk />}
      {kind === 'aws' && (
        <>
          <PasswordInput {...props('accessKeyId')} withAsterisk />
          <PasswordInput {...props('secretAccessKey')} withAsterisk />
          <PasswordInput {...props('sessionToken')} description={text.sessionTokenHint} />
        </>
      )}
      <Text c="dimmed" fz="sm">
        {text.stored}
      </Text>
    </Stack>
  );
}

/** Reads a key file in the browser; the file itself is not uploaded. */
function KeyFile({ onRead }: { onRead(content: string): void }) {
  const read = (file: File | null): void => void file?.text().then(onRead, () => undefined);
  return (
    <FileButton onChange={read}>
      {(props) => (
        <Button {...props} variant="default" size="xs" style={{ flex: 'none' }}>
          {text.chooseFile}
        </Button>
      )}
    </FileButton>
  );
}
