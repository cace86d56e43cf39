// Compares the reader of inventories with the recorded output of `ansible-inventory --list`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readAnsibleIni } from '../../../src/main/engine/hosts/inventory/ansible-ini.ts';
import { readAnsibleYaml } from '../../../src/main/engine/hosts/inventory/ansible-yaml.ts';
import { readCandidates } from '../../../src/main/engine/hosts/inventory/candidates.ts';

interface Output {
  readonly [group: string]: { readonly hosts?: readonly string[]; readonly children?: readonly string[] };
}
type Vars = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../fixtures/ansible', name), 'utf8');

/** The groups of each host, those above them included. */
function groupsIn(output: Output): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const walk = (group: string, above: readonly string[]): void => {
    const { hosts = [], children = [] } = output[group] ?? {};
    for (const host of hosts)
      found.set(
        host,
        new Set(
          [...(found.get(host) ?? []), ...above, group].filter((name) => !/^(all|ungrouped)$/.test(name)),
        ),
      );
    for (const child of children) walk(child, [...above, group]);
  };
  walk('all', []);
  return found;
}

it.each([
  ['inventory.ini', readAnsibleIni, 18],
  ['inventory.yml', readAnsibleYaml, 8],
] as const)('reads %s as Ansible does', (name, read, count) => {
  const { _meta: meta, ...output } = JSON.parse(fixture(`${name}.json`));
  const vars = meta.hostvars as Vars;
  const expected = Object.fromEntries(
    [...groupsIn(output)].map(([host, groups]) => {
      const of = vars[host] ?? {};
      const port = Number(of.ansible_port ?? of.ansible_ssh_port ?? 22);
      return [host, [of.ansible_host ?? host, port, String(of.ansible_user), [...groups].toSorted()]];
    }),
  );
  const { hosts, refused } = readCandidates(read(fixture(name), 1_000));
  expect(refused).toEqual([]);
  expect(
    Object.fromEntries(hosts.map((host) => [host.name, [host.address, host.port, host.user, host.tags]])),
  ).toEqual(expected);
  expect(hosts.length).toBe(count);
});
