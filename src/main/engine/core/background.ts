// The port through which the engine runs work that would block the event loop, such as parsing uploaded files, on another
// thread with limits on time and memory. main/background implements it; each folder declares the tasks that it needs.

/** Inputs and results are copied between threads, so they are plain data. */
type TasksOf<Tasks> = { readonly [Name in keyof Tasks]: (input: never) => Promise<unknown> };

export interface BackgroundOptions {
  /** The id of the principal that asked. Each owner's tasks run one at a time. */
  readonly owner: string;
  /** Aborts when the caller disconnects: a waiting task is dropped, a running one is stopped. */
  readonly signal?: AbortSignal | undefined;
}

/** @example `background: Background<KeyPairTasks>` in the dependencies of the module that checks uploads. */
export interface Background<Tasks extends TasksOf<Tasks>> {
  /**
   * @throws the task's own error; TOO_MANY_REQUESTS (details.retryAfter in seconds) if this owner has too many waiting
   * tasks; the error code for the task's kind of file if it exceeds its time or memory; the reason of `signal`;
   * SHUTTING_DOWN.
   */
  run<Name extends keyof Tasks>(
    name: Name,
    input: Parameters<Tasks[Name]>[0],
    options: BackgroundOptions,
  ): Promise<Awaited<ReturnType<Tasks[Name]>>>;
}
