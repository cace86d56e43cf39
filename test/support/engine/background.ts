// Background tasks in the thread of the test: for virtual time, or if threads are not under test.
import { TASKS } from '../../../src/main/background/tasks.ts';
import type { BackgroundThreads } from '../../../src/main/engine/background-tasks.ts';

export const IN_THIS_THREAD: BackgroundThreads = {
  run: (name, input) => (TASKS[name] as (input: unknown) => Promise<never>)(input),
  close: async () => {},
};
