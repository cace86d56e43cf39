// Export of a certificate as a file; what includes the private key says so, and asks for a password where it can.
import { PasswordInput, Radio, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Project } from '../../shared/project.ts';
import { useApiClient } from '../api.ts';
import { messages } from '../messages.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { saveFile } from '../ui/save-file.ts';

const text = messages.certificates.export;
const FORMATS = ['fullchain', 'pem', 'chain', 'der', 'pfx', 'pfx-certs', 'key'] as const;
type Format = (typeof FORMATS)[number];
const MIN_PASSWORD = 8;

export function openExport(project: Pick<Project, 'id'>): void {
  modals.open({ title: text.title, size: 'lg', children: <Export project={project} /> });
}

function Export({ project }: { readonly project: Pick<Project, 'id'> }) {
  const client = useApiClient();
  const [format, setFormat] = useState<Format>('fullchain');
  const [password, setPassword] = useState('');
  // Not a query: neither the file nor the password is kept in a cache.
  const download = useMutation({
    mutationFn: () =>
      client.certificates.export.mutate({
        id: project.id,
        body: { format, ...(format === 'pfx' ? { password } : {}) },
      }),
    onSuccess(file) {
      saveFile(file);
      modals.closeAll();
      notifyDone(text.done(file.filename));
    },
    gcTime: 0,
  });
  const short = format === 'pfx' && password.length < MIN_PASSWORD;
  return (
    <Confirm
      submit={text.submit}
      error={download.error}
      pending={download.isPending}
      disabled={short}
      onSubmit={() => download.mutate()}
    >
      <Radio.Group label={text.format} value={format} onChange={(value) => setFormat(value as Format)}>
        <Stack gap="xs" mt="xs">
          {FORMATS.map((value) => (
            <Radio key={value} value={value} label={text.formats[value]} description={text.hints[value]} />
          ))}
        </Stack>
      </Radio.Group>
      {format === 'pfx' && (
        <PasswordInput
          label={text.password}
          description={text.passwordHint}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="new-password"
          error={password !== '' && short ? text.passwordShort : null}
        />
      )}
      {(format === 'pfx' || format === 'key') && (
        <Notice tone="warn">
          <Text>{text.audited}</Text>
        </Notice>
      )}
    </Confirm>
  );
}
