// What a file would add: a person selects hosts, and says how Certdesk signs in to them.

import {
  Button,
  Checkbox,
  Group,
  ScrollArea,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { HOST_FILE_LABELS, type HostImportPreview, type ImportHosts } from '../../shared/host-import.ts';
import { useApi } from '../api.ts';
import { hostImport as text } from '../messages/host-import.ts';
import { TagField } from '../tags/tag-field.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { LinkButton } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { Panel } from '../ui/panel.tsx';

/** Rows and lines that are rendered at first: thousands would slow down the page. */
const SHOWN = 100;

type NewHost = HostImportPreview['hosts'][number];

export interface ImportHostsResultProps {
  readonly preview: HostImportPreview;
  readonly source: Pick<ImportHosts, 'text' | 'knownHosts'>;
}

export function ImportHostsResult({ preview, source }: ImportHostsResultProps) {
  const { format, hosts, existing, refused, deployments } = preview;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(hosts.map(({ name }) => name)));
  const notes = hosts.flatMap(({ name, notes: own }) => own.map((note) => `${name}: ${note}`));
  return (
    <>
      <Panel title={text.result(HOST_FILE_LABELS[format])} flush={hosts.length > 0}>
        {hosts.length > 0 ? (
          <HostTable hosts={hosts} chosen={chosen} onChoose={setChosen} />
        ) : (
          <Text c="dimmed" role="status">
            {text.nothing}
          </Text>
        )}
      </Panel>
      <Lines
        tone="warn"
        title={text.refused}
        lines={refused.map(({ line, name, reason }) => text.refusal(line, name, reason))}
      />
      <Lines
        tone="info"
        title={text.existing}
        lines={existing.map(({ name, host }) => text.savedAs(name, host.name))}
      />
      <Lines tone="info" title={text.notes} lines={notes} />
      <Lines
        tone="warn"
        title={text.deployments}
        lines={deployments.map(({ name, tag }) => text.deployment(name, tag))}
      />
      {hosts.length > 0 && (
        <ImportForm hosts={hosts.filter(({ name }) => chosen.has(name))} source={source} />
      )}
    </>
  );
}

interface LinesProps {
  readonly tone: 'info' | 'warn';
  readonly title: string;
  readonly lines: readonly string[];
}

function Lines({ tone, title, lines }: LinesProps) {
  if (lines.length === 0) return null;
  return (
    <Notice tone={tone} title={title} role="status">
      <ScrollArea.Autosize
        type="auto"
        mah={220}
        viewportProps={{ tabIndex: 0, 'aria-label': title, role: 'region' }}
      >
        {lines.slice(0, SHOWN).map((line) => (
          <Text key={line} fz="sm" style={{ overflowWrap: 'anywhere' }}>
            {line}
          </Text>
        ))}
        {lines.length > SHOWN && <Text fz="sm">{text.rest(lines.length - SHOWN)}</Text>}
      </ScrollArea.Autosize>
    </Notice>
  );
}

interface HostTableProps {
  readonly hosts: readonly NewHost[];
  readonly chosen: ReadonlySet<string>;
  onChoose(names: ReadonlySet<string>): void;
}

function HostTable({ hosts, chosen, onChoose }: HostTableProps) {
  const { take, name, address, user, tags, key } = text.columns;
  const toggle = (of: string): void =>
    onChoose(new Set(chosen.has(of) ? [...chosen].filter((each) => each !== of) : [...chosen, of]));
  const [limit, setLimit] = useState(SHOWN);
  const isAll = chosen.size === hosts.length;
  return (
    <>
      <DataTable
        label={text.title}
        rows={hosts.slice(0, limit)}
        keyOf={(host) => host.name}
        columns={[
          {
            label: take,
            head: (
              <Checkbox
                aria-label={text.all}
                checked={isAll}
                indeterminate={!isAll && chosen.size > 0}
                onChange={() => onChoose(new Set(isAll ? [] : hosts.map((host) => host.name)))}
              />
            ),
            cell: (host) => (
              <Checkbox
                aria-label={text.take(host.name)}
                checked={chosen.has(host.name)}
                onChange={() => toggle(host.name)}
              />
            ),
          },
          { label: name, cell: (host) => <Text fw={550}>{host.name}</Text> },
          {
            label: address,
            cell: (host) => (host.port === 22 ? host.address : `${host.address}:${host.port}`),
          },
          { label: user, cell: (host) => host.user ?? <Text c="dimmed">{text.noUser}</Text> },
          {
            label: tags,
            cell: (host) => <Text style={{ overflowWrap: 'normal' }}>{host.tags.join(', ')}</Text>,
          },
          { label: key, width: '30%', cell: (host) => <Keys host={host} /> },
        ]}
      />
      {hosts.length > limit && (
        <Button variant="subtle" m="xs" onClick={() => setLimit(limit + SHOWN)}>
          {text.more(hosts.length - limit)}
        </Button>
      )}
    </>
  );
}

