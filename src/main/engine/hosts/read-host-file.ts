// Reads the hosts of a known_hosts file or an Ansible inventory. Pure; a large file takes a second, so it runs in background
// (background-tasks.ts).
import { type HostFileFormat, MAX_IMPORTED_HOSTS } from '../../../shared/host-import.ts';
import { invalid } from '../core/invalid.ts';
import { readAnsibleIni } from './inventory/ansible-ini.ts';
import { readAnsibleYaml } from './inventory/ansible-yaml.ts';
import { type Candidates, readCandidates } from './inventory/candidates.ts';
import { listKnownHosts } from './known-hosts-list.ts';

export interface HostFile extends Candidates {
  readonly format: HostFileFormat;
}

/** @throws INVALID_REQUEST (`text`) */
export function readHostFile(text: string, wanted: HostFileFormat | 'auto'): HostFile {
  const format = wanted === 'auto' ? detectFormat(text) : wanted;
  return { format, ...readAs(text, format) };
}

function readAs(text: string, format: HostFileFormat): Candidates {
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
