// The state of a host in one chip, and what the list of hosts finds.

import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX } from '@tabler/icons-react';
import type { Host } from '../../shared/host.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import type { Face } from '../ui/status-style.ts';

const { state } = hostTexts;

export function faceOfHost({ changedKey, lastError, lastContactAt }: Host): Face {
  if (changedKey !== null) return { tone: 'bad', icon: IconAlertTriangle, label: state.changedKey };
  if (lastError !== null) return { tone: 'bad', icon: IconCircleX, label: state.failed };
  if (lastContactAt === null) return { tone: 'idle', icon: IconCircleDashed, label: state.untested };
  return { tone: 'ok', icon: IconCircleCheck, label: state.ok };
}

/** Returns how Certdesk reaches the host: `root@web1.example.com`, with the port if it is not 22. */
export function addressOf({ transport, user, address, port }: Host): string {
  if (transport === 'local') return hostTexts.thisMachine;
  return `${user}@${address}${port === 22 ? '' : `:${port}`}`;
}

export interface HostFilter {
  readonly q: string;
  /** The host has all of them. */
  readonly tags: readonly string[];
}

export function filterHosts(hosts: readonly Host[], { q, tags }: HostFilter): readonly Host[] {
  const wanted = q.trim().toLowerCase();
  return hosts.filter(
    (host) =>
      tags.every((tag) => host.tags.includes(tag)) &&
      [host.name, host.address ?? '', ...host.tags].some((text) => text.toLowerCase().includes(wanted)),
  );
}

/** Returns each tag with its number of hosts, in alphabetical order. */
export function countTags(
  hosts: readonly Host[],
): readonly { readonly id: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const tag of hosts.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].map(([id, count]) => ({ id, count })).sort((a, b) => a.id.localeCompare(b.id));
}
