// The lines that Test shows for a host with sudo, run as they are written: afterwards the helper works.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SCRIPT } from '../../../src/main/engine/deploy/remote/script-text.ts';
import { sudoFix } from '../../../src/main/engine/deploy/test-host.ts';
import type { Target } from '../../../src/main/engine/deploy/transport.ts';
import { needsRoot } from '../../support/deploy/ssh-host.ts';

const target = (path: string): Target => ({
  path,
  owner: null,
  group: null,
  mode: null,
  replace: 'rename',
  newFileMode: '0600',
});

describe.skipIf(needsRoot !== null)(
  needsRoot === null ? 'the lines for a host with sudo' : `skipped: ${needsRoot}`,
  () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'certdesk-fix-'));
      for (const name of ['etc', 'etc-work', 'sbin', 'work']) mkdirSync(join(folder, name));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    /** Runs the lines as root where /etc and /usr/local/sbin are copies, and prints what they have written. */
    function runAsWritten(fix: string): string {
      writeFileSync(join(folder, 'work/certdesk-deploy'), SCRIPT);
      writeFileSync(join(folder, 'work/fix.sh'), fix);
      const script = [
        'set -e',
        `mount -t overlay overlay -o lowerdir=/etc,upperdir=${folder}/etc,workdir=${folder}/etc-work /etc`,
        `mount --bind ${folder}/sbin /usr/local/sbin`,
        'mkdir -p /etc/sudoers.d',
        `cd ${folder}/work`,
        'sh -e fix.sh',
        "stat -c '%a %u %n' /usr/local/sbin/certdesk-deploy /etc/sudoers.d/certdesk /etc/certdesk-deploy.conf",
        'cat /etc/sudoers.d/certdesk /etc/certdesk-deploy.conf',
        "printf 'path\\t/etc/tls/not-listed.pem\\nend\\n' | SUDO_UID=0 certdesk-deploy stat || true",
        "printf 'path\\t/etc/tls/it.pem\\nend\\n' | SUDO_UID=0 certdesk-deploy stat || true",
      ];
      return execFileSync('unshare', ['--mount', 'sh', '-c', script.join('\n')], { encoding: 'utf8' });
    }

    it('install the helper, the line for sudoers, and the list', () => {
      const fix = sudoFix('deploy', {
        targets: [target('/etc/tls/it.pem')],
        commands: [
          ['systemctl', 'reload', 'nginx'],
          ['sh', '-c', 'it is "quoted"'],
        ],
      });
      const [helper, sudoers, list, ...written] = runAsWritten(fix).split('\n');
      expect([helper, sudoers, list]).toEqual([
        '755 0 /usr/local/sbin/certdesk-deploy',
        '440 0 /etc/sudoers.d/certdesk',
        '644 0 /etc/certdesk-deploy.conf',
      ]);
      expect(written.slice(0, 4)).toEqual([
        'deploy ALL=(root) NOPASSWD: /usr/local/sbin/certdesk-deploy',
        'path /etc/tls/it.pem',
        'command systemctl reload nginx',
        `command sh -c 'it is "quoted"'`,
      ]);
      expect(written[4]).toMatch(/^fail\tnot-listed\t\/etc\/tls\/not-listed\.pem\t/);
      expect(written[5]).not.toContain('not-listed');
    });

    it('install the helper before there is a deployment', () => {
      const fix = sudoFix('deploy', { targets: [], commands: [] });
      expect(runAsWritten(fix)).toContain('644 0 /etc/certdesk-deploy.conf');
    });
  },
);
