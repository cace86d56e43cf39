// Finds out what an Ansible inventory says about each host: the address, the port, the user and the groups. Of all other
// variables nothing is read but the name.
import { AddressSchema, UserSchema } from '../../../../shared/host.ts';
import { LabelSchema } from '../../../../shared/label.ts';
import { MAX_TAGS, normalizeTags, TAG_FORM } from '../../../../shared/tag-form.ts';
import type { HostKey } from '../host-key.ts';
import { type Inventory, type InventoryGroup, quote, type Refused, type Value } from './inventory.ts';

/** A host of a file that may be imported. */
export interface Candidate {
  readonly line: number | null;
  readonly name: string;
  readonly address: string;
  /** Other names of the same host in the file. */
  readonly aliases: readonly string[];
  readonly port: number;
  readonly user: string | null;
  readonly tags: readonly string[];
  readonly keys: readonly HostKey[];
  readonly notes: readonly string[];
}

export interface Candidates {
  readonly hosts: readonly Candidate[];
  readonly refused: readonly Refused[];
}

/** Ansible knows older names of some variables. The first that is set counts. */
const VARIABLES = {
  address: ['ansible_host', 'ansible_ssh_host'],
  port: ['ansible_port', 'ansible_ssh_port'],
  user: ['ansible_user', 'ansible_ssh_user'],
} as const;
const CONNECTIONS: readonly string[] = [
  'ssh',
  'smart',
  'paramiko',
  'paramiko_ssh',
  'ansible.builtin.ssh',
  'ansible.netcommon.libssh',
];
const TEMPLATE = /\{[{%#]/;
/** Variables with passwords, tokens and keys. Their values are not read. */
const SECRET = /pass|secret|token|vault|_key$|private_key/i;

export function readCandidates(inventory: Inventory): Candidates {
  const { hosts } = inventory;
  const refused: Refused[] = [...inventory.refused];
  const sorted = sortGroups(inventory);
  const found: Candidate[] = [];
  for (const host of hosts.values()) {
    const own = sorted.filter(({ members }) => members.has(host.name)).map(({ group }) => group);
    const vars = new Map<string, Value>();
    for (const { vars: given } of [...own, host]) for (const [name, value] of given) vars.set(name, value);
    const result = toCandidate(host.name, vars, own);
    if (typeof result === 'string') refused.push({ line: host.line, name: quote(host.name), reason: result });
    else found.push({ ...result, line: host.line });
  }
  return { hosts: found, refused };
}

/** @returns why the host is refused, or the host. No reason quotes a value. */
function toCandidate(
  name: string,
  vars: ReadonlyMap<string, Value>,
  groups: readonly InventoryGroup[],
): Candidate | string {
  const find = (names: readonly string[]) => names.find((each) => vars.has(each));
  for (const variable of [...Object.values(VARIABLES).map(find), 'ansible_connection']) {
    const value = variable === undefined ? undefined : vars.get(variable);
    if (value === null) return `${variable} is encrypted or no single value`;
    if (value !== undefined && TEMPLATE.test(value))
      return `${variable} is a template of Jinja ({{ … }}), which only Ansible can evaluate. Import the output of \`ansible-inventory --list --yaml\`, or add the host by hand`;
  }
  if (TEMPLATE.test(name)) return 'The name is a template of Jinja, which only Ansible can evaluate';
  const text = (names: readonly string[]) => vars.get(find(names) ?? '') ?? null;
  const connection = vars.get('ansible_connection') ?? 'ssh';
  if (connection === 'local' || connection === 'ansible.builtin.local')
    return 'Ansible does not use SSH for this host but the machine it runs on (ansible_connection=local)';
  if (!CONNECTIONS.includes(connection)) return 'Ansible does not use SSH for this host (ansible_connection)';
  const address = AddressSchema.safeParse(text(VARIABLES.address) ?? name);
  if (!address.success) return 'The address is no host name and no IP address';
  const port = Number(text(VARIABLES.port) ?? 22);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return 'The port is no number from 1 to 65535';
  const user = UserSchema.safeParse(text(VARIABLES.user));
  if (!user.success) return 'The user is not the name of a user';
  const label = LabelSchema.safeParse(name);
  if (!label.success) return 'The name is too long or has control characters';
  const { tags, notes } = tagsOf(groups);
  return {
    line: null,
    name: label.data,
    address: address.data,
    aliases: [],
    port,
    user: user.data,
    tags,
    keys: [],
    notes: [...notes, ...notesAbout(vars)],
  };
}

function tagsOf(groups: readonly InventoryGroup[]) {
  const names = groups.map(({ name }) => name).filter((name) => name !== 'all' && name !== 'ungrouped');
  const fitting = names.filter((name) => TAG_FORM.test(name.toLowerCase()));
  const tags = normalizeTags(fitting.map((name) => name.toLowerCase()));
  const others = names.filter((name) => !fitting.includes(name)).map(quote);
  return {
    tags: tags.slice(0, MAX_TAGS),
    notes: [
      ...(others.length === 0 ? [] : [`No tag can have the name of the group ${others.join(', ')}`]),
      ...(tags.length <= MAX_TAGS
        ? []
        : [`A host has at most ${MAX_TAGS} tags; ${tags.length - MAX_TAGS} are left out`]),
    ],
  };
}

/** What concerns SSH and is not imported. Names only. */
function notesAbout(vars: ReadonlyMap<string, Value>): readonly string[] {
  const names = [...vars.keys()];
  const secrets = names
    .filter((name) => SECRET.test(name) && name !== 'ansible_ssh_private_key_file')
    .map(quote);
  const has = (name: string) => vars.has(name);
  return [
    ...(secrets.length === 0
      ? []
      : [`Secrets are not imported: ${secrets.toSorted().join(', ')}. Use a credential`]),
    ...(has('ansible_ssh_private_key_file') || has('ansible_private_key_file')
      ? ['The private key file is not imported. Use a credential']
      : []),
    ...(has('ansible_ssh_common_args') || has('ansible_ssh_extra_args') || has('ansible_ssh_args')
      ? ['Options of ssh are not imported. Choose a jump host on the page of the host if it needs one']
      : []),
  ];
}

interface SortedGroup {
  readonly group: InventoryGroup;
  /** Its hosts, and those of the groups in it. */
  readonly members: ReadonlySet<string>;
}

/** In the order in which their variables count: parents before children, then by priority and name, as in Ansible. */
function sortGroups({ hosts, groups }: Inventory): readonly SortedGroup[] {
  const depths = depthsOf(groups);
  const members = new Map<string, Set<string>>();
  const collect = (name: string): Set<string> => {
    const known = members.get(name);
    if (known !== undefined) return known;
    const group = groups.get(name);
    const found = new Set(group?.hosts);
    members.set(name, found);
    for (const child of group?.children ?? []) for (const host of collect(child)) found.add(host);
    return found;
  };
  const everyone = new Set(hosts.keys());
  const priority = ({ vars }: InventoryGroup) => Number(vars.get('ansible_group_priority') ?? 1) || 1;
  return [...groups.values()]
    .toSorted(
      (a, b) =>
        (depths.get(a.name) ?? 0) - (depths.get(b.name) ?? 0) ||
        priority(a) - priority(b) ||
        (a.name < b.name ? -1 : 1),
    )
    .map((group) => ({ group, members: group.name === 'all' ? everyone : collect(group.name) }));
}

/** The longest way from `all`. Groups form no circle: the inventory has broken it. */
function depthsOf(groups: Inventory['groups']): ReadonlyMap<string, number> {
  const parents = new Map<string, string[]>();
  for (const { name, children } of groups.values())
    for (const child of children) parents.set(child, [...(parents.get(child) ?? []), name]);
  const depths = new Map<string, number>([['all', 0]]);
  const depthOf = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const depth = 1 + Math.max(0, ...(parents.get(name) ?? []).map(depthOf));
    depths.set(name, depth);
    return depth;
  };
  for (const name of groups.keys()) depthOf(name);
  return depths;
}
