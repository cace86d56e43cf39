// The systemd unit as systemd itself rates it, and what the rating does not cover.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeWith, toolPath } from '../support/tools/tools.ts';

const UNIT = resolve(import.meta.dirname, '../../build/linux/certdesk.service');
const SECURITY_DOC = resolve(import.meta.dirname, '../../docs/security.md');

describeWith('systemd', 'the systemd unit', () => {
  it('is confined as docs/security.md says', () => {
    const run = (...args: string[]) =>
      execFileSync(toolPath('CERTDESK_TEST_SYSTEMD_ANALYZE'), args, { encoding: 'utf8' });
    const report = run('security', '--offline=yes', '--no-pager', UNIT);
    const score = Number(/Overall exposure level for certdesk\.service: ([\d.]+)/.exec(report)?.[1]);
    expect(score).toBeLessThan(2);
    const [, version = '', stated = ''] =
      /systemd (\d+) rates it with exposure level ([\d.]+)/.exec(readFileSync(SECURITY_DOC, 'utf8')) ?? [];
    // Each version of systemd weighs the settings differently.
    if (run('--version').startsWith(`systemd ${version} `))
      expect(score).toBe(Number(stated.replace(/\.$/, '')));
    else expect(Number(stated.replace(/\.$/, ''))).toBeLessThan(2);
  });
});

describe('the systemd unit', () => {
  const unit = readFileSync(UNIT, 'utf8');

  it.each([
    'CacheDirectoryMode=0700',
    'Environment=NODE_OPTIONS=--max-semi-space-size=1',
    'LimitCORE=0',
    'MemoryMax=2G',
    'SystemCallFilter=@system-service',
    'ProtectProc=invisible',
  ])('sets %s', (line) => expect(unit).toContain(`\n${line}\n`));
});
