// When the first picture of a page is there: run in the page, before anything else of it.

/** In the page: `shownAfter`, the ms from the link to the frame after the one that shows a heading. */
export function recordFirstPaint(heading: string): void {
  const shown = new Promise<number>((resolve) => {
    const look = (): void => {
      if (![...document.querySelectorAll('h2')].some((title) => title.textContent === heading)) return;
      watcher.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
    };
    const watcher = new MutationObserver(look);
    watcher.observe(document, { childList: true, subtree: true });
  });
  Reflect.set(window, 'shownAfter', shown);
}
