// Compares the keys that a new host presents with a known_hosts file, and selects those that the file has.

import { Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { HostKey, KnownHostKeys } from '../../shared/host.ts';
import { useApi } from '../api.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { FailureNotice } from '../ui/failure.tsx';
import { Notice } from '../ui/notice.tsx';
import { KnownHostsInput } from './known-hosts-input.tsx';

const text = hostTexts.knownHosts;

export interface CompareKnownHostsProps {
  /** Keys that the host presents. */
  readonly keys: readonly HostKey[];
  readonly address: string;
  readonly port: number;
  /** @param found The presented keys that the file has. */
  onFound(found: readonly HostKey[]): void;
}

export function CompareKnownHosts({ keys, address, port, onFound }: CompareKnownHostsProps) {
  const api = useApi();
  const read = useMutation(
    api.hosts.readKnownHosts.mutationOptions({
      onSuccess: ({ keys: known }) => onFound(keys.filter((key) => isIn(known, key))),
    }),
  );
  return (
    <Stack gap="md">
      <Text c="dimmed" fz="sm">
        {text.compare.text}
      </Text>
      <KnownHostsInput
        pending={read.isPending}
        onRead={(lines) => read.mutate({ body: { text: lines, address, port } })}
        onChange={() => read.reset()}
      />
      {read.error !== null && <FailureNotice error={read.error} />}
      {read.data !== undefined && <Result keys={keys} known={read.data} />}
    </Stack>
  );
}

const isIn = (known: readonly { readonly sha256: string }[], { sha256 }: { readonly sha256: string }) =>
  known.some((each) => each.sha256 === sha256);

function Result({ keys, known }: { readonly keys: readonly HostKey[]; readonly known: KnownHostKeys }) {
  const matching = keys.filter((key) => isIn(known.keys, key));
  const revoked = keys.filter((key) => isIn(known.revoked, key));
  // A type that the host does not present says nothing; another key of the same type does.
  const different = known.keys.filter(
    (key) => !isIn(keys, key) && keys.some(({ type }) => type === key.type),
  );
  return (
    <>
      {matching.length > 0 && (
        <Notice tone="ok" title={text.compare.matching(matching.length)} role="status" />
      )}
      {known.keys.length === 0 && revoked.length === 0 && (
        <Notice tone="info" title={text.compare.nothing} role="status">
          {text.nothingText}
        </Notice>
      )}
      {different.length > 0 && (
        <Warning title={text.compare.different} hint={text.compare.differentText} keys={different} />
      )}
      {revoked.length > 0 && (
        <Warning title={text.compare.revoked} hint={text.compare.revokedText} keys={revoked} />
      )}
      {known.skipped.length > 0 && (
        <Notice tone="warn" title={text.refused} role="status">
          {known.skipped.map(({ line, reason }) => (
            <Text key={line} fz="sm">
              {text.line(line, reason)}
            </Text>
          ))}
        </Notice>
      )}
    </>
  );
}

interface WarningProps {
  readonly title: string;
  readonly hint: string;
  readonly keys: readonly HostKey[];
}

function Warning({ title, hint, keys }: WarningProps) {
  return (
    <Notice tone="bad" title={title} role="alert">
      <Text fz="sm">{hint}</Text>
      {keys.map(({ type, sha256 }) => (
        <Text key={sha256} fz="sm" style={{ overflowWrap: 'anywhere' }}>
          {type} SHA256:{sha256}
        </Text>
      ))}
    </Notice>
  );
}
