// The keychain against a real gnome-keyring, each time in a new D-Bus session and home folder.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeWith, toolPath } from '../support/tools/tools.ts';

const run = promisify(execFile);
const SESSION = join(import.meta.dirname, 'keychain-session.ts');

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'certdesk-keyring-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

type Scenario = 'keep' | 'refuse' | 'open' | 'hang';
type Keyring = 'unlocked' | 'locked' | 'none';

/** Runs a scenario of keychain-session.ts; the home folder stays for the next. */
async function inSession(scenario: Scenario, keyring: Keyring): Promise<Record<string, unknown>> {
  const daemon = `'${toolPath('CERTDESK_TEST_GNOME_KEYRING')}' --components=secrets`;
  const script = [
    keyring === 'unlocked' ? `printf 'pw\\n' | ${daemon} --unlock >'${home}/daemon'` : '',
    keyring === 'locked' ? `${daemon} --start >'${home}/daemon'` : '',
    `exec '${process.execPath}' '${SESSION}' ${scenario} '${home}'`,
  ];
  const { stdout } = await run(
    toolPath('CERTDESK_TEST_DBUS_RUN_SESSION'),
    ['--', 'bash', '-c', script.filter(Boolean).join('\n')],
    { env: environment(), timeout: 110_000 },
  );
  return JSON.parse(stdout);
}

/** Nothing of the session that the tests run in: no display to prompt on, no other bus. */
function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: home,
    XDG_RUNTIME_DIR: home,
    XDG_DATA_DIRS: `${home}/share:/usr/share`,
  };
}

/** A prompter that never answers, in place of the window in which a user would type the password. */
function installSilentPrompter(): void {
  const folder = join(home, 'share/dbus-1/services');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'org.gnome.keyring.SystemPrompter.service'),
    '[D-BUS Service]\nName=org.gnome.keyring.SystemPrompter\nExec=/bin/sh -c "exec sleep 40 >/dev/null 2>&1"\n',
  );
}

const unavailable = (message: RegExp) => ({
  code: 'SECRET_STORE_UNAVAILABLE',
  message: expect.stringMatching(message),
});

describeWith('keyring', 'the OS keychain of Linux', () => {
  test('stores, replaces, splits, lists and deletes values, separate from other services', async () => {
    expect(await inSession('keep', 'unlocked')).toEqual({
      a: 'second',
      long: true,
      parts: true,
      gone: null,
      otherService: null,
      names: ['a', 'long', 'parts'],
    });
  });

  test('is used by a new data folder, which finds its master key there again', async () => {
    expect(await inSession('open', 'unlocked')).toEqual({
      kind: 'keychain',
      reason: 'Secrets are stored in the OS keychain.',
      unsealed: 'private key',
      names: ['master-key'],
      remembered: [{ value: true }],
    });
  });

  test('refuses every call with a clear message while locked, and returns its secrets when unlocked', async () => {
    await inSession('keep', 'unlocked');
    const { outcomes, problem } = await inSession('refuse', 'locked');
    expect(outcomes).toEqual(Array.from({ length: 4 }, () => unavailable(/keychain is locked.*Unlock it/)));
    expect(problem).toMatch(/keychain is locked/);
    expect(await inSession('keep', 'unlocked')).toMatchObject({ names: ['a', 'long', 'parts'] });
  });

  test('is not taken for an empty one if it was never unlocked', async () => {
    const { outcomes, problem } = await inSession('refuse', 'locked');
    expect(outcomes).toEqual(Array.from({ length: 4 }, () => unavailable(/keychain is locked.*Unlock it/)));
    expect(problem).toMatch(/keychain is locked/);
  });

  test('times out while it waits for the user, and blocks neither files nor the exit', async () => {
    await inSession('keep', 'unlocked');
    installSilentPrompter();
    const { code, stdout } = await inSession('hang', 'locked').catch((error) => error);
    // SIGKILL, because Node would wait for the thread. Files that had waited until the prompter ended would leave none.
    expect(code).toBe(137);
    const result: { outcomes: unknown[] } = JSON.parse(stdout);
    expect(result.outcomes).toEqual(
      Array.from({ length: 8 }, () => unavailable(/did not answer within 0.5 s.*unlock/)),
    );
  });

  test('does not exist without D-Bus, and the kernel keyring is not used instead', async () => {
    const { stdout } = await run(process.execPath, [SESSION, 'refuse'], { env: environment() });
    const { outcomes, problem } = JSON.parse(stdout);
    expect(outcomes).toEqual(Array.from({ length: 4 }, () => unavailable(/No keychain answers on D-Bus/)));
    expect(problem).toMatch(/No keychain answers on D-Bus/);
  });

  test('is replaced by the sealed file in a new data folder without D-Bus; one that used the keychain waits', async () => {
    const { stdout } = await run(process.execPath, [SESSION, 'open', home], { env: environment() });
    expect(JSON.parse(stdout)).toEqual({
      kind: 'sealed-file',
      reason: expect.stringMatching(
        /^Secrets are stored in an encrypted file in .*for the OS keychain cannot be used: No /,
      ),
      unsealed: 'private key',
      names: ['master-key'],
      remembered: [unavailable(/No keychain answers on D-Bus/)],
    });
    expect(existsSync(join(home, 'secrets.sealed'))).toBe(true);
  });
});