function Keys({ host: { keys } }: { readonly host: NewHost }) {
  if (keys.length === 0) return <Text c="dimmed">{text.noKey}</Text>;
  return keys.map(({ type, sha256 }) => (
    <Text key={sha256} fz="xs" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
      {type} SHA256:{sha256}
    </Text>
  ));
}

interface ImportFormProps {
  readonly hosts: readonly NewHost[];
  readonly source: ImportHostsResultProps['source'];
}

function ImportForm({ hosts, source }: ImportFormProps) {
  const api = useApi();
  const navigate = useNavigate();
  const saved = useQuery(api.hostCredentials.list.queryOptions()).data?.hostCredentials;
  const usable = saved?.filter(({ kind }) => kind !== 'secret' && kind !== 'aws') ?? [];
  const [credentialId, setCredential] = useState<string | null>(null);
  const [user, setUser] = useState('');
  const [sudo, setSudo] = useState(false);
  const [tags, setTags] = useState<string[]>([]);
  const [acceptKeys, setAcceptKeys] = useState(false);
  const [asked, setAsked] = useState(false);
  const send = useMutation({ ...api.hosts.import.mutationOptions(), gcTime: 0 });
  const needsUser = hosts.some((host) => host.user === null);
  const missesUser = needsUser && user.trim() === '';
  const submit = (): void => {
    setAsked(true);
    if (missesUser || credentialId === null) return;
    const body = {
      ...source,
      credentialId,
      user: user.trim() === '' ? null : user.trim(),
      become: sudo ? ('sudo' as const) : ('none' as const),
      tags,
      acceptKeys,
      names: hosts.map(({ name }) => name),
    };
    send.mutate(
      { body },
      {
        onSuccess({ created }) {
          notifyDone(text.done(created.length));
          if (created.length === hosts.length) void navigate({ to: '/hosts' });
        },
      },
    );
  };
  if (saved !== undefined && usable.length === 0)
    return (
      <Group>
        <LinkButton to="/hosts" search={{ tab: 'credentials' }}>
          {text.noCredentials}
        </LinkButton>
      </Group>
    );
  return (
    <Panel>
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
          <Select
            label={text.credential}
            description={text.credentialHint}
            withAsterisk
            data={usable.map(({ id, name }) => ({ value: id, label: name }))}
            value={credentialId}
            error={asked && credentialId === null ? text.credentialMissing : null}
            onChange={setCredential}
          />
          <TextInput
            label={text.user}
            description={text.userHint}
            withAsterisk={needsUser}
            autoComplete="off"
            spellCheck={false}
            value={user}
            error={asked && missesUser ? text.userMissing : null}
            onChange={(event) => setUser(event.currentTarget.value)}
          />
        </SimpleGrid>
        <TagField label={text.tags} known={[]} value={tags} onChange={setTags} />
        <Checkbox
          label={text.sudo}
          checked={sudo}
          onChange={(event) => setSudo(event.currentTarget.checked)}
        />
        {hosts.some(({ keys }) => keys.length > 0) && (
          <Checkbox
            label={text.acceptKeys}
            description={text.acceptHint}
            checked={acceptKeys}
            onChange={(event) => setAcceptKeys(event.currentTarget.checked)}
          />
        )}
        {send.error !== null && <FailureNotice error={send.error} />}
        {send.data !== undefined && send.data.created.length < hosts.length && (
          <Lines
            tone="warn"
            title={text.failed}
            lines={send.data.refused.map(({ line, name, reason }) => text.refusal(line, name, reason))}
          />
        )}
        <Group justify="flex-end">
          <Button loading={send.isPending} disabled={hosts.length === 0} onClick={submit}>
            {text.submit(hosts.length)}
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}
