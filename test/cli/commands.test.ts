// The table of commands, as the build writes it, and what the client loads.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectionOptions } from '../../src/main/cli/connection.ts';
import { findNearest } from '../../src/main/cli/nearest.ts';
import { createProgram as createClient } from '../../src/main/cli/program.ts';
import { clockOf, textOf, timeOf, valueAt } from '../../src/main/cli/values.ts';
import { describeCommands } from '../../src/main/headless/describe-commands.ts';
import { createProgram } from '../../src/main/headless/main.ts';
import { writeManualPage } from '../../src/main/headless/manual-page.ts';

const server = createProgram();
const local = server.commands.map((command) => ({
  name: command.name(),
  summary: command.description(),
  options: [],
  commands: [],
}));
const table = describeCommands(local);

/** Options that every command has, or that the client adds. */
const GENERAL = [
  ...connectionOptions().map(({ long }) => long),
  ...['--json', '--no-wait', '--wait', '--yes', '--output', '--help', '--version'],
];

describe('the commands of operations', () => {
  it('are all that the issue of administrators names', () => {
    const verbs = table.remote.map(({ verb }) => verb);
    for (const verb of ['list', 'show', 'obtain', 'renew', 'revoke', 'remove', 'upload', 'export'])
      expect(verbs).toContain(verb);
    for (const verb of ['jobs', 'status', 'projects']) expect(verbs).toContain(verb);
  });

  it('have different verbs, none of them that of another command', () => {
    const words = table.remote.map(({ verb }) => verb);
    expect(new Set(words).size).toBe(words.length);
    const first = words.map((verb) => verb.split(' ')[0]);
    expect(local.map(({ name }) => name).filter((name) => first.includes(name))).toEqual([]);
    // A command that is also the first word of others has no arguments, which could be their names.
    const groups = table.remote.filter(({ verb }) => words.some((other) => other.startsWith(`${verb} `)));
    expect(groups.filter(({ args = [] }) => args.length > 0)).toEqual([]);
  });

  it.each(table.remote)(
    '$verb is described in plain English',
    ({ verb, summary, args = [], options, ...rest }) => {
      expect(verb).toMatch(/^[a-z-]+( [a-z-]+)?$/);
      expect(summary).toMatch(/^[a-z].*[^.]$/);
      for (const { description } of [...args, ...options]) expect(description).toMatch(/^[a-zA-Z].*[^.]$/);
      for (const [command] of rest.examples ?? []) expect(command.split(' ').join(' ')).toContain(verb);
      const flags = options.map(({ flag }) => flag);
      expect(flags.filter((flag) => GENERAL.includes(flag))).toEqual([]);
    },
  );

  it('say in groups what the group is about', () => {
    const groups = createClient(table, '0').commands.filter(({ commands }) => commands.length > 0);
    expect(groups.map((each) => each.name())).toContain('caa-lock');
    for (const each of groups) {
      expect(each.summary()).not.toBe(each.name());
      expect(each.description()).toMatch(/^[A-Z].* .*\.$/);
    }
  });

  it('repeat an option if its field takes a text or a list of texts', () => {
    const tags = table.remote.flatMap(({ verb, options }) =>
      options.filter(({ field }) => field === 'tag').map(({ type }) => `${verb}: ${type}`),
    );
    expect(tags).toEqual(expect.arrayContaining(['list: list', 'projects: list', 'deploy: list']));
    expect(tags.filter((each) => !each.endsWith(': list'))).toEqual([]);
  });

  it.each(table.remote)('$verb fills every parameter of its address', ({ path, args = [] }) => {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(args.map(({ field }) => field)).toEqual(expect.arrayContaining(names));
  });

  it.each(table.remote)('$verb takes the options of its examples', ({ examples = [] }) => {
    const client = createClient(table, '0');
    for (const [command] of examples) {
      const [line = ''] = command.split(/ [|>] /);
      const [first = '', second = ''] = line.split(' ');
      const found = client.commands.find((each) => each.name() === first);
      const inner = found?.commands.find((each) => each.name() === second) ?? found;
      const known = inner?.options.map(({ long }) => long) ?? [];
      for (const flag of line.match(/--[a-z-]+/g) ?? []) expect(known, command).toContain(flag);
    }
  });
});

