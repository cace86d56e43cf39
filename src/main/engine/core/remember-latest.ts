// Remembers the latest values of a computation by a key, at most a fixed number of them.

/** @param most How many values are remembered; the one that was used longest ago is dropped first. */
export function rememberLatest<T>(most: number): (key: string, compute: () => T) => T {
  const latest = new Map<string, T>();
  return (key, compute) => {
    const known = latest.get(key);
    const value = known === undefined ? compute() : known;
    latest.delete(key); // moves it to the end
    latest.set(key, value);
    const [oldest] = latest.keys();
    if (latest.size > most && oldest !== undefined) latest.delete(oldest);
    return value;
  };
}
