// Takes a known_hosts file: dropped, chosen or pasted. The browser reads it, and the server says what is in it.

import { Button, Group, Stack, Textarea } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { useState } from 'react';
import { MAX_KNOWN_HOSTS } from '../../shared/host.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { DropArea } from '../ui/drop-area.tsx';

const text = hostTexts.knownHosts;

export interface KnownHostsInputProps {
  readonly pending: boolean;
  /** Reads the lines. */
  onRead(lines: string): void;
  /** The lines have changed: an earlier result is no longer about them. */
  onChange(): void;
}

export function KnownHostsInput({ pending, onRead, onChange }: KnownHostsInputProps) {
  const [lines, setLines] = useState('');
  const [error, setError] = useState<string | null>(null);
  const change = (next: string): void => {
    setLines(next);
    setError(null);
    onChange();
  };
  const read = (given: string): void => {
    const problem = given.trim() === '' ? text.empty : given.length > MAX_KNOWN_HOSTS ? text.tooLarge : null;
    setError(problem);
    if (problem === null) onRead(given);
  };
  const drop = async (files: readonly File[]): Promise<void> => {
    const all = (await Promise.all(files.map((file) => file.text()))).join('\n');
    change(all);
    read(all);
  };
  return (
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
        placeholder="web1.example.com ssh-ed25519 AAAA…"
        autosize
        minRows={3}
        maxRows={8}
        spellCheck={false}
        autoComplete="off"
        value={lines}
        error={error}
        onChange={(event) => change(event.currentTarget.value)}
      />
      <Group justify="flex-end">
        <Button variant="default" loading={pending} onClick={() => read(lines)}>
          {text.read}
        </Button>
      </Group>
    </Stack>
  );
}
