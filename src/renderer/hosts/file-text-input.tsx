// Takes the text of a file: dropped, chosen or pasted. The browser reads it, and the server says what is in it.

import { Button, Group, Stack, Textarea } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { MAX_KNOWN_HOSTS } from '../../shared/host.ts';
import { DropArea } from '../ui/drop-area.tsx';

export interface FileTextInputProps {
  readonly words: {
    readonly drop: string;
    readonly dropHint: string;
    readonly choose: string;
    readonly paste: string;
    readonly pasteHint?: string;
    readonly read: string;
    readonly empty: string;
    readonly tooLarge: string;
  };
  readonly placeholder: string;
  readonly value: string;
  readonly pending: boolean;
  /** Only the first of several files counts: they are not of a kind that can be joined. */
  readonly isSingle?: boolean;
  /** Further fields, between the text and the button. */
  readonly children?: ReactNode;
  /** The text has changed: an earlier result is no longer about it. */
  onChange(value: string): void;
  onRead(value: string): void;
}

export function FileTextInput(props: FileTextInputProps) {
  const { words, placeholder, value, pending, isSingle = false, children, onChange, onRead } = props;
  const [error, setError] = useState<string | null>(null);
  const change = (next: string): void => {
    onChange(next);
    setError(null);
  };
  const read = (given: string): void => {
    const problem =
      given.trim() === '' ? words.empty : given.length > MAX_KNOWN_HOSTS ? words.tooLarge : null;
    setError(problem);
    if (problem === null) onRead(given);
  };
  const drop = async (files: readonly File[]): Promise<void> => {
    const all = (await Promise.all((isSingle ? files.slice(0, 1) : files).map((file) => file.text()))).join(
      '\n',
    );
    change(all);
    read(all);
  };
  return (
    <Stack gap="md">
      <DropArea
        icon={IconFileText}
        label={words.drop}
        hint={words.dropHint}
        choose={words.choose}
        onDrop={(files) => void drop(files)}
      />
      <Textarea
        label={words.paste}
        description={words.pasteHint}
        placeholder={placeholder}
        autosize
        minRows={3}
        maxRows={10}
        spellCheck={false}
        autoComplete="off"
        value={value}
        error={error}
        onChange={(event) => change(event.currentTarget.value)}
      />
      {children}
      <Group justify="flex-end">
        <Button variant="default" loading={pending} onClick={() => read(value)}>
          {words.read}
        </Button>
      </Group>
    </Stack>
  );
}