it('the client loads neither the engine nor a package other than commander', () => {
  const src = resolve(import.meta.dirname, '../../src');
  const [seen, packages] = [new Set<string>(), new Set<string>()];
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, clause = '', target = ''] of text.matchAll(
      /^(?:import|export) ([^;]*?)from '([^']+)';/gm,
    )) {
      if (clause.startsWith('type ')) continue;
      if (target.startsWith('.')) visit(join(dirname(file), target));
      else if (!target.startsWith('node:')) packages.add(target);
    }
  };
  visit(join(src, 'main/cli/main.ts'));
  expect([...packages]).toEqual(['commander']);
  const engine = [...seen].filter((file) => file.startsWith(join(src, 'main/engine')));
  expect(engine).toEqual([join(src, 'main/engine/core/errors.ts')]); // for storage/folder-access.ts
  expect(seen.size).toBeGreaterThan(20);
});

describe('the manual page', () => {
  const page = writeManualPage({
    client: createClient(table, '1.2.3'),
    server,
    version: '1.2.3',
    examples: [],
  });

  it('has every command and the options for the server once', () => {
    for (const { verb } of table.remote)
      expect(page).toMatch(new RegExp(`^\\.SS "certdesk ${verb.replace('-', '\\\\-')}[ "]`, 'm'));
    for (const { name } of local) expect(page).toContain(`.SS "certdesk ${name.replaceAll('-', '\\-')}`);
    expect(page.match(/^\.B "\\-\\-fingerprint <sha256>"$/gm)).toHaveLength(1);
    expect(page).not.toContain('certdesk complete ');
  });

  it('has no line that roff would take for a request by mistake', () => {
    const requests = page.split('\n').filter((line) => /^[.']/.test(line));
    expect(requests.filter((line) => !/^\.(?:TH|SH|SS|TP|B|I)(?: |$)/.test(line))).toEqual([]);
    expect(page).not.toContain('\u001b');
  });
});

describe('values', () => {
  const at = { now: new Date('2026-11-30T12:00:00Z'), zone: 'Europe/Berlin' };

  it.each([
    ['2027-02-28T12:00:00Z', '90 days'],
    ['2026-12-02T11:59:00Z', '47 hours'],
    ['2026-11-30T13:00:00Z', '1 hour'],
    ['2026-11-30T12:10:00Z', 'under 1 hour'],
    ['2026-11-30T12:00:00Z', 'expired'],
    ['soon', 'soon'],
  ])('until %s are %s left', (text, left) => expect(textOf(text, 'left', at)).toBe(left));

  it('that are times are in the time zone, also within a sentence', () => {
    expect(textOf('2026-11-30T12:00:00Z', 'time', at)).toBe('2026-11-30 13:00 UTC+1');
    expect(textOf('2026-07-01T23:30:00Z', 'time', at)).toBe('2026-07-02 01:30 UTC+2');
    const sentence = 'Expires at 2026-11-30T12:00:00Z, checked at 2026-11-30T23:00:00Z.';
    expect(timeOf(sentence, at.zone)).toBe(
      'Expires at 2026-11-30 13:00 UTC+1, checked at 2026-12-01 00:00 UTC+1.',
    );
    expect(clockOf('2026-11-30T12:00:05Z', at.zone)).toBe('13:00:05');
    expect(textOf('unknown', 'time', at)).toBe('unknown');
  });

  it('are found by paths, the first that is set', () => {
    const answer = { domain: null, name: 'one', certificate: { names: ['a', 'b'] } };
    expect(valueAt(answer, 'domain|name')).toBe('one');
    expect(textOf(valueAt(answer, 'certificate.names'), undefined, at)).toBe('a, b');
    expect(valueAt(answer, 'certificate.issuer.name')).toBeUndefined();
    expect(valueAt(null, 'domain')).toBeUndefined();
  });
});

describe('the nearest name', () => {
  it.each([
    ['shp.example.com', 'shop.example.com'],
    ['SHOP.example.com', 'shop.example.com'],
    ['mial.example.org', 'mail.example.org'],
    ['completely-different.test', null],
    ['x', null],
  ])('to %s is %s', (given, expected) => {
    expect(findNearest(given, ['mail.example.org', 'shop.example.com'])).toBe(expected);
  });
});
