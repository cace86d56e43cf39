import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SecretStore } from '../../src/main/engine/core/ports.ts';
import { withFileLock } from '../../src/main/secrets/file-lock.ts';
import { createSealedFile, KEY_FILE, SEALED_FILE } from '../../src/main/secrets/sealed-file.ts';

const run = promisify(execFile);
const MODULE = resolve(import.meta.dirname, '../../src/main/secrets/sealed-file.ts');

let folder: string;
let store: SecretStore;
const path = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certdesk-sealed-'));
  store = createSealedFile({ folder });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs code with a `store` on the folder in its own process. */
const elsewhere = (code: string): Promise<{ stdout: string }> =>
  run(process.execPath, [
    '--input-type=module',
    '-e',
    `import { createSealedFile } from ${JSON.stringify(MODULE)};
     const store = createSealedFile({ folder: ${JSON.stringify(folder)} });
     ${code}`,
  ]);

/** Every call rejects, the message matches, and no file has changed. */
async function expectRefused(message: RegExp): Promise<void> {
  const content = (): (string | null)[] =>
    [KEY_FILE, SEALED_FILE].map((name) => (existsSync(path(name)) ? readFileSync(path(name), 'hex') : null));
  const before = content();
  const calls: (() => Promise<unknown>)[] = [
    () => store.get('a'),
    () => store.set('a', 'overwritten'),
    () => store.delete('a'),
    () => store.names(),
  ];
  for (const call of calls) {
    await expect(call()).rejects.toMatchObject({
      code: 'SECRET_STORE_UNAVAILABLE',
      message: expect.stringMatching(message),
    });
  }
  expect(content()).toEqual(before);
}

