// Imports many hosts from a known_hosts file or an Ansible inventory, after a preview.

import { Button, Group, Stack, Textarea } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { MAX_KNOWN_HOSTS } from '../../shared/host.ts';
import { useApi } from '../api.ts';
import { hostImport as text } from '../messages/host-import.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { DropArea } from '../ui/drop-area.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { BackToHosts } from './back-to-hosts.tsx';
import { ImportHostsResult } from './import-hosts-result.tsx';

export function ImportHostsPage() {
  const api = useApi();
  // What was pasted may have secrets, so it does not stay in the cache.
  const preview = useMutation({ ...api.hosts.previewImport.mutationOptions(), gcTime: 0 });
  const [content, setContent] = useState('');
  const [knownHosts, setKnownHosts] = useState('');
  const [error, setError] = useState<string | null>(null);
  const change = (next: string): void => {
    setContent(next);
    setError(null);
    preview.reset();
  };
  const read = (given: string): void => {
    const problem = given.trim() === '' ? text.empty : given.length > MAX_KNOWN_HOSTS ? text.tooLarge : null;
    setError(problem);
    if (problem === null) preview.mutate({ body: { text: given, knownHosts } });
  };
  const drop = async ([file]: readonly File[]): Promise<void> => {
    if (file === undefined) return;
    const all = await file.text();
    change(all);
    read(all);
  };
  return (
    <Page title={text.title} description={text.description} above={<BackToHosts />}>
      <Stack gap="lg">
        <Panel>
          <Stack gap="md">
            <DropArea
              icon={IconFileText}
              label={text.drop}
              hint={text.dropHint}
              choose={text.choose}
              onDrop={(files) => void drop(files)}
            />
            <Textarea
              label={text.paste}
              placeholder={'[web]\nweb[01:10].example.com ansible_user=deploy'}
              autosize
              minRows={3}
              maxRows={10}
              spellCheck={false}
              autoComplete="off"
              value={content}
              error={error}
              onChange={(event) => change(event.currentTarget.value)}
            />
            <Disclosure label={text.keysFile}>
              <Textarea
                aria-label={text.keysFile}
                description={text.keysHint}
                autosize
                minRows={2}
                maxRows={6}
                spellCheck={false}
                autoComplete="off"
                value={knownHosts}
                onChange={(event) => {
                  setKnownHosts(event.currentTarget.value);
                  preview.reset();
                }}
              />
            </Disclosure>
            <Group justify="flex-end">
              <Button variant="default" loading={preview.isPending} onClick={() => read(content)}>
                {text.read}
              </Button>
            </Group>
          </Stack>
        </Panel>
        {preview.error !== null && <FailureNotice error={preview.error} />}
        {preview.data !== undefined && (
          <ImportHostsResult
            key={preview.submittedAt}
            preview={preview.data}
            source={{ text: content, knownHosts }}
          />
        )}
      </Stack>
    </Page>
  );
}
