// What is made when it is first needed: for packages that take long to load and that a start does not need.
export interface Lazy<T> {
  /** Made by the first call; all calls get the same one. A making that failed is tried again. */
  get(): Promise<T>;
  /** Undefined where nobody has needed it, or its making failed. */
  made(): Promise<T | undefined>;
}

export function lazy<T>(make: () => Promise<T>): Lazy<T> {
  let making: Promise<T> | undefined;
  return {
    get() {
      making ??= make().catch((error: unknown) => {
        making = undefined;
        throw error;
      });
      return making;
    },
    made: async () => making?.catch(() => undefined),
  };
}
