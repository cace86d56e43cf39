// Creates a value on first use: for packages that load slowly and are not needed at startup.
export interface Lazy<T> {
  /** Creates the value on the first call; later calls return the same one. After a failure, the next call tries again. */
  get(): Promise<T>;
  /** The value if it has been created, for clean-up; undefined if it was never used or could not be created. */
  made(): Promise<T | undefined>;
}

/** @param create Called on first use, and again after a failure. */
export function lazy<T>(create: () => Promise<T>): Lazy<T> {
  let value: Promise<T> | undefined;
  return {
    get() {
      value ??= create().catch((error: unknown) => {
        value = undefined;
        throw error;
      });
      return value;
    },
    made: async () => value?.catch(() => undefined),
  };
}
