// Waits while Certdesk restarts. The restored database itself reports that the restore is complete.
import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { RestoreBegun } from '../../../shared/backup.ts';
import { useApi } from '../../api.ts';
import { useAppContext } from '../../app-context.ts';
import { backup as backupTexts } from '../../messages/backup.ts';
import { SignInCommand } from '../../session/sign-in-command.tsx';
import { useStayOpen } from '../../ui/dialog.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Time } from '../../ui/time.tsx';

const text = backupTexts.restore;
const ASK_MS = 500;
/** A start takes seconds; after this time the page suggests reading the log. */
const LONG_MS = 60_000;

export function Progress({ begun: { id, createdAt, aside, signedIn } }: { readonly begun: RestoreBegun }) {
  const api = useApi();
  useStayOpen();
  const long = useAfter(LONG_MS);
  const list = useQuery(
    api.backups.list.queryOptions(undefined, {
      staleTime: 0,
      retry: false,
      refetchInterval: ({ state }) => (state.data?.restored?.id === id ? false : ASK_MS),
    }),
  );
  const done = list.data?.restored?.id === id;
  const { live } = useAppContext();
  useEffect(() => {
    if (done) live.retry(); // otherwise the reconnect delay would still show Certdesk as unreachable
  }, [done, live]);
  if (done) {
    return (
      <Stack gap="md">
        <Notice tone="ok" title={text.done} role="status">
          {text.doneText}
        </Notice>
        <Facts
          facts={[
            { label: backupTexts.restoredFrom, value: <Time at={createdAt} /> },
            aside === null
              ? null
              : { label: text.previousData, value: <span className="mono">{aside}</span> },
          ]}
        />
        <Group justify="flex-end">
          {/* A full page load, because the data of the page is no longer valid. */}
          <Button data-autofocus onClick={() => window.location.reload()}>
            {text.resume}
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      <Group gap="sm" role="status" wrap="nowrap">
        <Loader size="sm" />
        <Text>{text.restarting}</Text>
      </Group>
      {!signedIn && (
        <Notice tone="warn" title={text.signIn}>
          <SignInCommand />
        </Notice>
      )}
      {long && (
        <Notice tone="warn" title={text.slow} role="alert">
          {text.slowText}
        </Notice>
      )}
    </Stack>
  );
}

function useAfter(ms: number): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return over;
}
