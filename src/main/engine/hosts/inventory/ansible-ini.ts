// Reads an Ansible inventory in the format INI, as the plugin ansible.builtin.ini does.
import { expandHosts } from './host-pattern.ts';
import { createInventory, type Inventory, quote, type Value } from './inventory.ts';

type Section = { readonly group: string; readonly kind: 'hosts' | 'vars' | 'children' };

/** @param limit The maximum number of hosts. Lines that cannot be read are refused; the others count. */
export function readAnsibleIni(text: string, limit: number): Inventory {
  const builder = createInventory(limit);
  let section: Section | null = { group: 'ungrouped', kind: 'hosts' };
  for (const [index, content] of text.split('\n').entries()) {
    const line = index + 1;
    const trimmed = content.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    if (trimmed.startsWith('[') && isHeader(trimmed)) {
      section = sectionOf(trimmed);
      if (section === null)
        builder.refuse(
          `The section ${quote(trimmed)} is unknown: there are [group], [group:vars] and [group:children]`,
          { line },
        );
      else builder.group(section.group);
    } else if (section === null) builder.refuse('The section of this line is unknown', { line });
    else if (section.kind === 'children') builder.child(section.group, trimmed.split(/[ \t]/)[0] ?? '');
    else if (section.kind === 'vars') {
      const at = trimmed.indexOf('=');
      // The text is not quoted: it may be a part of a secret.
      if (at < 1) builder.refuse('This line is no variable: name=value', { line });
      else
        builder
          .group(section.group)
          .vars.set(trimmed.slice(0, at).trim(), unquote(trimmed.slice(at + 1).trim()));
    } else addHosts(builder, { content: trimmed, group: section.group, line, limit });
  }
  return builder.finish();
}

/** A line with an IPv6 address in brackets begins with a bracket too. */
const isHeader = (line: string): boolean => /^\[[^:[\]]+(?::\w+)?\]\s*(?:#.*)?$/.test(line);

function sectionOf(line: string): Section | null {
  const [group = '', kind = 'hosts', ...more] = line.slice(1, line.indexOf(']')).split(':');
  if (more.length > 0 || (kind !== 'hosts' && kind !== 'vars' && kind !== 'children')) return null;
  return { group: group.trim(), kind };
}

interface HostLine {
  readonly content: string;
  readonly group: string;
  readonly line: number;
  readonly limit: number;
}

function addHosts(
  builder: ReturnType<typeof createInventory>,
  { content, group, line, limit }: HostLine,
): void {
  const words = splitWords(content);
  const [pattern = ''] = words ?? [];
  if (words === null || pattern === '') {
    builder.refuse('A quotation mark is not closed', { line });
    return;
  }
  const expanded = expandHosts(pattern, limit);
  if (typeof expanded === 'string') {
    builder.refuse(expanded, { line, name: pattern });
    return;
  }
  const vars: [string, Value][] = [];
  for (const word of words.slice(1)) {
    const at = word.indexOf('=');
    if (at < 1) {
      builder.refuse('After the name, this line has something else than name=value', {
        line,
        name: pattern,
      });
      return;
    }
    vars.push([word.slice(0, at), unquote(word.slice(at + 1))]);
  }
  for (const name of expanded.names) {
    const of = builder.host(name, { group, line });
    if (of === null) {
      builder.refuse(`The file has more than ${limit} hosts`, { line });
      return;
    }
    if (expanded.port !== null) of.set('ansible_port', expanded.port);
    for (const [variable, value] of vars) of.set(variable, value);
  }
}

/** Splits as Python's shlex does: quotation marks group, `#` begins a comment. @returns null if a mark is not closed */
function splitWords(line: string): readonly string[] | null {
  const words: string[] = [];
  let word = '';
  let mark = '';
  let inWord = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (mark !== '') {
      if (character === mark) mark = '';
      else if (character === '\\' && mark === '"' && /["\\]/.test(line.charAt(at + 1)))
        word += line.charAt(++at);
      else word += character;
    } else if (character === '"' || character === "'") {
      mark = character;
      inWord = true;
    } else if (character === ' ' || character === '\t') {
      if (inWord) words.push(word);
      word = '';
      inWord = false;
    } else if (character === '#') break;
    else {
      word += character === '\\' ? line.charAt(++at) : character;
      inWord = true;
    }
  }
  if (mark !== '') return null;
  if (inWord) words.push(word);
  return words;
}

/** A Python string literal counts as its content. */
function unquote(value: string): string {
  const mark = value.charAt(0);
  return value.length >= 2 && (mark === '"' || mark === "'") && value.endsWith(mark)
    ? value.slice(1, -1)
    : value;
}
