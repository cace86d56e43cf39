// What the import of a known_hosts file changes: keys to accept, and accepted keys to remove because the file revokes them.

import type { Host, HostKey, KnownHostsMatch } from '../../shared/host.ts';

export type MatchedHost = KnownHostsMatch['hosts'][number];

/** Of a key on a host: the same key may be that of several hosts. */
export const changeId = (hostId: string, { sha256 }: Pick<HostKey, 'sha256'>): string =>
  `${hostId} ${sha256}`;

/** The changes that the file proposes for a host. */
export function changesOf({ id, keys, revoked }: MatchedHost): readonly string[] {
  const added = keys.filter(({ accepted }) => !accepted);
  const removed = revoked.filter(({ accepted }) => accepted);
  return [...added, ...removed].map((key) => changeId(id, key));
}

/** Returns the keys of a host after the chosen changes. */
export function keysAfter(
  matched: MatchedHost,
  host: Pick<Host, 'hostKeys'>,
  chosen: ReadonlySet<string>,
): HostKey[] {
  const isChosen = (key: Pick<HostKey, 'sha256'>): boolean => chosen.has(changeId(matched.id, key));
  const removed = matched.revoked.filter(isChosen).map(({ sha256 }) => sha256);
  const added = matched.keys
    .filter((key) => !key.accepted && isChosen(key))
    .map(({ type, sha256 }) => ({ type, sha256 }));
  return [...host.hostKeys.filter(({ sha256 }) => !removed.includes(sha256)), ...added];
}

/** The lines that are not imported with their reasons, each once: a pattern may be about many hosts. */
export function refusedLines({
  hosts,
}: KnownHostsMatch): readonly (readonly [line: number, reason: string])[] {
  const lines = new Map(
    hosts.flatMap(({ skipped }) => skipped.map(({ line, reason }) => [line, reason] as const)),
  );
  return [...lines].toSorted(([a], [b]) => a - b);
}
