// Imports many hosts from a known_hosts file or an Ansible inventory. Saved hosts are named and never changed.
import { setImmediate } from 'node:timers/promises';
import {
  type HostFileFormat,
  type HostImportPreview,
  HostImportPreviewSchema,
  type ImportedHosts,
  type ImportHosts,
  MAX_IMPORTED_HOSTS,
} from '../../../shared/host-import.ts';
import { normalizeTags } from '../../../shared/tag-form.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { HostRecord } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';
import type { Hosts } from './hosts.ts';
import { readAnsibleIni } from './inventory/ansible-ini.ts';
import { readAnsibleYaml } from './inventory/ansible-yaml.ts';
import { type Candidate, type Candidates, readCandidates } from './inventory/candidates.ts';
import { quote, type Refused } from './inventory/inventory.ts';
import { findKnownHostKeys } from './known-hosts.ts';
import { listKnownHosts } from './known-hosts-list.ts';

export interface HostImports {
  /** Says which hosts the file would add. Stores nothing. @throws INVALID_REQUEST */
  preview(body: ImportHosts): Promise<HostImportPreview>;
  /** Adds the new hosts. @throws INVALID_REQUEST before anything is added; what concerns one host is in the result */
  import(body: ImportHosts): Promise<ImportedHosts>;
}

interface Read {
  readonly format: HostFileFormat;
  readonly hosts: readonly Candidate[];
  readonly existing: HostImportPreview['existing'];
  readonly refused: readonly Refused[];
}

export function createHostImports({
  stores,
  hosts,
}: {
  readonly stores: Stores;
  readonly hosts: Pick<Hosts, 'create'>;
}): HostImports {
  async function read(body: ImportHosts): Promise<Read> {
    const format = body.format === 'auto' ? detectFormat(body.text) : body.format;
    const found = readFile(body.text, format);
    const saved = await stores.hosts.list();
    const existing: Read['existing'] = [];
    const refused = [...found.refused];
    const fresh = new Map<string, Candidate>();
    for (const host of found.hosts) {
      const other = saved.find((each) => isSame(host, each));
      const place = `${host.address.toLowerCase()} ${host.port}`;
      const twin = fresh.get(place);
      if (other !== undefined) existing.push({ name: host.name, host: { id: other.id, name: other.name } });
      else if (twin !== undefined)
        refused.push({
          line: host.line,
          name: host.name,
          reason: `It has the address and port of ${quote(twin.name)}`,
        });
      else {
        if (body.knownHosts !== '') await setImmediate(); // each host reads the whole file
        fresh.set(place, complete(host, body));
      }
    }
    const wanted = body.names === null ? null : new Set(body.names);
    const chosen = [...fresh.values()].filter(({ name }) => wanted === null || wanted.has(name));
    return { format, hosts: chosen, existing, refused };
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
    async preview(body) {
      const { format, hosts: found, existing, refused } = await read(body);
      const tags = normalizeTags(found.flatMap((host) => [...host.tags]));
      const deployments = await deploymentsOf(tags);
      return HostImportPreviewSchema.parse({ format, hosts: found, existing, refused, deployments });
    },

    async import(body) {
      if (body.credentialId === null) throw invalid('credentialId', 'is missing: SSH needs a credential');
      const { hosts: found, existing, refused } = await read(body);
      const nobody = found.find(({ user }) => user === null);
      if (nobody !== undefined) throw invalid('user', `is missing: the file has no user for ${nobody.name}`);
      const created: ImportedHosts['created'] = [];
      const failed: Refused[] = [];
      for (const { name, address, port, user, tags, keys, line } of found) {
        try {
          const { id } = await hosts.create({
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
          });
          created.push({ id, name });
        } catch (error) {
          if (!(error instanceof CertdeskError)) throw error;
          // The same for all: nothing was added, so the request is refused as a whole.
          if (error.code === 'INVALID_REQUEST' && created.length === 0) throw error;
          failed.push({ line, name, reason: error.message });
        }
      }
      return { created, existing, refused: [...refused, ...failed] };
    },
  };
}

function readFile(text: string, format: HostFileFormat): Candidates {
  if (/^\s*\$ANSIBLE_VAULT;/.test(text))
    throw invalid('text', 'is encrypted with Ansible Vault. Decrypt it with `ansible-vault view` first');
  if (format === 'known_hosts') return listKnownHosts(text, MAX_IMPORTED_HOSTS);
  const reader = format === 'ansible-ini' ? readAnsibleIni : readAnsibleYaml;
  return readCandidates(reader(text, MAX_IMPORTED_HOSTS));
}

/** By the first line that decides. */
export function detectFormat(text: string): HostFileFormat {
  for (const line of text.split('\n', 2_000)) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    const fields = trimmed.split(/[ \t]+/);
    const [type = '', encoded = ''] = fields.slice(fields[0]?.startsWith('@') ? 2 : 1);
    if (/^(ssh|ecdsa|sk)-/.test(type) && encoded.startsWith('AAAA')) return 'known_hosts';
    if (trimmed === '---' || trimmed.startsWith('%') || trimmed.startsWith('{')) return 'ansible-yaml';
    return /^["']?[\w.-]+["']?:(?:\s|$)/.test(trimmed) ? 'ansible-yaml' : 'ansible-ini';
  }
  return 'ansible-ini';
}

/** The same name, or the same address and port under any of its names. */
function isSame(host: Candidate, { name, address, port, transport }: HostRecord): boolean {
  if (name.toLowerCase() === host.name.toLowerCase()) return true;
  if (transport === 'local' || address === null || port !== host.port) return false;
  return [host.address, ...host.aliases].some((each) => each.toLowerCase() === address.toLowerCase());
}

function complete(host: Candidate, body: ImportHosts): Candidate {
  const { address, port } = host;
  const keys =
    body.knownHosts === '' ? host.keys : findKnownHostKeys(body.knownHosts, { address, port }).keys;
  const tags = normalizeTags([...host.tags, ...body.tags]);
  return { ...host, user: host.user ?? body.user, tags, keys: keys.slice(0, 10) };
}