describe('a sealed-file store', () => {
  test('is empty before its first write, and reading creates no file', async () => {
    expect(await store.get('a')).toBeNull();
    expect(await store.names()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('returns what was saved, also through another store on the same folder', async () => {
    const values = {
      a: 'x',
      'dns:ü/1': randomBytes(60_000).toString('base64'),
      empty: '',
      ['__proto__']: 'odd',
    };
    for (const [name, value] of Object.entries(values)) await store.set(name, value);
    await store.set('a', 'y');
    const again = createSealedFile({ folder });
    for (const [name, value] of Object.entries({ ...values, a: 'y' }))
      expect(await again.get(name)).toBe(value);
    expect([...(await again.names())].sort()).toEqual(['__proto__', 'a', 'dns:ü/1', 'empty']);
    expect(await again.get('toString')).toBeNull();
  });

  test('forgets deleted values, and deleting a missing one writes nothing', async () => {
    await store.set('a', 'x');
    const before = readFileSync(path(SEALED_FILE), 'hex');
    await store.delete('b');
    expect(readFileSync(path(SEALED_FILE), 'hex')).toBe(before);
    await store.delete('a');
    expect(await store.get('a')).toBeNull();
    expect(await store.names()).toEqual([]);
  });

  test('saves nothing in clear, under a new nonce per write, in files of mode 0600', async () => {
    await store.set('name-of-it', 'hunter2');
    const first = readFileSync(path(SEALED_FILE));
    await store.set('name-of-it', 'hunter2');
    const second = readFileSync(path(SEALED_FILE));
    expect(first.includes('hunter2') || first.includes('name-of-it')).toBe(false);
    expect(first.subarray(1, 13).equals(second.subarray(1, 13))).toBe(false);
    for (const name of [KEY_FILE, SEALED_FILE]) expect(statSync(path(name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(path(KEY_FILE))).toHaveLength(32);
    expect(readdirSync(folder).filter((name) => name.includes('tmp'))).toEqual([]);
  });

  test('recognizes the leftovers of a crash', async () => {
    await store.set('a', 'x');
    writeFileSync(path(`${SEALED_FILE}.tmp`), 'half of a', { mode: 0o644 });
    expect(await store.get('a')).toBe('x');
    await store.set('b', 'y');
    expect(await store.names()).toEqual(['a', 'b']);
    expect(statSync(path(SEALED_FILE)).mode & 0o777).toBe(0o600);
  });

  test('uses the key of an interrupted first write', async () => {
    writeFileSync(path(KEY_FILE), randomBytes(32), { mode: 0o600 });
    const key = readFileSync(path(KEY_FILE), 'hex');
    await store.set('a', 'x');
    expect(readFileSync(path(KEY_FILE), 'hex')).toBe(key);
    expect(await store.get('a')).toBe('x');
  });
});

describe('a key file that is a link into memory, as docs/security.md describes', () => {
  const memory = (): string => path('memory.key');
  beforeEach(async () => {
    await store.set('name', 'value');
    renameSync(path(KEY_FILE), memory());
    symlinkSync(memory(), path(KEY_FILE));
  });

  test('is followed, and stays a link after a write', async () => {
    expect(await store.get('name')).toBe('value');
    await store.set('other', 'more');
    expect(await createSealedFile({ folder }).get('other')).toBe('more');
    expect(lstatSync(path(KEY_FILE)).isSymbolicLink()).toBe(true);
  });

  test('is missing while the service is stopped, and no new key is created', async () => {
    rmSync(memory());
    await expect(store.get('name')).rejects.toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE' });
    await expect(store.set('name', 'new')).rejects.toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE' });
    expect(existsSync(memory())).toBe(false);
  });
});

describe('concurrent writes', () => {
  test('through two stores of one process all succeed', async () => {
    const other = createSealedFile({ folder });
    await Promise.all(Array.from({ length: 50 }, (_, i) => (i % 2 ? store : other).set(`n${i}`, `${i}`)));
    expect(await store.names()).toHaveLength(50);
  });

  test('of three processes all succeed, starting with an empty folder', async () => {
    const write = (who: string) =>
      elsewhere(`for (let i = 0; i < 20; i += 1) await store.set('${who}' + i, '${who}');`);
    await Promise.all([write('a'), write('b'), write('c')]);
    const names = await store.names();
    expect(names).toHaveLength(60);
    expect(await store.get('b19')).toBe('b');
  });

  test('of another process are visible at the next read', async () => {
    await store.set('a', 'mine');
    await elsewhere(`await store.set('a', 'theirs');`);
    expect(await store.get('a')).toBe('theirs');
  });

  test('are not blocked by a process that was killed with the lock', async () => {
    const lock = resolve(import.meta.dirname, '../../src/main/secrets/file-lock.ts');
    const killed = elsewhere(`
      const { withFileLock } = await import(${JSON.stringify(lock)});
      await withFileLock(${JSON.stringify(path('secrets.lock'))}, 0, () => process.kill(process.pid, 'SIGKILL'));`);
    await expect(killed).rejects.toMatchObject({ signal: 'SIGKILL' });
    await store.set('a', 'x');
    expect(await store.get('a')).toBe('x');
  });

  test('fail if a lock is not freed, while reads continue, and the next write works', async () => {
    const impatient = createSealedFile({ folder, lockTimeoutMs: 60 });
    await store.set('a', 'x');
    await withFileLock(path('secrets.lock'), 0, async () => {
      await expect(impatient.set('a', 'y')).rejects.toMatchObject({
        code: 'SECRET_STORE_UNAVAILABLE',
        message: expect.stringContaining('secrets.lock'),
      });
      expect(await impatient.get('a')).toBe('x');
    });
    await impatient.set('a', 'z');
    expect(await store.get('a')).toBe('z');
  });
});

describe('a damaged store fails closed', () => {
  beforeEach(() => store.set('a', 'x'));

  test('and does not replace a missing key', async () => {
    rmSync(path(KEY_FILE));
    await expectRefused(/secrets\.key is missing.*backup/);
    expect(existsSync(path(KEY_FILE))).toBe(false);
  });

  test('and refuses another key, or a short one', async () => {
    writeFileSync(path(KEY_FILE), randomBytes(32));
    await expectRefused(/does not open with secrets\.key/);
    writeFileSync(path(KEY_FILE), randomBytes(31));
    await expectRefused(/secrets\.key is damaged/);
  });

  test('and refuses a short key before there is a sealed file as well', async () => {
    rmSync(path(SEALED_FILE));
    writeFileSync(path(KEY_FILE), '');
    await expectRefused(/secrets\.key is damaged/);
  });

  test.each([0o640, 0o604, 0o660, 0o644])(
    'and refuses files of mode %o, with the chmod to run',
    async (mode) => {
      for (const name of [KEY_FILE, SEALED_FILE]) {
        chmodSync(path(name), mode);
        await expectRefused(new RegExp(`chmod 600 '${path(name)}'`));
        chmodSync(path(name), 0o600);
      }
      expect(await store.get('a')).toBe('x');
    },
  );

  test('and refuses a change of any single byte, and any cut', async () => {
    const whole = readFileSync(path(SEALED_FILE));
    for (let i = 0; i < whole.length; i += 1) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(i) ^ 0x80, i);
      writeFileSync(path(SEALED_FILE), changed);
      await expect(store.get('a'), `byte ${i}`).rejects.toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE' });
      writeFileSync(path(SEALED_FILE), whole.subarray(0, i));
      await expect(store.get('a'), `${i} bytes`).rejects.toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE' });
    }
    await expectRefused(/one of them is damaged/);
  });

  test('and refuses a newer layout by its version', async () => {
    const newer = readFileSync(path(SEALED_FILE));
    newer.writeUInt8(2, 0);
    writeFileSync(path(SEALED_FILE), newer);
    await expectRefused(/format 2, .* only format 1/);
  });

  test('and reports a missing folder as a failure, not an empty store', async () => {
    rmSync(folder, { recursive: true });
    await expectRefused(/cannot be read or written \(ENOENT\)/);
    expect(existsSync(folder)).toBe(false);
  });

  test('and reports an unreadable path as a failure', async () => {
    rmSync(path(SEALED_FILE));
    mkdirSync(path(SEALED_FILE), { mode: 0o700 });
    await expect(store.get('a')).rejects.toMatchObject({
      code: 'SECRET_STORE_UNAVAILABLE',
      message: expect.stringContaining('EISDIR'),
    });
  });
});
