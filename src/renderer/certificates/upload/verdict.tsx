// The server's validation before the upload: the reason for a rejection, or names, dates and warnings.
import { Button, Group, List, PasswordInput, Stack } from '@mantine/core';
import { useState } from 'react';
import type { Validation } from '../../../shared/certificate.ts';
import { upload as uploadTexts } from '../../messages/upload.ts';
import { Facts } from '../../ui/facts.tsx';
import { Names } from '../../ui/names.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ServerText, Time } from '../../ui/time.tsx';
import type { Upload } from './use-upload.ts';

const text = uploadTexts;

export function Verdict({ validation }: { readonly validation: Validation }) {
  if (!validation.valid) {
    return (
      <Notice tone="bad" title={text.invalid} role="alert">
        <ServerText>{validation.error}</ServerText>
        <ItsNames validation={validation} />
      </Notice>
    );
  }
  const { issuer, names, issuedAt, expiresAt, warnings } = validation;
  const good = warnings.length === 0;
  return (
    <Notice tone={good ? 'ok' : 'warn'} title={good ? text.valid : text.validWithWarnings} role="status">
      <Stack gap="sm" mt="xs">
        {!good && (
          <List>
            {warnings.map((warning) => (
              <List.Item key={warning}>
                <ServerText>{warning}</ServerText>
              </List.Item>
            ))}
          </List>
        )}
        <Facts
          facts={[
            { label: text.names, value: <Names names={names} /> },
            { label: text.issuer, value: issuer },
            { label: text.validFrom, value: <Time at={issuedAt} /> },
            { label: text.validTo, value: <Time at={expiresAt} /> },
          ]}
        />
      </Stack>
    </Notice>
  );
}

/** Shows the names of a certificate that does not match the project. */
function ItsNames({ validation }: { readonly validation: Extract<Validation, { readonly valid: false }> }) {
  const { code, details } = validation;
  const names = code === 'CERTIFICATE_DOMAIN_MISMATCH' ? namesIn(details) : [];
  if (names.length === 0) return null;
  return (
    <Group gap="xs" mt="xs">
      {text.itIsFor} <Names names={names} />
    </Group>
  );
}

function namesIn(details: unknown): readonly string[] {
  const names = typeof details === 'object' && details !== null ? Reflect.get(details, 'names') : null;
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

export function Passphrase({ upload }: { readonly upload: Upload }) {
  const [value, setValue] = useState('');
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        upload.open(value);
      }}
    >
      <Group align="flex-end" gap="sm" wrap="nowrap">
        <PasswordInput
          style={{ flex: 1 }}
          label={text.passphrase}
          description={text.passphraseHint}
          error={upload.passphraseWrong ? text.passphraseWrong : null}
          inputWrapperOrder={['label', 'description', 'error', 'input']}
          autoComplete="off"
          autoFocus
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={upload.checking}>
          {text.open}
        </Button>
      </Group>
    </form>
  );
}
