// Takes a known_hosts file.
import { useState } from 'react';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { FileTextInput } from './file-text-input.tsx';

export interface KnownHostsInputProps {
  readonly pending: boolean;
  /** Reads the lines. */
  onRead(lines: string): void;
  /** The lines have changed: an earlier result is no longer about them. */
  onChange(): void;
}

export function KnownHostsInput({ pending, onRead, onChange }: KnownHostsInputProps) {
  const [lines, setLines] = useState('');
  return (
    <FileTextInput
      words={hostTexts.knownHosts}
      placeholder="web1.example.com ssh-ed25519 AAAA…"
      value={lines}
      pending={pending}
      onRead={onRead}
      onChange={(next) => {
        setLines(next);
        onChange();
      }}
    />
  );
}
