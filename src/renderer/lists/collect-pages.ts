// Fetches all pages of a list, for "select all" and exports.

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextCursor: string | null;
}

/** Rejects with the signal's reason or the server's error. */
export async function collectPages<Row>(
  fetchPage: (cursor: string | undefined) => Promise<Page<Row>>,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await fetchPage(cursor);
    signal.throwIfAborted();
    found.push(...page.rows);
    if (page.nextCursor === null) return found;
    cursor = page.nextCursor;
  }
}
