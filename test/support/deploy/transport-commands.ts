// What every transport must do with the commands of a deployment: output, time-outs and aborts.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { FileToStage, Step, Transport } from '../../../src/main/engine/deploy/transport.ts';
import { fileAt, newRun, SIGNAL } from './transport-files.ts';

/** The helpers of the suite in transport-conformance.ts. */
export interface CommandRig {
  readonly transport: Transport;
  at(path: string): string;
  read(path: string): string;
  write(path: string, content: string): void;
  step(which: 'validate' | 'reload', script?: string, seconds?: number): Step;
  stage(runId: string, ...files: FileToStage[]): ReturnType<Transport['stage']>;
  swap(runId: string, validate?: Step | null, reload?: Step | 'later' | null): ReturnType<Transport['swap']>;
}

export function testCommands(rig: CommandRig): void {
  it('ends a step that takes too long with all its processes, and puts the files back', async () => {
    rig.write('a.pem', 'old');
    const runId = newRun();
    await rig.stage(runId, fileAt(rig.at('a.pem'), 'new'));
    const mark = `6543.${process.pid}`;
    const result = await rig.swap(
      runId,
      rig.step('validate', `echo begun; sleep ${mark} & sleep ${mark}`, 1),
      null,
    );
    expect(result).toMatchObject({ state: 'rolled-back' });
    expect(result.steps).toMatchObject([
      { exitCode: null, timedOut: true, output: expect.stringMatching(/^begun\n/) },
    ]);
    expect(rig.read('a.pem')).toBe('old');
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });

  it('does not wait for a process that holds the output of a step open', async () => {
    const runId = newRun();
    await rig.stage(runId, fileAt(rig.at('a.pem'), 'new'));
    const mark = `7654.${process.pid}`;
    const result = await rig.swap(
      runId,
      null,
      rig.step('reload', `sleep ${mark} & echo $! >${rig.at('commands/pid')}; echo done`),
    );
    expect(result.steps).toMatchObject([{ exitCode: 0, output: 'done\n' }]);
    process.kill(Number(rig.read('commands/pid')));
  });

  it('cuts endless output to 64 KiB', async () => {
    const runId = newRun();
    await rig.stage(runId, fileAt(rig.at('a.pem'), 'new'));
    const { steps } = await rig.swap(runId, rig.step('validate', 'yes | head -c 1000000'), null);
    expect(steps).toMatchObject([{ exitCode: 0, truncated: true }]);
    expect(steps[0]?.output).toHaveLength(65_536);
  });

  it('runs an argv and a script with standard input, and reports the exit code', async () => {
    const odd = `it's "$HOME" \\ \n *`;
    expect(await rig.transport.run({ argv: ['printf', '%s', odd] }, { timeoutMs: 60_000 }, SIGNAL())).toEqual(
      {
        exitCode: 0,
        timedOut: false,
        output: odd,
        truncated: false,
      },
    );
    const script = 'cat; echo $A-$SECRET; env | grep -c "$SECRET"; exit 7';
    const options = {
      timeoutMs: 60_000,
      stdin: Buffer.from('in\n'),
      environment: { A: 'a b' },
      secrets: { SECRET: 'hunter2' },
    };
    expect(await rig.transport.run({ script }, options, SIGNAL())).toMatchObject({
      exitCode: 7,
      output: 'in\na b-[redacted]\n0\n',
    });
    expect(
      await rig.transport.run({ argv: ['no-such-program'] }, { timeoutMs: 60_000 }, SIGNAL()),
    ).toMatchObject({ exitCode: 127 });
  });

  it('ends a command after its time-out, with its process group, and does not wait for children', async () => {
    const mark = `8765.${process.pid}`;
    const slow = rig.transport.run(
      { script: `echo begun; sleep ${mark} & sleep ${mark}` },
      { timeoutMs: 500 },
      SIGNAL(),
    );
    expect(await slow).toEqual({ exitCode: null, timedOut: true, output: 'begun\n', truncated: false });
    await expect.poll(() => processesWith(mark)).toEqual([]);
    const background = await rig.transport.run(
      { script: `sleep ${mark} & echo $!` },
      { timeoutMs: 60_000 },
      SIGNAL(),
    );
    expect(background.exitCode).toBe(0);
    process.kill(Number(background.output));
  });

  it('rejects with the reason of an abort, ends the command, and serves further calls', async () => {
    const mark = `9876.${process.pid}`;
    const abort = new AbortController();
    const run = rig.transport.run({ script: `sleep ${mark}` }, { timeoutMs: 60_000 }, abort.signal);
    run.catch(() => undefined);
    await expect.poll(() => processesWith(mark)).toHaveLength(1);
    abort.abort(new Error('no longer wanted'));
    await expect(run).rejects.toThrow('no longer wanted');
    await expect.poll(() => processesWith(mark)).toEqual([]);
    await expect(
      rig.transport.stat([rig.at('a.pem')], AbortSignal.abort(new Error('early'))),
    ).rejects.toThrow('early');
    expect(await rig.transport.stat([rig.at('a.pem')], SIGNAL())).toEqual([null]);
  });
}

/** The command lines of all processes that have the text as an argument. */
function processesWith(text: string): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return words.includes(text) ? [words.join(' ')] : [];
    } catch {
      return [];
    }
  });
}
