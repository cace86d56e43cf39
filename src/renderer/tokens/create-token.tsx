// Creates an API token and shows it once.
import { Button, Group, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { toTimestamp } from '../../shared/time.ts';
import type { Scope } from '../../shared/token.ts';
import { useApi } from '../api.ts';
import { tokens as tokenTexts } from '../messages/tokens.ts';
import { messages } from '../messages.ts';
import { checkTags } from '../tags/check-tags.ts';
import { TagField } from '../tags/tag-field.tsx';
import { useProjectTags } from '../tags/use-project-tags.ts';
import { CodeBlock } from '../ui/copy.tsx';
import { openDialog, useStayOpen } from '../ui/dialog.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { checkRequiredLabel } from '../ui/field-checks.ts';
import { Notice } from '../ui/notice.tsx';
import { ProjectSelect } from './project-select.tsx';

const text = tokenTexts.create;
const DAY_MS = 86_400_000;

export function openCreateToken(): void {
  openDialog({ title: text.title, size: 'lg', children: <CreateToken first={{}} /> });
}

/** Opens the dialog for a token that fetches the certificate and the key of one project, and nothing else. */
export function openCreateDownloadToken({ id, name }: { readonly id: string; readonly name: string }): void {
  const first: Partial<Values> = {
    name: text.downloadName(name),
    scope: 'certificates:download',
    projectIds: [id],
  };
  openDialog({ title: text.title, size: 'lg', children: <CreateToken first={first} /> });
}

function CreateToken({ first }: { readonly first: Partial<Values> }) {
  const [secret, setSecret] = useState<string | null>(null);
  return secret === null ? <TokenForm first={first} onMade={setSecret} /> : <Made secret={secret} />;
}

interface Values {
  readonly name: string;
  readonly scope: Scope;
  readonly projectIds: string[];
  readonly tags: string[];
  readonly lifetime: keyof typeof text.lifetimes;
}

interface TokenFormProps {
  readonly first: Partial<Values>;
  onMade(secret: string): void;
}

function TokenForm({ first, onMade }: TokenFormProps) {
  const api = useApi();
  const create = useMutation({
    ...api.tokens.create.mutationOptions({ onSuccess: ({ token }) => onMade(token) }),
    gcTime: 0, // the answer contains the token
  });
  const form = useForm<Values>({
    initialValues: { name: '', scope: 'projects:read', projectIds: [], tags: [], lifetime: '365', ...first },
    validate: {
      name: checkRequiredLabel,
      projectIds: (ids, { scope, tags }) =>
        scope === 'certificates:download' && ids.length === 0 && tags.length === 0
          ? text.downloadProjectsMissing
          : null,
      tags: checkTags,
    },
  });
  const submit = ({ name, scope, projectIds, tags, lifetime }: Values): void =>
    create.mutate({
      body: {
        name,
        scopes: [scope],
        projectIds: projectIds.length === 0 || scope === 'admin' ? null : projectIds,
        tags: scope === 'admin' ? [] : tags,
        expiresAt:
          lifetime === 'never' ? null : toTimestamp(new Date(Date.now() + Number(lifetime) * DAY_MS)),
      },
    });
  const known = useProjectTags().map(({ id }) => id);
  const isDownload = form.values.scope === 'certificates:download';
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Stack gap="md">
        {create.error !== null && <FailureNotice error={create.error} />}
        <TextInput
          label={text.name}
          description={text.nameHint}
          data-autofocus
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <Radio.Group label={text.scope} {...form.getInputProps('scope')}>
          <Stack gap="xs" mt="xs">
            <Radio
              value="projects:read"
              label={tokenTexts.scopes['projects:read']}
              description={text.readHint}
            />
            <Radio
              value="projects:write"
              label={tokenTexts.scopes['projects:write']}
              description={text.writeHint}
            />
            <Radio
              value="certificates:download"
              label={tokenTexts.scopes['certificates:download']}
              description={text.downloadHint}
            />
            <Radio value="admin" label={tokenTexts.scopes.admin} description={text.adminHint} />
          </Stack>
        </Radio.Group>
        {form.values.scope !== 'admin' && (
          <>
            <ProjectSelect
              label={isDownload ? text.downloadProjects : text.projects}
              description={isDownload ? text.downloadProjectsHint : text.projectsHint}
              value={form.values.projectIds}
              error={form.errors.projectIds}
              onChange={(projectIds) => form.setFieldValue('projectIds', projectIds)}
            />
            <TagField
              label={isDownload ? text.downloadTags : text.tags}
              description={text.tagsHint}
              known={known}
              value={form.values.tags}
              error={form.errors.tags}
              onChange={(tags) => form.setFieldValue('tags', tags)}
            />
          </>
        )}
        <Select
          label={text.expires}
          allowDeselect={false}
          data={(['30', '90', '365', 'never'] as const).map((value) => ({
            value,
            label: text.lifetimes[value],
          }))}
          {...form.getInputProps('lifetime')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => modals.closeAll()}>
            {messages.cancel}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {text.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Made({ secret }: { readonly secret: string }) {
  const { created } = tokenTexts;
  useStayOpen();
  return (
    <Stack gap="md">
      <Notice tone="ok" title={created.title} role="status">
        <Text>{created.once}</Text>
      </Notice>
      <CodeBlock code={secret} what={created.token} wrap />
      <Group justify="flex-end">
        <Button onClick={() => modals.closeAll()}>{created.done}</Button>
      </Group>
    </Stack>
  );
}
