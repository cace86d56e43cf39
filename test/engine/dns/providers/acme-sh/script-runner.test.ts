import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import {
  runScript,
  type ScriptRun,
} from '../../../../../src/main/engine/dns/providers/acme-sh/script-runner.ts';

const run = (code: string, more: Partial<ScriptRun> = {}) =>
  runScript({
    code,
    args: [],
    env: { PATH: '/usr/bin:/bin' },
    folder: tmpdir(),
    timeoutMs: 25_000,
    signal: new AbortController().signal,
    ...more,
  });

describe('runScript', () => {
  test('returns the exit code and standard error', async () => {
    const result = await run('echo out; echo "$1 $VALUE" >&2; echo two >&2; exit 3', {
      args: ['one'],
      env: { VALUE: 'of the environment' },
    });
    expect(result).toEqual({ exitCode: 3, timedOut: false, complaint: 'one of the environment; two' });
  });

  test('keeps the last whole lines of a very long output', async () => {
    const { complaint } = await run(
      'i=0; while [ $i -lt 9000 ]; do echo "line $i" >&2; i=$((i+1)); done; printf end >&2',
    );
    expect(complaint).toBe(
      'line 8993; line 8994; line 8995; line 8996; line 8997; line 8998; line 8999; end',
    );
  });

  test('drops a line that it has cut, because a secret in it would not be recognized', async () => {
    const { complaint } = await run('head -c 100000 /dev/zero | tr "\\0" x >&2; echo >&2; echo end >&2');
    expect(complaint).toBe('end');
  });

  test('ends a script that takes too long, even if it ignores SIGTERM', async () => {
    const result = await run('trap "" TERM; while :; do sleep 1; done', { timeoutMs: 100 });
    expect(result).toMatchObject({ exitCode: null, timedOut: true });
  });

  test('does not begin after an abort', async () => {
    const reason = new Error('stop');
    await expect(run('exit 0', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('reports that nothing can be started', async () => {
    expect(await run('exit 0', { folder: '/nowhere/at/all' })).toMatchObject({
      exitCode: null,
      timedOut: false,
    });
  });
});
