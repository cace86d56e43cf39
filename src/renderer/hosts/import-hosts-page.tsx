// Imports many hosts from a known_hosts file or an Ansible inventory, after a preview.

import { Stack, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../api.ts';
import { hostImport as text } from '../messages/host-import.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { BackToHosts } from './back-to-hosts.tsx';
import { FileTextInput } from './file-text-input.tsx';
import { ImportHostsResult } from './import-hosts-result.tsx';

export function ImportHostsPage() {
  const api = useApi();
  // What was pasted may have secrets, so it does not stay in the cache.
  const preview = useMutation({ ...api.hosts.previewImport.mutationOptions(), gcTime: 0 });
  const [content, setContent] = useState('');
  const [knownHosts, setKnownHosts] = useState('');
  const change = (next: string): void => {
    setContent(next);
    preview.reset();
  };
  return (
    <Page title={text.title} description={text.description} above={<BackToHosts />}>
      <Stack gap="lg">
        <Panel>
          <FileTextInput
            words={text}
            placeholder={'[web]\nweb[01:10].example.com ansible_user=deploy'}
            value={content}
            pending={preview.isPending}
            isSingle
            onChange={change}
            onRead={(given) => preview.mutate({ body: { text: given, knownHosts } })}
          >
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
          </FileTextInput>
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
