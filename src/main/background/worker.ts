// The entry point of a background thread, which runs one task at a time.
import { parentPort } from 'node:worker_threads';
import { CertdeskError } from '../engine/core/errors.ts';
import type { Answer, Begun, Question } from './background.ts';
import { TASKS } from './tasks.ts';

parentPort?.on('message', async ({ name, input }: Question) => {
  parentPort?.postMessage({ begun: true } satisfies Begun);
  parentPort?.postMessage(await answerTo(name, input));
});

async function answerTo(name: Question['name'], input: Question['input']): Promise<Answer> {
  try {
    const task = TASKS[name] as (input: unknown) => Promise<unknown>;
    return { value: await task(input) };
  } catch (error) {
    // Only plain data crosses threads; the other side recreates the error class.
    if (error instanceof CertdeskError) return { refused: error.toBody() };
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
