// Which data folders are refused, on real folders; owners by chown if the tests run as root.
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataFolder, makeDataFolder } from '../../src/main/storage/data-folder.ts';
import { requirePrivateFolder } from '../../src/main/storage/folder-access.ts';

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'certdesk-access-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

/** Creates folders below `top`, the modes one per folder. @returns the path of the last one. */
function folders(...modes: readonly number[]): string {
  return modes.reduce((above, mode, index) => {
    const path = join(above, `f${index}`);
    mkdirSync(path);
    chmodSync(path, mode);
    return path;
  }, top);
}

const EXPOSED = expect.objectContaining({ code: 'DATA_FOLDER_EXPOSED' });
const isRoot = process.geteuid?.() === 0;

describe.skipIf(process.platform === 'win32')('a data folder', () => {
  it.each([
    ['a private folder', [0o700]],
    ['a folder that others may read', [0o755]],
    ['a private folder below a sticky one that all may write to', [0o1777, 0o700]],
  ])('accepts %s', (_, modes) => {
    expect(() => makeDataFolder(folders(...modes))).not.toThrow();
  });

  it.each([
    ['a folder that all may write to', [0o777]],
    ['a sticky folder that all may write to, such as /tmp itself', [0o1777]],
    ['a private folder below one that all may write to', [0o777, 0o700]],
    ['one two levels below', [0o777, 0o755, 0o700]],
  ])('refuses %s', (_, modes) => {
    expect(() => makeDataFolder(folders(...modes))).toThrow(EXPOSED);
  });

  it('refuses a new folder below one that every user may write to, and puts no data into it', () => {
    const path = join(folders(0o777), 'data');
    expect(() => makeDataFolder(path)).toThrow(EXPOSED);
    expect(readdirSync(path)).toEqual([]);
  });

  it('refuses a link that other users could replace', () => {
    const real = folders(0o700);
    const open = join(top, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    symlinkSync(real, join(open, 'link'));
    expect(() => makeDataFolder(join(open, 'link'))).toThrow(EXPOSED);
  });

  it('names a working command that closes it', () => {
    const path = folders(0o777);
    expect(() => makeDataFolder(path)).toThrow(`chmod go-w '${path}'`);
    chmodSync(path, 0o755);
    expect(() => makeDataFolder(path)).not.toThrow();
  });

  it.runIf(isRoot)('accepts the group of its own user, and refuses any other group', () => {
    const path = folders(0o770);
    chownSync(top, 4711, 4711);
    chownSync(path, 4711, 4711);
    const user = { uid: 4711, gid: 4711 };
    expect(() => requirePrivateFolder(path, user)).not.toThrow();
    chownSync(path, 4711, 4712);
    expect(() => requirePrivateFolder(path, user)).toThrow(EXPOSED);
  });

  it.runIf(isRoot)('refuses a parent folder of another user, and lets root work on that of a service', () => {
    const path = folders(0o755, 0o700);
    chownSync(join(top, 'f0'), 4711, 4711);
    expect(() => requirePrivateFolder(path)).toThrow(EXPOSED);
    chownSync(path, 4711, 4711);
    expect(() => requirePrivateFolder(path)).not.toThrow();
    expect(() => requirePrivateFolder(path, { uid: 4712, gid: 4712 })).toThrow(EXPOSED);
  });

  it('does not let other users open its lock', () => {
    const path = folders(0o755);
    const before = process.umask(0);
    try {
      lockDataFolder(path)();
    } finally {
      process.umask(before);
    }
    expect(statSync(join(path, 'certdesk.lock')).mode & 0o777).toBe(0o600);
  });
});
