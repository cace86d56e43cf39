// A program that prints how many timers a background task has: while its thread starts, while it runs, and after the
// threads are closed. Its argument is a PFX file that takes long to read.
import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { createBackground } from '../../../src/main/background/background.ts';

const countTimers = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

const before = countTimers();
const background = createBackground();
const body = { file: readFileSync(process.argv[2] ?? '', 'utf8'), passphrase: 'secret' };
const input = { body, domain: 'a.example.com', altNames: [], now: new Date() };
let isOver = false;
const ended = background
  .run('checkKeyPair', input, { owner: 'a' })
  .catch(() => undefined)
  .finally(() => {
    isOver = true;
  });
const starting = countTimers();
while (countTimers() === starting && !isOver) await turn();
const running = countTimers();
await background.close();
await ended;
process.stdout.write(JSON.stringify({ before, starting, running, closed: countTimers() }));
