// What a known_hosts file has about saved hosts: a person selects what is saved.

import { Button, Checkbox, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { KnownHostsMatch } from '../../shared/host.ts';
import { useApi, useApiClient } from '../api.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { CopyText } from '../ui/copy.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { Panel } from '../ui/panel.tsx';
import classes from './hosts.module.css';
import { changeId, changesOf, keysAfter, type MatchedHost, refusedLines } from './known-hosts-values.ts';

const text = hostTexts.knownHosts;

export function KnownHostsResult({ match }: { readonly match: KnownHostsMatch }) {
  const { hosts, otherLines } = match;
  const withKeys = hosts.filter(({ keys, revoked }) => keys.length + revoked.length > 0);
  const refused = refusedLines(match);
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(hosts.flatMap(changesOf)));
  const save = useSave();
  const toggle = (id: string): void => {
    setChosen((before) =>
      before.has(id) ? new Set([...before].filter((each) => each !== id)) : new Set([...before, id]),
    );
    save.reset();
  };
  const submit = (): void =>
    save.mutate(
      { hosts, chosen },
      {
        onSuccess(count) {
          notifyDone(text.done(count));
          void navigate({ to: '/hosts' });
        },
      },
    );
  return (
    <>
      <Panel title={text.result}>
        <Stack gap="md">
          {withKeys.length === 0 && (
            <Notice tone="info" title={text.nothing} role="status">
              {text.nothingText}
            </Notice>
          )}
          {withKeys.map((host) => (
            <HostKeys key={host.id} host={host} chosen={chosen} onToggle={toggle} />
          ))}
          {refused.length > 0 && (
            <Notice tone="warn" title={text.refused} role="status">
              {refused.map(([line, reason]) => (
                <Text key={line} fz="sm">
                  {text.line(line, reason)}
                </Text>
              ))}
            </Notice>
          )}
          {otherLines > 0 && (
            <Text c="dimmed" fz="sm">
              {text.otherLines(otherLines)}
            </Text>
          )}
        </Stack>
      </Panel>
      {save.error !== null && <FailureNotice error={save.error} />}
      {withKeys.length > 0 && (
        <Group justify="space-between" gap="md">
          <Text c="dimmed" fz="sm" flex="1 1 16rem">
            {text.trust}
          </Text>
          <Button disabled={chosen.size === 0} loading={save.isPending} onClick={submit}>
            {chosen.size === 0 ? text.none : text.submit(chosen.size)}
          </Button>
        </Group>
      )}
    </>
  );
}

interface HostKeysProps {
  readonly host: MatchedHost;
  readonly chosen: ReadonlySet<string>;
  onToggle(id: string): void;
}

function HostKeys({ host, chosen, onToggle }: HostKeysProps) {
  const { id, name, address, port, keys, revoked } = host;
  const box = (key: { readonly type: string; readonly sha256: string }, label: string) => (
    <Checkbox
      mt={2}
      aria-label={label}
      checked={chosen.has(changeId(id, key))}
      onChange={() => onToggle(changeId(id, key))}
    />
  );
  return (
    <section aria-label={name}>
      <Title order={3}>{name}</Title>
      <Text c="dimmed" fz="sm">
        {port === 22 ? address : `${address}:${port}`}
      </Text>
      {keys.map((key) => (
        <KeyRow key={key.sha256} hostKey={key} note={key.accepted ? text.accepted : null}>
          {key.accepted ? null : box(key, text.take(key.type, name))}
        </KeyRow>
      ))}
      {revoked.map((key) => (
        <KeyRow
          key={key.sha256}
          hostKey={key}
          note={key.accepted ? `${text.revoked}. ${text.removeHint}` : text.revoked}
          bad
        >
          {key.accepted ? box(key, text.remove(key.type, name)) : null}
        </KeyRow>
      ))}
    </section>
  );
}

interface KeyRowProps {
  readonly hostKey: { readonly type: string; readonly sha256: string };
  readonly note: string | null;
  readonly bad?: boolean;
  /** The box that selects the change; null if there is nothing to change. */
  readonly children: ReactNode;
}

function KeyRow({ hostKey: { type, sha256 }, note, bad = false, children }: KeyRowProps) {
  return (
    <div className={classes.key}>
      <div className={classes.box}>{children}</div>
      <div>
        <Text fw={550}>{type}</Text>
        <CopyText value={`SHA256:${sha256}`} what={hostTexts.keys.fingerprint} />
        {note !== null && (
          <Text fz="sm" c={bad ? 'var(--cd-bad)' : 'dimmed'}>
            {note}
          </Text>
        )}
      </div>
    </div>
  );
}

interface Save {
  readonly hosts: readonly MatchedHost[];
  readonly chosen: ReadonlySet<string>;
}

/** Saves host after host. After a failure the rest can be saved again: keys that are accepted already do no harm. */
function useSave() {
  const api = useApi();
  const client = useApiClient();
  const queries = useQueryClient();
  return useMutation({
    async mutationFn({ hosts, chosen }: Save) {
      let saved = 0;
      for (const matched of hosts) {
        if (!changesOf(matched).some((id) => chosen.has(id))) continue;
        const host = await client.hosts.get.query({ hostId: matched.id });
        const hostKeys = keysAfter(matched, host, chosen);
        await client.hosts.update.mutate({ hostId: matched.id, body: { hostKeys } });
        saved += 1;
      }
      return saved;
    },
    onSettled: () => queries.invalidateQueries(api.hosts.pathFilter()),
  });
}
