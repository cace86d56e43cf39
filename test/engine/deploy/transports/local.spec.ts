// The local transport in a process that is confined as systemd's ProtectSystem=strict does it: read-only mounts, and only
// its own folder writable.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';

const PROGRAM = resolve(import.meta.dirname, '../../../support/deploy/local-program.ts');

describe.skipIf(needsRoot !== null)('the local transport in a sandbox', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'certdesk-sandbox-'));
    for (const name of ['data', 'site', 'open']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'site/a.pem'), 'old');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the program in its own mount namespace, with all of the folder read-only but `data` and `open`. */
  const confined = (path: string) => {
    const at = (name: string) => join(folder, name);
    const script = [
      `mount --bind ${folder} ${folder}`,
      ...['data', 'open'].map((name) => `mount --bind ${at(name)} ${at(name)}`),
      `mount -o remount,bind,ro ${folder}`,
      `exec setpriv --no-new-privs ${process.execPath} ${PROGRAM} ${at('data')} ${path}`,
    ].join(' && ');
    return JSON.parse(execFileSync('unshare', ['--mount', 'sh', '-c', script], { encoding: 'utf8' }));
  };

  it('is detected by Test, and stops a deployment without a trace', () => {
    const { facts, deployed } = confined(join(folder, 'site/a.pem'));
    expect(facts.sandbox).toMatchObject({ readOnly: [join(folder, 'site')], noNewPrivileges: true });
    expect(facts.sandbox.dropIn).toContain(`ReadWritePaths=${join(folder, 'site')}`);
    expect(facts.problems).toMatchObject([{ reason: 'read-only' }]);
    expect(deployed).toMatchObject({ code: 'HOST_FILE_REFUSED', details: { reason: 'read-only' } });
    expect(readdirSync(join(folder, 'site'))).toEqual(['a.pem']);
  });

  it('lets a deployment through to a folder of ReadWritePaths', () => {
    const { facts, deployed } = confined(join(folder, 'open/a.pem'));
    expect(facts.problems).toEqual([]);
    expect(deployed).toMatchObject({ state: 'swapped' });
  });
});
