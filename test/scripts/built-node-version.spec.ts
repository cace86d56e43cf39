// The built program started directly, without bin/certdesk.mjs, on a Node that is too old. Node links static imports before
// the program's own check runs, so there may be none.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { findOldNode } from '../support/tools/old-node.ts';

const PROGRAM = resolve(import.meta.dirname, '../../out/main/headless.js');
const SENTENCE =
  /^certdesk: this is Node (?:[0-9]|1[0-9]|2[0-3])\.[\d.]+; Certdesk needs Node 24 or later\.[^\n]*\n$/;

beforeAll(async () => expect(await ensureBuilt()).toBeNull(), 600_000);

it('the built program imports nothing before it checks the version', () => {
  const source = readFileSync(PROGRAM, 'utf8');
  expect(source.match(/^(?:import|export)\b(?!\().*\bfrom\b.*$|^import\s*["'].*$/gm)).toBeNull();
  expect(source.indexOf('process.exit(2)')).toBeLessThan(source.indexOf('await import('));
});

it('exits 2 with one line on a simulated old version', () => {
  const url = JSON.stringify(pathToFileURL(PROGRAM).href);
  // Only its version number: its built-in modules are those of the current Node, which the test above covers.
  const code = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });
    import(${url});`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(SENTENCE);
});

const old = findOldNode();
describe.skipIf(old === null)(
  `on the machine's own Node${old === null ? ' [skipped: none older than 24]' : ''}`,
  () => {
    it('exits 2 with one line', () => {
      const { status, stdout, stderr } = spawnSync(old ?? '', [PROGRAM], { encoding: 'utf8' });
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(SENTENCE);
    });
  },
);
