import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createKeyedMutex } from '../../../src/main/engine/core/keyed-mutex.ts';

const signal = new AbortController().signal;

test('runs one task at a time per key, in order, and different keys concurrently', async () => {
  const mutex = createKeyedMutex();
  const log: string[] = [];
  const otherKey = Promise.withResolvers<void>();
  const work = (name: string, until?: Promise<void>) => async () => {
    log.push(`${name} begins`);
    await until;
    log.push(`${name} ends`);
    return name;
  };
  const results = await Promise.all([
    mutex.run('a', work('a1', otherKey.promise), signal),
    mutex.run('a', work('a2'), signal),
    mutex.run('b', work('b1'), signal).finally(otherKey.resolve),
  ]);
  expect(results).toEqual(['a1', 'a2', 'b1']);
  expect(log).toEqual(['a1 begins', 'b1 begins', 'b1 ends', 'a1 ends', 'a2 begins', 'a2 ends']);
});

test('continues after a failure', async () => {
  const mutex = createKeyedMutex();
  const failed = mutex.run('a', () => Promise.reject(new Error('no')), signal);
  const next = mutex.run('a', async () => 'yes', signal);
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('yes');
});

test('lets no task overtake when a waiter gives up', async () => {
  const mutex = createKeyedMutex();
  const abort = new AbortController();
  const log: string[] = [];
  const given = Promise.withResolvers<void>();
  const first = mutex.run('a', () => given.promise.then(() => log.push('first')), signal);
  const second = mutex.run('a', async () => void log.push('second'), abort.signal);
  abort.abort(new Error('stop'));
  await expect(second).rejects.toThrow('stop');
  const third = mutex.run('a', async () => void log.push('third'), signal);
  await nextTurn(); // any overtaking task has done so
  given.resolve();
  await Promise.all([first, third]);
  expect(log).toEqual(['first', 'third']);
});
