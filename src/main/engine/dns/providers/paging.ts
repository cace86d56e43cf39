// Lists that a provider hands out page by page.
import { CertdeskError } from '../../core/errors.ts';

export interface Page<Item, Cursor> {
  readonly items: readonly Item[];
  /** What the next page is asked with; null where this one is the last. */
  readonly next: Cursor | null;
}

/** More pages than this are a provider that repeats itself, not an account. */
const MOST = 1000;

/**
 * Every item of every page, in the provider's order.
 * @throws DNS_PROVIDER_UNAVAILABLE where the list does not end.
 */
export async function allPages<Item, Cursor>(
  first: Cursor,
  fetchPage: (cursor: Cursor) => Promise<Page<Item, Cursor>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor: Cursor | null = first;
  for (let count = 0; cursor !== null; count++) {
    if (count === MOST) {
      throw new CertdeskError(
        'DNS_PROVIDER_UNAVAILABLE',
        `The DNS provider's list does not end after ${MOST} pages. Try again later.`,
      );
    }
    const page: Page<Item, Cursor> = await fetchPage(cursor);
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}
