// Edits the tags of a host. The dialog lists the private keys that other tags copy to the host.

import { List, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Host, TagPreview } from '../../shared/host.ts';
import { useApi, useApiClient } from '../api.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { tags as tagTexts } from '../messages/tags.ts';
import { TagField } from '../tags/tag-field.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { openDialog } from '../ui/dialog.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { formErrors } from '../ui/form-errors.ts';
import { Notice } from '../ui/notice.tsx';
import { closeDone } from '../ui/notify.tsx';

const text = hostTexts.tags;

export function openEditTags(host: Host): void {
  openDialog({ title: text.title(host.name), size: 'lg', children: <EditTags host={host} /> });
}

function EditTags({ host }: { readonly host: Host }) {
  const api = useApi();
  const [tags, setTags] = useState<string[]>([...host.tags]);
  const known = useQuery(api.hosts.list.queryOptions()).data?.hosts ?? [];
  const save = useMutation(api.hosts.update.mutationOptions({ onSuccess: () => closeDone(text.saved) }));
  const refused = formErrors(save.error, ['tags']);
  return (
    <Confirm
      submit={text.submit}
      error={refused.tags === undefined ? save.error : null}
      pending={save.isPending}
      onSubmit={() => save.mutate({ hostId: host.id, body: { tags } })}
    >
      <TagField
        label={tagTexts.label}
        description={text.hint}
        autoFocus
        known={known.flatMap((each) => each.tags)}
        value={tags}
        error={refused.tags}
        onChange={(next) => {
          setTags(next);
          save.reset();
        }}
      />
      <Keys hostId={host.id} tags={tags} before={host.tags} />
    </Confirm>
  );
}

interface KeysProps {
  readonly hostId: string;
  readonly tags: readonly string[];
  readonly before: readonly string[];
}

function Keys({ hostId, tags, before }: KeysProps) {
  const client = useApiClient();
  const [settled] = useDebouncedValue(tags, 250);
  const added = settled.some((tag) => !before.includes(tag));
  const preview = useQuery({
    queryKey: ['tag-preview', hostId, settled],
    queryFn: ({ signal }) =>
      client.hosts.previewTags.mutate({ body: { hostId, tags: [...settled] } }, { signal }),
    enabled: added,
    gcTime: 0,
  });
  if (!added) return null;
  if (preview.error !== null) return <FailureNotice error={preview.error} />;
  if (preview.data === undefined) return <Text c="dimmed">{text.checking}</Text>;
  if (preview.data.deployments.length === 0) return <Text c="dimmed">{text.noNewKeys}</Text>;
  return (
    <Notice tone="warn" title={text.keysTitle} role="status">
      <Text mb="xs">{text.keysText}</Text>
      <KeyList deployments={preview.data.deployments} />
    </Notice>
  );
}

function KeyList({ deployments }: Pick<TagPreview, 'deployments'>) {
  return (
    <List>
      {deployments.map(({ id, name, projectName, keys }) => (
        <List.Item key={id}>
          <Text fw={550}>
            {projectName} · {name}
          </Text>
          {keys.map((path) => (
            <Text key={path} className="mono" fz="sm" style={{ overflowWrap: 'anywhere' }}>
              {path}
            </Text>
          ))}
        </List.Item>
      ))}
    </List>
  );
}
