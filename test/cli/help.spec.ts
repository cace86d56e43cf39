// Help and misspelled commands of the installed command line. No server is asked.
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { runCli } from '../support/server/cli.ts';

beforeAll(async () => {
  expect(await ensureBuilt()).toBeNull();
}, 600_000);

const env = { CERTDESK_URL: 'http://127.0.0.1:1', CERTDESK_TOKEN: 'cdk_x' };

describe('help', () => {
  it.each([
    ['help', 'Usage: certdesk [options]'],
    ['help project create', 'Usage: certdesk project create'],
    ['hosts --help', 'Usage: certdesk hosts'],
    ['token create -h', 'Usage: certdesk token create'],
    ['help check', 'Usage: certdesk check'],
    ['completion --help', 'Usage: certdesk completion'],
  ])('%s is printed, with exit code 0', async (line, usage) => {
    const ended = await runCli(line.split(' '), { env });
    expect(ended).toEqual({ code: 0, stdout: expect.stringContaining(usage), stderr: '' });
  });
});

describe('a command line', () => {
  it.each([
    ['lst --help', /^certdesk: unknown command 'lst'.*Did you mean list/],
    ['help lst', /^certdesk: unknown command 'lst'.*Did you mean list/],
    ['project creat -h', /^certdesk: unknown command 'creat'.*Did you mean create/],
    ['token creat --help', /unknown command 'creat'.*Did you mean create/],
    ['--json list', /^certdesk: unknown option '--json'.* Options come after the command/],
  ])('%s is refused with exit code 2', async (line, sentence) => {
    const ended = await runCli(line.split(' '), { env });
    expect(ended).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(sentence) });
  });
});
