// certdesk audit verify|export, and the audit entries of the command line's own changes.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { InvalidArgumentError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exportAudit, toEntry, verifyAudit } from '../../src/main/headless/audit.ts';
import { printLoginLink } from '../../src/main/headless/login-link.ts';
import { createToken, listTokens, revokeToken } from '../../src/main/headless/token.ts';
import { lockDataFolder } from '../../src/main/storage/data-folder.ts';

let dataDir: string;
let printed: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'certdesk-audit-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text, ...rest: unknown[]) => {
    printed += String(text);
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

/** The output of a command. */
async function output(command: Promise<void>): Promise<string> {
  printed = '';
  await command;
  return printed;
}

const makeToken = (name: string) => createToken({ dataDir, name, scope: ['projects:read'] });

describe('the command line', () => {
  it('records its changes under the name of its user, and no reads', async () => {
    await makeToken('ci');
    const id = (await output(listTokens({ dataDir }))).split('\t')[0] ?? '';
    await revokeToken(id, { dataDir });
    await expect(revokeToken('nobody', { dataDir })).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
    const release = lockDataFolder(dataDir);
    await printLoginLink({ dataDir, url: 'http://127.0.0.1:7878' });
    release();
    const lines = (await output(exportAudit({ dataDir }))).trim().split('\n');
    const entries = lines.map((line) => JSON.parse(line));
    expect(entries.map(({ seq, operation, result, message }) => [seq, operation, result, message])).toEqual([
      [1, 'tokens.create', 'ok', 'Token ci created'],
      [2, 'tokens.revoke', 'ok', 'Token ci revoked'],
      [3, 'tokens.revoke', 'TOKEN_NOT_FOUND', 'API token nobody not found'],
      [4, 'sessions.createLink', 'ok', 'Sign-in link created'],
    ]);
    for (const { actor, address } of entries) {
      expect(actor).toEqual({ kind: 'command-line', id: null, name: userInfo().username });
      expect(address).toBeNull();
    }
    expect(lines.join()).not.toMatch(/cdk_|cdl_/);
  });
});

describe('certdesk audit verify', () => {
  it('prints the number of valid entries and how the trail ends', async () => {
    await expect(verifyAudit({ dataDir })).rejects.toThrow(/contains no Certdesk data.*--data-dir/);
    expect(existsSync(join(dataDir, 'certdesk.db'))).toBe(false);
    await makeToken('one');
    expect(await output(verifyAudit({ dataDir }))).toMatch(
      /^1 entry is valid; the last entry is 1:[0-9a-f]{64}\n$/,
    );
    await makeToken('two');
    expect(await output(verifyAudit({ dataDir }))).toMatch(/^2 entries are valid; the last entry is 2:/);
    expect(process.exitCode).toBeUndefined();
  });

  it('names the first invalid entry and exits with 1', async () => {
    for (const name of ['one', 'two', 'three']) await makeToken(name);
    const sqlite = new Sqlite(join(dataDir, 'certdesk.db'));
    sqlite.exec("UPDATE audit SET message = 'Token 2 made' WHERE seq = 2");
    sqlite.close();
    expect(await output(verifyAudit({ dataDir }))).toBe(
      'Entry 2 is invalid: it was changed. Valid entries before it: 1\n',
    );
    expect(process.exitCode).toBe(1);
  });

  it('compares the trail with an entry that was noted before', async () => {
    await makeToken('one');
    const [, noted = ''] = /(\d+:\w+)\n/.exec(await output(verifyAudit({ dataDir }))) ?? [];
    await makeToken('two');
    await output(verifyAudit({ dataDir, expect: toEntry(noted) }));
    expect(process.exitCode).toBeUndefined();
    const other = toEntry(`1:${'a'.repeat(64)}`);
    expect(await output(verifyAudit({ dataDir, expect: other }))).toMatch(
      /^Entry 1 is invalid: .*the expected one/,
    );
    expect(process.exitCode).toBe(1);
  });

  it('accepts an entry only as it prints it', () => {
    const hash = 'a'.repeat(64);
    expect(toEntry(`12:${hash}`)).toEqual({ seq: 12, hash });
    for (const text of ['', '12', hash, `0:${hash}`, `-1:${hash}`, `1:${hash}0`, `1:${hash.toUpperCase()}`])
      expect(() => toEntry(text)).toThrow(InvalidArgumentError);
  });
});
