// Imports many hosts from a known_hosts file or an Ansible inventory. Saved hosts are named and never changed.
import { setImmediate } from 'node:timers/promises';
import type { CreateHost } from '../../../shared/host.ts';
import {
  type HostFileFormat,
  type HostImportPreview,
  HostImportPreviewSchema,
  type ImportedHosts,
  type ImportHosts,
} from '../../../shared/host-import.ts';
import { normalizeTags } from '../../../shared/tag-form.ts';
import type { Background, BackgroundOptions } from '../core/background.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { HostRecord } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';
import type { HostFileTasks } from './background-tasks.ts';
import type { Hosts } from './hosts.ts';
import type { Candidate } from './inventory/candidates.ts';
import { quote, type Refused } from './inventory/inventory.ts';
import { indexKnownHosts } from './known-hosts.ts';

export interface HostImports {
  /** Says which hosts the file would add. Stores nothing. @throws INVALID_REQUEST */
  preview(body: ImportHosts, by: BackgroundOptions): Promise<HostImportPreview>;
  /** Adds the new hosts. @throws INVALID_REQUEST before anything is added; what concerns one host is in the result */
  import(body: ImportHosts, by: BackgroundOptions): Promise<ImportedHosts>;
}

/** Hosts that are written in one transaction: others wait that long. */
const PER_WRITE = 100;

interface Read {
  readonly format: HostFileFormat;
  readonly hosts: readonly Candidate[];
  readonly existing: HostImportPreview['existing'];
  readonly refused: readonly Refused[];
}

export function createHostImports({
  stores,
  hosts,
  background,
}: {
  readonly stores: Stores;
  readonly background: Background<HostFileTasks>;
  readonly hosts: Pick<Hosts, 'createAll'>;
}): HostImports {
  async function read(body: ImportHosts, by: BackgroundOptions): Promise<Read> {
    const file = { text: body.text, format: body.format };
    const { format, ...found } = await background.run('readHostFile', file, by);
    const isSaved = findSaved(await stores.hosts.list());
    const existing: Read['existing'] = [];
    const refused = [...found.refused];
    const fresh = new Map<string, Candidate>();
    for (const host of found.hosts) {
      const other = isSaved(host);
      const place = placeOf(host.address, host.port);
      const twin = fresh.get(place);
      if (other !== null) existing.push({ name: host.name, host: { id: other.id, name: other.name } });
      else if (twin !== undefined)
        refused.push({
          line: host.line,
          name: host.name,
          reason: `It has the address and port of ${quote(twin.name)}`,
        });
      else fresh.set(place, host);
    }
    const wanted = body.names === null ? null : new Set(body.names);
    const chosen = [...fresh.values()].filter(({ name }) => wanted === null || wanted.has(name));
    return { format, hosts: await complete(chosen, body), existing, refused };
  }

  /** Only their presence matters: a person sees which keys would go to hosts with these tags. */
  async function deploymentsOf(tags: readonly string[]): Promise<HostImportPreview['deployments']> {
    if (tags.length === 0) return [];
    const found = await stores.deployments.ofTags(tags);
    return found.map(({ id, name, projectId, hosts: selection }) => ({
      id,
      name,
      projectId,
      tag: 'tag' in selection ? selection.tag : '',
    }));
  }

  return {
    async preview(body, by) {
      const { format, hosts: found, existing, refused } = await read(body, by);
      const tags = normalizeTags(found.flatMap((host) => [...host.tags]));
      const deployments = await deploymentsOf(tags);
      return HostImportPreviewSchema.parse({ format, hosts: found, existing, refused, deployments });
    },

    async import(body, by) {
      if (body.credentialId === null) throw invalid('credentialId', 'is missing: SSH needs a credential');
      const { hosts: found, existing, refused } = await read(body, by);
      const nobody = found.find(({ user }) => user === null);
      if (nobody !== undefined) throw invalid('user', `is missing: the file has no user for ${nobody.name}`);
      const created: ImportedHosts['created'] = [];
      const failed: Refused[] = [];
      const add = async (some: readonly Candidate[]): Promise<void> => {
        try {
          created.push(...(await hosts.createAll(some.map((host) => toHost(host, body)))));
        } catch (error) {
          if (!(error instanceof CertdeskError)) throw error;
          const [only, ...others] = some;
          // One of them cannot be added: the others can.
          if (others.length > 0) for (const host of some) await add([host]);
          // The same for all: nothing was added, so the request is refused as a whole.
          else if (error.code === 'INVALID_REQUEST' && created.length === 0) throw error;
          else failed.push({ line: only?.line ?? null, name: only?.name ?? null, reason: error.message });
        }
      };
      for (let at = 0; at < found.length; at += PER_WRITE) await add(found.slice(at, at + PER_WRITE));
      return { created, existing, refused: [...refused, ...failed] };
    },
  };
}

function toHost({ name, address, port, user, tags, keys }: Candidate, body: ImportHosts): CreateHost {
  return {
    name,
    transport: 'ssh',
    address,
    port,
    user,
    tags: [...tags],
    hostKeys: body.acceptKeys ? (keys as HostImportPreview['hosts'][number]['keys']) : [],
    credentialId: body.credentialId,
    jumpHostId: null,
    become: body.become,
  };
}

const placeOf = (address: string, port: number): string => `${address.toLowerCase()} ${port}`;

/** Finds the saved host with the same name, or with the same address and port under any of its names. */
function findSaved(saved: readonly HostRecord[]): (host: Candidate) => HostRecord | null {
  const byName = new Map(saved.map((each) => [each.name.toLowerCase(), each]));
  const byPlace = new Map(
    saved.flatMap((each) =>
      each.transport === 'local' || each.address === null || each.port === null
        ? []
        : [[placeOf(each.address, each.port), each] as const],
    ),
  );
  return ({ name, address, aliases, port }) =>
    byName.get(name.toLowerCase()) ??
    [address, ...aliases].flatMap((each) => byPlace.get(placeOf(each, port)) ?? [])[0] ??
    null;
}

/** Adds what the request says about all hosts. @throws INVALID_REQUEST (`knownHosts`) as indexKnownHosts */
async function complete(hosts: readonly Candidate[], body: ImportHosts): Promise<readonly Candidate[]> {
  const index =
    body.knownHosts === ''
      ? null
      : indexKnownHosts(body.knownHosts, { hosts: hosts.length, field: 'knownHosts' });
  const completed: Candidate[] = [];
  for (const host of hosts) {
    if (index !== null) await setImmediate(); // hashed names take a while
    const keys = index?.find(host).keys ?? host.keys;
    const tags = normalizeTags([...host.tags, ...body.tags]);
    completed.push({ ...host, user: host.user ?? body.user, tags, keys: keys.slice(0, 10) });
  }
  return completed;
}
