// JSON log lines: few writes for many lines, and none is lost however the program exits on its own.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const MODULE = join(import.meta.dirname, '../../src/main/headless/log.ts');

/** @returns what a program with a log wrote, and in how many writes. */
function run(work: string): Promise<{ readonly lines: readonly string[]; readonly writes: number }> {
  const program = `
    import { createLogger } from ${JSON.stringify(MODULE)};
    let writes = 0;
    const write = process.stderr.write.bind(process.stderr);
    process.stderr.write = (...given) => { writes += 1; return write(...given); };
    const log = await createLogger('json');
    process.on('exit', () => process.stdout.write(String(writes)));
    ${work}`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', program], (_error, stdout, stderr) => {
      const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
      resolve({
        lines: lines.map((line) => JSON.parse(line).msg ?? JSON.parse(line).message),
        writes: Number(stdout),
      });
    });
  });
}

it('of one turn of the event loop are one write', async () => {
  const { lines, writes } = await run(`
    for (let n = 0; n < 100; n += 1) log.info({}, 'line ' + n);
    await new Promise(setImmediate);
    log.info({}, 'later');
    await new Promise(setImmediate);`);
  expect(lines).toHaveLength(101);
  expect(lines.slice(-2)).toEqual(['line 99', 'later']);
  expect(writes).toBe(2);
});

it.each([
  ['at its end', ''],
  ['by process.exit', 'process.exit(3);'],
  ['by an error that nobody caught', "throw new Error('unexpected');"],
])('are not lost if the program ends %s', async (_how, end) => {
  expect((await run(`log.info({}, 'one'); log.error({}, 'the last one'); ${end}`)).lines).toEqual([
    'one',
    'the last one',
  ]);
});
