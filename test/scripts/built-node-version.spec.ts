// The built program started without the command around it, on a Node that is too old: it is linked there before its own
// check runs, so it may import nothing by a name that an old Node does not have.
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

/** All that it may import by name. Each has been in Node since version 0 (Node's documentation, "Added in"). */
const OF_EVERY_NODE: Readonly<Record<string, readonly string[]>> = {
  'node:fs': ['existsSync', 'lstatSync', 'mkdirSync', 'statSync'],
  'node:path': ['dirname', 'join', 'resolve'],
};

beforeAll(async () => expect(await ensureBuilt()).toBeNull(), 600_000);

it('the built program imports by name only what every Node has, and the rest later', () => {
  const source = readFileSync(PROGRAM, 'utf8');
  const statements = [...source.matchAll(/^import\b(?!\()[^;]*;$/gm)].map(([statement]) => statement);
  expect(statements.length).toBeGreaterThan(0);
  const wrong = statements.filter((statement) => {
    const [, from = ''] = /["']([^"']+)["'];$/.exec(statement) ?? [];
    const names = /\{([^}]*)\}/.exec(statement)?.[1]?.split(',') ?? [];
    const known = OF_EVERY_NODE[from] ?? [];
    const unknown = names
      .map((name) => name.trim().split(' ')[0] ?? '')
      .filter((name) => !known.includes(name));
    return !from.startsWith('node:') || unknown.length > 0;
  });
  expect(wrong).toEqual([]);
});

it('says so in one line and exits 2 on a version that is simulated', () => {
  const url = JSON.stringify(pathToFileURL(PROGRAM).href);
  // Its number only: what it lacks is linked here all the same, which is for the test above.
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
    it('says so in one line and exits 2', () => {
      const { status, stdout, stderr } = spawnSync(old ?? '', [PROGRAM], { encoding: 'utf8' });
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(SENTENCE);
    });
  },
);
