// The server and the command line write to one audit trail at the same time: none waits forever, no entry is lost.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAuditTrail } from '../../../src/main/engine/audit/trail.ts';
import { openTestDatabase } from '../../support/engine/database.ts';

const WRITER = join(import.meta.dirname, '../../support/engine/audit-writer.ts');
/** Together more than one batch of a read. */
const COUNT = 600;

function startWriter(folder: string, name: string) {
  const child = spawn(process.execPath, [WRITER, folder, name, String(COUNT)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return {
    ready: once(child.stdout, 'data'),
    begin: () => child.stdin.write('begin\n'),
    ended: once(child, 'exit').then(([code]) => expect(code).toBe(0)),
  };
}

it('two processes write one chain', async () => {
  const database = openTestDatabase();
  try {
    const names = ['one', 'two'];
    const writers = names.map((name) => startWriter(database.folder, name));
    await Promise.all(writers.map(({ ready }) => ready));
    for (const { begin } of writers) begin();
    await Promise.all(writers.map(({ ended }) => ended));
    const trail = createAuditTrail(database.stores);
    expect(await trail.verify()).toMatchObject({ ok: true, entries: 2 * COUNT, broken: null });
    const seen: string[] = [];
    for await (const { message } of trail.entries()) seen.push(message);
    // Each process's own entries are in order; how the two interleave is arbitrary.
    for (const name of names)
      expect(seen.filter((message) => message.startsWith(name))).toEqual(
        Array.from({ length: COUNT }, (_, n) => `${name} ${n + 1}`),
      );
  } finally {
    await database.close();
  }
});
