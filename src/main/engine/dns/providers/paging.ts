// Reads lists that a provider returns page by page.
import { CertdeskError } from '../../core/errors.ts';

export interface Page<Item, Cursor> {
  readonly items: readonly Item[];
  /** The parameter for the next page; null if this is the last one. */
  readonly next: Cursor | null;
}

/** No account has more pages; a provider that returns more is repeating itself. */
const MAX_PAGES = 1000;

/**
 * Reads all items of all pages, in the provider's order.
 * @throws DNS_PROVIDER_UNAVAILABLE if the list does not end
 */
export async function allPages<Item, Cursor>(
  first: Cursor,
  fetchPage: (cursor: Cursor) => Promise<Page<Item, Cursor>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor: Cursor | null = first;
  for (let count = 0; cursor !== null; count++) {
    if (count === MAX_PAGES) {
      throw new CertdeskError(
        'DNS_PROVIDER_UNAVAILABLE',
        `The DNS provider's list does not end after ${MAX_PAGES} pages. Try again later.`,
      );
    }
    const page: Page<Item, Cursor> = await fetchPage(cursor);
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}
