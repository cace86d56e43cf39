// How long a command that asks the server takes, compared with a bare Node in the same run, because the machine may be
// busy.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { PROGRAM, runCli } from '../support/server/cli.ts';
import { type Server, startServer } from '../support/server/server.ts';

let folder: string;
let server: Server;
beforeAll(async () => {
  expect(await ensureBuilt()).toBeNull();
  folder = mkdtempSync(join(tmpdir(), 'certdesk-measure-'));
  server = await startServer({ dataFolder: folder, args: ['--challenge-port', '0'] });
}, 600_000);
afterAll(async () => {
  await server?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

async function measure(args: readonly string[]): Promise<number> {
  const start = performance.now();
  await promisify(execFile)(process.execPath, [...args], {
    env: { ...process.env, CERTDESK_DATA_DIR: folder },
  });
  return performance.now() - start;
}

it('certdesk status takes under 300 ms, or a few bare Node starts on a slow machine', async () => {
  expect((await runCli(['status', '--data-dir', folder])).code).toBe(0);
  const bare: number[] = [];
  const own: number[] = [];
  for (let turn = 0; turn < 9; turn += 1) {
    bare.push(await measure(['-e', '0']));
    own.push(await measure([PROGRAM, 'status']));
  }
  const text = (all: readonly number[]) => all.map(Math.round).join(', ');
  const [least, most] = [Math.min(...bare), Math.min(...own)];
  console.info(`bare ${text(bare)} ms; status ${text(own)} ms; ratio ${(most / least).toFixed(1)}`);
  // 4 bare starts on the development machine. A client that loads the engine takes more than 15.
  expect(most).toBeLessThan(Math.max(300, 7 * least));
}, 120_000);
