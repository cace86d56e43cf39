// Host keys and how to compare them. A person selects each key that is the same on the host.

import { Checkbox, Input, Stack, Text } from '@mantine/core';
import type { HostKey } from '../../shared/host.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { CodeBlock, CopyText } from '../ui/copy.tsx';
import classes from './hosts.module.css';

const text = hostTexts.keys;

/** Prints the fingerprints of all keys of the host, in the form that Certdesk shows. */
const COMPARE_COMMAND = 'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done';

export const fingerprintOf = ({ sha256 }: HostKey): string => `SHA256:${sha256}`;

export function HowToCompare() {
  return (
    <Stack gap="xs">
      <Text>{text.how}</Text>
      <CodeBlock code={COMPARE_COMMAND} what={text.command} wrap />
    </Stack>
  );
}

export function Fingerprint({ hostKey }: { readonly hostKey: HostKey }) {
  return (
    <div>
      <Text fw={550}>{hostKey.type}</Text>
      <CopyText value={fingerprintOf(hostKey)} what={text.fingerprint} />
    </div>
  );
}

export interface HostKeyChoiceProps {
  readonly keys: readonly HostKey[];
  readonly chosen: readonly HostKey[];
  readonly error: string | null;
  onChange(chosen: readonly HostKey[]): void;
}

export function HostKeyChoice({ keys, chosen, error, onChange }: HostKeyChoiceProps) {
  const isChosen = (key: HostKey): boolean => chosen.some(({ sha256 }) => sha256 === key.sha256);
  return (
    <fieldset className={classes.keys}>
      <legend>{text.choose}</legend>
      <Text c="dimmed" fz="sm">
        {text.chooseHint}
      </Text>
      {keys.map((key) => (
        <div key={key.sha256} className={classes.key}>
          <Checkbox
            mt={2}
            checked={isChosen(key)}
            aria-label={`${key.type} ${fingerprintOf(key)}`}
            onChange={({ currentTarget: { checked } }) =>
              onChange(checked ? [...chosen, key] : chosen.filter(({ sha256 }) => sha256 !== key.sha256))
            }
          />
          <Fingerprint hostKey={key} />
        </div>
      ))}
      {error !== null && <Input.Error role="alert">{error}</Input.Error>}
    </fieldset>
  );
}
