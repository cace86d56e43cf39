// Every entry point, started on a Node that is too old.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { describeOldNode } from '../../bin/node-version.mjs';
import { findOldNode } from '../support/tools/old-node.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const ENTRIES = [
  ...readdirSync(join(ROOT, 'scripts'))
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => `scripts/${name}`),
  'bin/certdesk.mjs',
];

test.each([
  ['12.22.12', false],
  ['20.20.2', false],
  ['23.11.1', false],
  ['24.0.0', true],
  ['24.21.0', true],
  ['25.1.0', true],
  ['100.0.0', true],
])('Node %s: %s', (version, ok) => {
  const line = describeOldNode(version, '/usr/bin/node');
  expect(line === null).toBe(ok);
  if (line !== null) expect(line).toContain(`Node ${version} (/usr/bin/node)`);
});

test.each(ENTRIES)('%s exits 2 with one line on a simulated old version', (entry) => {
  const url = JSON.stringify(pathToFileURL(join(ROOT, entry)).href);
  const code = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } }); import(${url});`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^Certdesk needs Node 24 or later, and this is Node 20\.20\.2 [^\n]+\n$/);
});

test.each(ENTRIES)('%s parses on an old Node, and imports the rest later', (entry) => {
  const source = readFileSync(join(ROOT, entry), 'utf8');
  const imports = [...source.matchAll(/^import .*from '(.*)';$/gm)].map(([, from]) => from);
  expect(imports.filter((from) => !from?.startsWith('node:') && !from?.endsWith('node-version.mjs'))).toEqual(
    [],
  );
  expect(source).not.toMatch(/^\s*(?:const \w+ = )?await /m);
});

const old = findOldNode();
describe.skipIf(old === null)(
  `on the machine's own Node${old === null ? ' [skipped: none older than 24]' : ''}`,
  () => {
    test.each(ENTRIES)('%s exits 2 with one line', (entry) => {
      const { status, stdout, stderr } = spawnSync(old ?? '', [join(ROOT, entry)], { encoding: 'utf8' });
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^Certdesk needs Node 24 or later, and this is Node [^\n]+\n$/);
    });
  },
);
