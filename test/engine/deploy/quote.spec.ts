// Quoted words reach programs unchanged, in every shell that a host may have. And the script passes ShellCheck.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote, quoteAll, toCommandLine } from '../../../src/main/engine/deploy/quote.ts';
import { SENT_SCRIPT } from '../../../src/main/engine/deploy/transports/scripted.ts';
import { describeWith, toolPath } from '../../support/tools/tools.ts';

const SCRIPT = new URL('../../../src/main/engine/deploy/remote/certdesk-deploy.sh', import.meta.url).pathname;
/** Bytes as characters, as far as a command line can have them. */
const word = fc
  .array(fc.integer({ min: 1, max: 255 }), { maxLength: 40 })
  .map((bytes) => String.fromCharCode(...bytes));
const nasty = fc.oneof(
  word,
  fc.constantFrom('', "'", '\n', '\\', "'\\''", '$(id)', '`id`', '*', '~', '-n', '!!', '"', '#', 'a=b'),
);

describeWith('busybox', 'quoting', () => {
  describe.each(['dash', 'bash', 'bash --posix', 'busybox sh'])('for %s', (shell) => {
    it.each(['C', 'C.UTF-8'])('passes any words unchanged in the locale %s', (locale) => {
      const [program = '', ...options] = shell.split(' ');
      const path = program === 'busybox' ? toolPath('CERTDESK_TEST_BUSYBOX') : program;
      fc.assert(
        fc.property(fc.array(nasty, { minLength: 1, maxLength: 8 }), (words) => {
          for (const toLine of [quoteAll, toCommandLine]) {
            // node and the shell see bytes: latin1 both ways.
            const line = Buffer.from(toLine(['printf', '%s\\0', ...words]), 'latin1');
            const result = spawnSync(path, [...options, '-s'], {
              input: Buffer.concat([line, Buffer.from('\n')]),
              env: { ...process.env, LC_ALL: locale },
            });
            expect(result.stdout.toString('latin1')).toBe(words.map((each) => `${each}\0`).join(''));
          }
        }),
        { numRuns: 25 },
      );
    });
  });

  it('refuses NUL, which no command line can have', () => {
    expect(() => quote('a\0b')).toThrow('NUL');
  });

  it('writes a command line as people do', () => {
    expect(toCommandLine(['systemctl', 'reload', 'nginx.service'])).toBe('systemctl reload nginx.service');
    expect(toCommandLine(['A=b', '~', 'it’s', ''])).toBe("'A=b' '~' 'it’s' ''");
  });
});

describeWith(['shellcheck', 'busybox'], 'certdesk-deploy.sh', () => {
  it('is sent without comments, and is the same program', () => {
    const parsed = (text: string) =>
      execFileSync('bash', ['--pretty-print'], { input: text }).toString().replace(/^\n/gm, '');
    const source = readFileSync(SCRIPT, 'utf8').replace('\nrestricted=yes\n', '\nrestricted=no\n');
    expect(SENT_SCRIPT).not.toMatch(/^ *#/m);
    expect(parsed(SENT_SCRIPT)).toBe(parsed(source));
  });

  it('passes ShellCheck as POSIX sh', () => {
    const { stdout, status } = spawnSync(toolPath('CERTDESK_TEST_SHELLCHECK'), ['--shell=sh', SCRIPT], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it.each(['dash', 'bash', 'busybox'])('is read by %s', (shell) => {
    const args = shell === 'busybox' ? ['sh', '-n', SCRIPT] : ['-n', SCRIPT];
    expect(
      execFileSync(shell === 'busybox' ? toolPath('CERTDESK_TEST_BUSYBOX') : shell, args).toString(),
    ).toBe('');
  });
});
