// Completion in real shells, with names from a running server.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { packagesOf } from '../support/daemons/daemon.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { PROGRAM, runCli } from '../support/server/cli.ts';
import { describeWith, toolPath } from '../support/tools/tools.ts';

let folder: string;
let app: TestApp;

beforeAll(async () => {
  expect(await ensureBuilt()).toBeNull();
  folder = mkdtempSync(join(tmpdir(), 'certdesk-cli-'));
  app = await startApp({ dataFolder: join(folder, 'data') });
  for (const domain of ['shop.example.com', 'shed.example.com', 'mail.example.org', '*.wild.example.com'])
    await app.project(domain);
  // The shells start `certdesk`, as it is installed.
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/certdesk'), `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`, {
    mode: 0o755,
  });
}, 600_000);
afterAll(async () => {
  await app?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

const env = () => ({
  CERTDESK_DATA_DIR: join(folder, 'data'),
  PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
});

/** What bash offers for a line when Tab is pressed at its end. */
async function completeInBash(line: string): Promise<readonly string[]> {
  const script = `
    source <(certdesk completion bash)
    COMP_LINE=$1
    COMP_POINT=\${#COMP_LINE}
    read -ra COMP_WORDS <<< "$(sed 's/=/ = /g' <<< "$COMP_LINE")"
    [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
    COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
    _certdesk
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const program = ['bash', '--norc', '-c', script, 'bash'] as const;
  const { code, stdout, stderr } = await runCli([line], { program, env: env() });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').filter((each) => each !== '');
}

describe('bash', () => {
  it.each([
    ['certdesk re', ['remove', 'renew', 'restore', 'revoke']],
    ['certdesk ba', ['backup']],
    ['certdesk renew sh', ['shed.example.com', 'shop.example.com']],
    ['certdesk show shop', ['shop.example.com']],
    ['certdesk obtain shop.example.com ma', ['mail.example.org']],
    ['certdesk renew shop.example.com ma', []],
    ['certdesk renew \\*', ['\\*.wild.example.com']],
    ['certdesk revoke --reason key', ['keyCompromise']],
    ['certdesk revoke --reason=sup', ['superseded']],
    ['certdesk revoke --reason superseded shop', ['shop.example.com']],
    ['certdesk export x --form', ['--format']],
    ['certdesk export x --format pf', ['pfx', 'pfx-certs']],
    ['certdesk export x --output ', []],
    ['certdesk list --ur', ['--url']],
    ['certdesk upload shop.example.com ', []],
    ['certdesk project ', ['create', 'delete', 'tag']],
    ['certdesk hosts ', ['helper', 'import', 'test']],
    ['certdesk hosts --js', ['--json']],
    ['certdesk hosts test --js', ['--json']],
    ['certdesk token ', ['create', 'list', 'revoke']],
    ['certdesk token create --sc', ['--scope']],
    ['certdesk completion ', ['bash', 'fish', 'zsh']],
    ['certdesk nonsense ', []],
  ])('completes %j', async (line, expected) => {
    expect(await completeInBash(line)).toEqual(expected);
  });

  it('completes nothing, without an error, while no server runs', async () => {
    const ended = await runCli(['complete', '--', 'show', ''], { env: { CERTDESK_DATA_DIR: '/nowhere' } });
    expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('shows every command to an interactive shell that presses Tab', async () => {
    const rc = join(folder, 'bashrc');
    writeFileSync(
      rc,
      'source <(certdesk completion bash)\nPS1="ready> "\nbind "set show-all-if-ambiguous on"\n',
    );
    const program = ['script', '-qec', `bash --noprofile --rcfile ${rc} -i`, '/dev/null'] as const;
    const { stdout } = await runCli([], {
      program,
      env: { ...env(), TERM: 'dumb' },
      dialogue: [
        [/ready> $/, 'certdesk re\t\t'],
        [/revoke\s+ready> certdesk re$/, '\u0015exit\n'],
      ],
    });
    expect(stdout).toMatch(/remove +renew +restore +revoke/);
  });
});

describeWith('zsh', 'zsh', () => {
  it('reads its script, and completes from the same candidates', async () => {
    const zsh = toolPath('CERTDESK_TEST_ZSH');
    // It expects its modules and functions in /usr, and ignores MODULE_PATH of the environment (zshparam(1)).
    const unpacked = packagesOf(zsh);
    const places = `module_path=(${unpacked}/usr/lib/*/zsh/*(N/)) fpath=(${unpacked}/usr/share/zsh/functions/*(N/))`;
    const script = `
      ${unpacked === null ? '' : places}
      autoload -Uz compinit && compinit -u -d ${join(folder, 'zcompdump')}
      source <(certdesk completion zsh)
      compadd() { shift; print -l -- "$@" }
      words=(certdesk renew sh) CURRENT=3 _certdesk`;
    const { stdout, stderr } = await runCli([], { program: [zsh, '-f', '-c', script], env: env() });
    expect({ stdout, stderr }).toEqual({ stdout: 'shed.example.com\nshop.example.com\n', stderr: '' });
  });
});

describeWith('fish', 'fish', () => {
  it('reads its script, and completes from the same candidates', async () => {
    const script = 'certdesk completion fish | source; complete -C "certdesk renew sh"';
    const program = [toolPath('CERTDESK_TEST_FISH'), '--no-config', '-c', script] as const;
    const { stdout } = await runCli([], { program, env: { ...env(), HOME: folder } });
    expect(stdout).toBe('shed.example.com\nshop.example.com\n');
  });
});
