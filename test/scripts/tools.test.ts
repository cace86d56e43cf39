// How npm test finds and installs the programs that suites need; the installers are stand-ins.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Env, findTool, isWantedVersion } from '../../scripts/lib/find-tool.ts';
import { type Installers, prepareTools } from '../../scripts/lib/install-tools.ts';
import { TOOLS, type ToolName, toolsNamedIn } from '../../scripts/lib/tools.ts';

let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certdesk-tools-'));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const WANTED = `\0mod\t${TOOLS.pebble.go.module}\t${TOOLS.pebble.go.version}\th1:abc\0`;

function addProgram(place: string, name: string, { content = '', mode = 0o755 } = {}): string {
  mkdirSync(join(folder, place), { recursive: true });
  const path = join(folder, place, name);
  writeFileSync(path, `#!/bin/sh\n${content}`, { mode });
  return path;
}
const addPebble = (place: string, content = WANTED): string[] =>
  ['pebble', 'pebble-challtestsrv'].map((name) => addProgram(place, name, { content }));

/** An installer that succeeds. */
const adds = (place: string, content?: string) => async (): Promise<null> => {
  addPebble(place, content);
  return null;
};

const at = (more: Env = {}): Env => ({ PATH: `${join(folder, 'a')}:${join(folder, 'b')}`, ...more });
const installed: string[] = [];
const installers = (steps: Partial<Installers> = {}): Installers => {
  installed.length = 0;
  const log =
    (who: 'go' | 'debian'): Installers['go'] =>
    (tool) => {
      installed.push(who);
      return steps[who]?.(tool) ?? Promise.resolve(`${who} is not there`);
    };
  return { go: log('go'), debian: log('debian') };
};
const prepare = (name: ToolName, install: Installers, env: Env = at()) =>
  prepareTools([name], { env, install, say: (line) => said.push(line), toolsFolder: join(folder, 'tools') });

describe('finding a tool', () => {
  test('takes the first executable of the PATH', () => {
    addProgram('a', 'openssl', { mode: 0o644 });
    const path = addProgram('b', 'openssl');
    expect(findTool(TOOLS.openssl, at(), folder)).toEqual({ paths: { CERTDESK_TEST_OPENSSL: path } });
  });

  test("prefers npm test's own folder, and above all what the environment names", () => {
    addProgram('a', 'openssl');
    const own = addProgram('tools/bin', 'openssl');
    const named = addProgram('named', 'my-openssl');
    const find = (env: Env) => findTool(TOOLS.openssl, env, join(folder, 'tools'));
    expect(find(at())).toEqual({ paths: { CERTDESK_TEST_OPENSSL: own } });
    expect(find(at({ CERTDESK_TEST_OPENSSL: named }))).toEqual({ paths: { CERTDESK_TEST_OPENSSL: named } });
    expect(find(at({ CERTDESK_TEST_OPENSSL: '/nowhere' }))).toEqual({ lacking: '/nowhere' });
  });

  test('uses an unpacked program only if the machine has none', () => {
    const unpacked = addProgram('tools/debian/bin', 'openssl');
    const find = () => findTool(TOOLS.openssl, at(), join(folder, 'tools'));
    expect(find()).toEqual({ paths: { CERTDESK_TEST_OPENSSL: unpacked } });
    const machine = addProgram('b', 'openssl');
    expect(find()).toEqual({ paths: { CERTDESK_TEST_OPENSSL: machine } });
  });

  test('accepts a program under another of its names', () => {
    const path = addProgram('b', 'google-chrome');
    const tool = {
      ...TOOLS.chromium,
      programs: [{ ...TOOLS.chromium.programs[0], names: ['xyz', 'google-chrome'] }],
    } as const;
    expect(findTool(tool, at(), folder)).toEqual({ paths: { CERTDESK_TEST_CHROMIUM: path } });
  });

  test('names the missing one of several programs', () => {
    addProgram('a', 'pebble');
    expect(findTool(TOOLS.pebble, at(), folder)).toEqual({ lacking: 'pebble-challtestsrv' });
  });

  test('reads the version that the Go linker wrote into the programs', () => {
    addPebble('a');
    expect(isWantedVersion(TOOLS.pebble, findTool(TOOLS.pebble, at(), folder))).toBe(true);
    addProgram('a', 'pebble-challtestsrv', { content: WANTED.replace('v2.10.1', 'v2.4.0') });
    expect(isWantedVersion(TOOLS.pebble, findTool(TOOLS.pebble, at(), folder))).toBe(false);
  });
});

