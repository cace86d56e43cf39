// The page that imports many hosts.
import { formatCount } from '../format.ts';

const hosts = (n: number): string => formatCount(n, 'host', 'hosts');

export const hostImport = {
  title: 'Import hosts',
  description:
    'Adds the hosts of an OpenSSH known_hosts file or an Ansible inventory. Saved hosts stay as they are.',
  drop: 'Drop a known_hosts file or an inventory here',
  dropHint: 'An Ansible inventory may be INI or YAML. Passwords in it are neither stored nor shown.',
  choose: 'Choose file',
  paste: 'Or paste its content',
  pasteHint:
    'Certdesk does not read group_vars/ and host_vars/ beside an inventory. The output of ansible-inventory --list --yaml --export includes them.',
  read: 'Show hosts',
  keysFile: 'Keys for the inventory, from a known_hosts file',
  keysHint: 'Optional. Paste its lines; names may be hashed.',
  empty: 'Choose a file, or paste its content.',
  tooLarge: 'The file is too large. Keep the part about your hosts, and try again.',
  result: (format: string) => `Hosts in the file: ${format}`,
  nothing: 'The file adds no host',
  columns: { take: 'Import', name: 'Host', address: 'Address', user: 'User', tags: 'Tags', key: 'Host key' },
  all: 'Select all hosts',
  more: (n: number) => `Show more (${n} not shown)`,
  rest: (n: number) => `and ${n} more`,
  take: (name: string) => `Import ${name}`,
  noUser: 'As entered below',
  noKey: 'Not in a file',
  existing: 'Saved already, not changed',
  savedAs: (name: string, saved: string) => (name === saved ? name : `${name}, as ${saved}`),
  refused: 'Not imported',
  refusal: (line: number | null, name: string | null, reason: string) =>
    [line === null ? '' : `Line ${line}: `, name === null ? '' : `${name}: `, reason].join(''),
  notes: 'Not in the import',
  deployments: 'Deployments for these tags',
  deployment: (name: string, tag: string) =>
    `${name} installs private keys on hosts with the tag ${tag}, as soon as a key of the host is accepted.`,
  user: 'User',
  userHint: 'For hosts for which the file has none.',
  userMissing: 'Enter the user for the hosts for which the file has none.',
  credential: 'Credential',
  credentialHint: 'Certdesk signs in to all of these hosts with it.',
  credentialMissing: 'Choose a credential.',
  noCredentials: 'Add a credential first',
  sudo: 'Use sudo for administrator rights',
  tags: 'More tags',
  acceptKeys: 'Accept the host keys above',
  acceptHint:
    'Certdesk trusts these keys as if you had compared them. Accept only keys of a file that nobody else can change. Otherwise you accept the key of each host on its page.',
  submit: (n: number) => `Import ${hosts(n)}`,
  done: (n: number) => `${hosts(n)} imported`,
  failed: 'Some hosts were not imported',
} as const;
