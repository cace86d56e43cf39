// The port to work that would block the event loop: files and lists from outside are opened on another thread, within
// limits of time and memory. main/background implements it; each folder declares the tasks that it needs.

/** Inputs and results are copied between threads, so they are plain data. */
type TasksOf<Tasks> = { readonly [Name in keyof Tasks]: (input: never) => Promise<unknown> };

export interface BackgroundOptions {
  /** Whose work it is: a principal's id. One task at a time for each owner; the others wait. */
  readonly owner: string;
  /** Aborted when the caller has left: a task that waits is dropped, one that runs is stopped. */
  readonly signal?: AbortSignal | undefined;
}

/** @example `background: Background<KeyPairTasks>` in the deps of whoever checks uploads. */
export interface Background<Tasks extends TasksOf<Tasks>> {
  /**
   * @throws what the task throws; TOO_MANY_REQUESTS (details.retryAfter in seconds) if too many tasks of this owner wait;
   * the code of the task's kind of file if it exceeds its time or memory; the reason of `signal`; SHUTTING_DOWN.
   */
  run<Name extends keyof Tasks>(
    name: Name,
    input: Parameters<Tasks[Name]>[0],
    options: BackgroundOptions,
  ): Promise<Awaited<ReturnType<Tasks[Name]>>>;
}