describe('preparing a tool', () => {
  test('installs nothing if it exists', async () => {
    const [pebble = '', challtestsrv = ''] = addPebble('a');
    const { env, missing } = await prepare('pebble', installers());
    expect(env).toEqual({
      CERTDESK_TEST_PEBBLE: pebble,
      CERTDESK_TEST_CHALLTESTSRV: challtestsrv,
      CERTDESK_TEST_MISSING: '{}',
    });
    expect(missing).toEqual({});
    expect(installed).toEqual([]);
  });

  test('installs it with Go if there is none', async () => {
    const { env } = await prepare('pebble', installers({ go: adds('tools/bin') }));
    expect(env.CERTDESK_TEST_PEBBLE).toBe(join(folder, 'tools/bin/pebble'));
    expect(installed).toEqual(['go']);
  });

  test('installs the wanted version beside an older one, and prefers it', async () => {
    addPebble('a', 'v2.4.0');
    const { env } = await prepare('pebble', installers({ go: adds('tools/bin') }));
    expect(env.CERTDESK_TEST_PEBBLE).toBe(join(folder, 'tools/bin/pebble'));
  });

  test('uses the older one if Go fails, and says so', async () => {
    const [pebble] = addPebble('a', 'v2.4.0');
    const { env, missing } = await prepare('pebble', installers());
    expect(env.CERTDESK_TEST_PEBBLE).toBe(pebble);
    expect(missing).toEqual({});
    expect(installed).toEqual(['go']);
    expect(said.at(-1)).toMatch(/^pebble: .*go is not there/);
  });

  test("uses Debian's packages if Go fails and there is none", async () => {
    const { env } = await prepare('pebble', installers({ debian: adds('b', 'v2.4.0') }));
    expect(env.CERTDESK_TEST_PEBBLE).toBe(join(folder, 'b/pebble'));
    expect(installed).toEqual(['go', 'debian']);
  });

  test('reports what failed and what to install if nothing helps, and passes that on', async () => {
    const { env, missing } = await prepare('pebble', installers());
    expect(missing.pebble).toBe(
      'pebble is not installed; go is not there; debian is not there; ' +
        'install Go 1.24 or newer (https://go.dev/dl), then run npm test again',
    );
    expect(env).toEqual({ CERTDESK_TEST_MISSING: JSON.stringify(missing) });
    expect(said.at(-1)).toMatch(/^pebble: MISSING, its suites are skipped: /);
  });

  test('does not install a replacement for a missing tool that the environment names', async () => {
    addPebble('a');
    const { missing } = await prepare('pebble', installers(), at({ CERTDESK_TEST_PEBBLE: '/nowhere' }));
    expect(missing.pebble).toMatch(/^\/nowhere is not installed/);
    expect(installed).toEqual([]);
  });
});

describe('the tools that a test file declares', () => {
  test('are read from its calls', () => {
    const source = `
      describeWith('pebble', 'issuing', () => {});
      describeWith(['chromium', 'pebble'], 'the GUI', () => {});
      describeWith(\n  'bind9',\n 'updates', () => {});
      describe('keyring', () => {});`;
    expect([...toolsNamedIn(source)].sort()).toEqual(['bind9', 'chromium', 'pebble']);
  });

  test('are found in the specs of this project', () => {
    const source = readFileSync(resolve(import.meta.dirname, '../secrets/keychain.spec.ts'), 'utf8');
    expect(toolsNamedIn(source)).toEqual(['keyring']);
  });
});
