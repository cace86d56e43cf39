// The search field above a list. It reports a change after a short pause in typing.
import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { messages } from '../messages.ts';
import classes from './lists.module.css';

export interface SearchFieldProps {
  readonly q: string;
  readonly label: string;
  onChange(q: string): void;
}

export function SearchField({ q, label, onChange }: SearchFieldProps) {
  const [value, setValue] = useState(q);
  const send = useDebouncedCallback(onChange, 150);
  // Follows changes of the URL from elsewhere, such as Back or a link.
  useEffect(() => setValue(q), [q]);
  const change = (next: string): void => {
    setValue(next);
    send(next.trim());
  };
  return (
    <TextInput
      className={classes.search}
      size="sm"
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
      placeholder={label}
      aria-label={label}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        value === '' ? null : <CloseButton size="sm" aria-label={messages.clear} onClick={() => change('')} />
      }
    />
  );
}
