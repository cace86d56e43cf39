// The content of an Ansible inventory, as its readers fill it: hosts, groups and variables.

import { invalid } from '../../core/invalid.ts';

/** The value of a variable. Null: it is encrypted, or no single value. */
export type Value = string | null;

export interface InventoryHost {
  readonly name: string;
  readonly line: number | null;
  readonly vars: Map<string, Value>;
}

export interface InventoryGroup {
  readonly name: string;
  readonly hosts: Set<string>;
  readonly children: Set<string>;
  readonly vars: Map<string, Value>;
}

export interface Refused {
  readonly line: number | null;
  readonly name: string | null;
  readonly reason: string;
}

export interface Inventory {
  readonly hosts: ReadonlyMap<string, InventoryHost>;
  readonly groups: ReadonlyMap<string, InventoryGroup>;
  readonly refused: readonly Refused[];
}

const MAX_GROUPS = 2_000;
/** Characters of the file that a message quotes. */
const QUOTED = 80;
export const quote = (text: string): string => (text.length <= QUOTED ? text : `${text.slice(0, QUOTED)}…`);

/**
 * Collects an inventory. The groups `all` and `ungrouped` exist from the start, as in Ansible.
 * @throws INVALID_REQUEST (`text`) for too many groups
 */
export function createInventory(limit: number) {
  const hosts = new Map<string, InventoryHost>();
  const groups = new Map<string, InventoryGroup>();
  const refused: Refused[] = [];
  const refuse = (reason: string, at: Partial<Refused> = {}) =>
    void refused.push({
      line: at.line ?? null,
      name: at.name === null || at.name === undefined ? null : quote(at.name),
      reason,
    });

  function group(name: string): InventoryGroup {
    const known = groups.get(name);
    if (known !== undefined) return known;
    if (groups.size >= MAX_GROUPS) throw invalid('text', `has more than ${MAX_GROUPS} groups`);
    const created = { name, hosts: new Set<string>(), children: new Set<string>(), vars: new Map() };
    groups.set(name, created);
    return created;
  }
  group('all');
  group('ungrouped');

  /** Removes children that lead back to their group, which Ansible refuses too. */
  function breakCircles(): void {
    const states = new Map<string, 'open' | 'done'>();
    const walk = (current: InventoryGroup): void => {
      states.set(current.name, 'open');
      for (const child of [...current.children]) {
        const below = groups.get(child);
        if (below === undefined) continue;
        if (states.get(child) === 'open') {
          current.children.delete(child);
          refuse(`The group ${quote(child)} contains ${quote(current.name)}, so it cannot be its child`);
        } else if (!states.has(child)) walk(below);
      }
      states.set(current.name, 'done');
    };
    for (const each of groups.values()) if (!states.has(each.name)) walk(each);
  }

  return {
    refuse,
    group,
    /** @returns the variables of the host; null if there are too many hosts */
    host(
      name: string,
      of: { readonly group: string; readonly line: number | null },
    ): Map<string, Value> | null {
      const known = hosts.get(name);
      if (known === undefined && hosts.size >= limit) return null;
      group(of.group).hosts.add(name);
      if (known !== undefined) return known.vars;
      const created = { name, line: of.line, vars: new Map<string, Value>() };
      hosts.set(name, created);
      return created.vars;
    },
    child(parent: string, child: string): void {
      group(child);
      group(parent).children.add(child);
    },
    /** Call it once, at the end. */
    finish(): Inventory {
      breakCircles();
      return { hosts, groups, refused };
    },
  };
}

export type InventoryBuilder = ReturnType<typeof createInventory>;
