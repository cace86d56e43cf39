// Reads an Ansible inventory in the format YAML, as the plugin ansible.builtin.yaml does.
import { parseDocument } from 'yaml';
import { invalid } from '../../core/invalid.ts';
import { expandHosts } from './host-pattern.ts';
import { createInventory, type Inventory, type InventoryBuilder, quote, type Value } from './inventory.ts';

/** What stands for a value that Ansible Vault encrypts. */
const VAULT = Symbol('encrypted');
/** Against files that grow by references. */
const MAX_ALIASES = 100;
const MAX_DEPTH = 50;

/**
 * @param limit The maximum number of hosts. Parts that cannot be read are refused; the others count.
 * @throws INVALID_REQUEST (`text`) if the file is not YAML, or no inventory. The message does not quote it: it may have secrets.
 */
export function readAnsibleYaml(text: string, limit: number): Inventory {
  const builder = createInventory(limit);
  const top = parse(text);
  if (!(top instanceof Map)) throw invalid('text', 'is no inventory: a YAML inventory begins with groups');
  if (top.has('plugin'))
    throw invalid(
      'text',
      'configures a plugin of Ansible. Import the output of `ansible-inventory --list --yaml`',
    );
  if (top.has('_meta'))
    throw invalid('text', 'is the JSON of a script. Import the output of `ansible-inventory --list --yaml`');
  for (const [name, content] of top) addGroup(builder, { name: String(name), content, limit, depth: 0 });
  return builder.finish();
}

function parse(text: string): unknown {
  try {
    const document = parseDocument(text, {
      version: '1.1', // as PyYAML reads it
      merge: true,
      logLevel: 'silent',
      customTags: [
        { tag: '!vault', resolve: () => VAULT },
        { tag: '!unsafe', resolve: (value: string) => value },
      ],
    });
    const [error] = document.errors;
    if (error !== undefined) {
      const line = error.linePos?.[0].line;
      throw invalid('text', `is not YAML${line === undefined ? '' : `: see line ${line}`}`);
    }
    return document.toJS({ mapAsMap: true, maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (error instanceof ReferenceError) throw invalid('text', 'has too many references (YAML aliases)');
    if (error instanceof RangeError) throw invalid('text', 'is nested too deeply');
    throw error;
  }
}

interface GroupPart {
  readonly name: string;
  readonly content: unknown;
  readonly limit: number;
  readonly depth: number;
}

function addGroup(builder: InventoryBuilder, { name, content, limit, depth }: GroupPart): void {
  builder.group(name);
  if (content === null || content === undefined) return;
  if (!(content instanceof Map) || depth > MAX_DEPTH) {
    builder.refuse('This group is not a mapping with hosts, vars or children', { name });
    return;
  }
  for (const [part, value] of content) {
    if (part === 'vars') addVars(builder.group(name).vars, value);
    else if (part === 'children') {
      for (const [child, below] of entriesOf(value)) {
        builder.child(name, child);
        addGroup(builder, { name: child, content: below, limit, depth: depth + 1 });
      }
    } else if (part === 'hosts') {
      for (const [pattern, vars] of entriesOf(value))
        addHosts(builder, { name: pattern, content: vars, limit, depth }, name);
    } else
      builder.refuse(
        `The group has the unknown part ${quote(String(part))}: there are hosts, vars and children`,
        { name },
      );
  }
}

function addHosts(
  builder: InventoryBuilder,
  { name: pattern, content, limit }: GroupPart,
  group: string,
): void {
  const expanded = expandHosts(pattern, limit);
  if (typeof expanded === 'string') {
    builder.refuse(expanded, { name: pattern });
    return;
  }
  for (const name of expanded.names) {
    const vars = builder.host(name, { group, line: null });
    if (vars === null) {
      builder.refuse(`The file has more than ${limit} hosts`);
      return;
    }
    if (expanded.port !== null) vars.set('ansible_port', expanded.port);
    addVars(vars, content);
  }
}

/** A single name may stand for a mapping. */
function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value === 'string') return [[value, null]];
  return value instanceof Map ? [...value].map(([key, content]) => [String(key), content] as const) : [];
}

function addVars(vars: Map<string, Value>, value: unknown): void {
  for (const [name, content] of entriesOf(value)) {
    const isPlain = ['string', 'number', 'boolean', 'bigint'].includes(typeof content);
    vars.set(name, isPlain ? String(content) : null);
  }
}
