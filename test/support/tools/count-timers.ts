// A program that prints how many timers a background task starts, and how many are left after the threads are closed.
import { createBackground } from '../../../src/main/background/background.ts';

const countTimers = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

const before = countTimers();
const background = createBackground();
const input = { body: {}, domain: 'a.example.com', altNames: [], now: new Date() };
const ended = background.run('checkKeyPair', input, { owner: 'a' }).catch(() => undefined);
const running = countTimers();
await background.close();
await ended;
process.stdout.write(JSON.stringify({ before, running, closed: countTimers() }));
