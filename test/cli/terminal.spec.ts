// The client on a terminal (by script(1)) and in a pipe: colours, questions, binary output.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { type Ended, runCli, runInTerminal, shellLine } from '../support/server/cli.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';

let folder: string;
let app: TestApp;
let openssl: OpenSsl;

beforeAll(async () => {
  expect(await ensureBuilt()).toBeNull();
  folder = mkdtempSync(join(tmpdir(), 'certdesk-cli-'));
  app = await startApp({ dataFolder: folder });
  openssl = await createOpenSsl();
}, 600_000);
afterAll(async () => {
  await app?.close();
  await openssl?.remove();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

type Env = Readonly<Record<string, string | null>>;
const ENV: Env = { TERM: 'xterm', NO_COLOR: null, FORCE_COLOR: null };

const inTerminal = (args: readonly string[], env: Env = {}, input = ''): Promise<Ended> =>
  runInTerminal(shellLine(args), { env: { ...ENV, CERTDESK_DATA_DIR: folder, ...env }, input });
const inPipe = (args: readonly string[], env: Env = {}): Promise<Ended> =>
  runCli(args, { env: { ...ENV, CERTDESK_DATA_DIR: folder, ...env } });

/** A project with an uploaded certificate. */
async function upload(domain: string): Promise<string> {
  const id = await app.project(domain);
  const { certificate, privateKey } = await openssl.issue({
    subject: `/CN=${domain}`,
    san: [`DNS:${domain}`],
  });
  const { status, text } = await app.call('POST', `/projects/${id}/certificate/upload`, {
    body: { certificate, privateKey },
  });
  expect(status, text).toBe(200);
  return id;
}

describe('colours', () => {
  const GREEN = '\u001b[32mvalid\u001b[39m';

  it('are on a terminal, and not in a pipe', async () => {
    await upload('colour.example.com');
    expect((await inTerminal(['list'])).stdout).toContain(GREEN);
    expect((await inPipe(['list'])).stdout).not.toContain('\u001b');
    expect((await inPipe(['list'], { FORCE_COLOR: '1' })).stdout).not.toContain('\u001b');
  });

  it('are off with NO_COLOR and on a terminal without colours', async () => {
    const envs: readonly Env[] = [{ NO_COLOR: '1' }, { TERM: 'dumb' }];
    for (const env of envs) {
      const { code, stdout } = await inTerminal(['list'], env);
      expect(code).toBe(0);
      expect(stdout).toContain('valid');
      expect(stdout).not.toContain('\u001b');
    }
    expect((await inTerminal(['list'], { NO_COLOR: '' })).stdout).toContain(GREEN); // no-color.org: empty means unset
  });

  it('are not in JSON, not even on a terminal', async () => {
    const { stdout } = await inTerminal(['list', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ projects: expect.any(Array) });
  });
});

describe('a question', () => {
  it('comes before a removal on a terminal, and anything but yes cancels it', async () => {
    await upload('asked.example.com');
    for (const answer of ['n\n', '\n', 'x\n']) {
      const { code, stdout } = await inTerminal(['remove', 'asked.example.com'], {}, answer);
      expect(stdout).toContain('Remove the certificate of asked.example.com? [y/N] ');
      expect({ code, stdout }).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('nothing was changed'),
      });
    }
    expect((await inTerminal(['remove', 'asked.example.com'], {}, 'y\n')).stdout).toContain(
      'Certificate removed',
    );
  });

  it('does not come with --yes, and not in a script', async () => {
    await upload('silent.example.com');
    const { code, stdout } = await inTerminal(['remove', 'silent.example.com', '--yes']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Certificate removed\r\n' });
    expect((await inPipe(['restore', 'silent.example.com'])).code).toBe(0);
    expect(await inPipe(['remove', 'silent.example.com'])).toEqual({
      code: 0,
      stdout: 'Certificate removed\n',
      stderr: '',
    });
  });
});

it('writes binary formats to a pipe or a file, not to a terminal', async () => {
  await upload('binary.example.com');
  const args = ['export', 'binary.example.com', '--format', 'der'];
  const refused = await inTerminal(args);
  expect(refused).toMatchObject({ code: 2, stdout: expect.stringContaining('Name a file with --output') });
  const { code, stdout } = await inPipe(args);
  expect({ code, head: stdout.charCodeAt(0) }).toEqual({ code: 0, head: 0x30 });
});

it('reports an empty list on standard error, so that a pipe gets nothing', async () => {
  expect(await inPipe(['list', '--q', 'unheard-of'])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'No projects\n',
  });
});
