// The time of a page's first paint: runs in the page, before its own scripts.

/** In the page: sets `shownAfter`, the ms from navigation to the frame after the one that shows a heading. */
export function recordFirstPaint(heading: string): void {
  const shown = new Promise<number>((resolve) => {
    const check = (): void => {
      if (![...document.querySelectorAll('h2')].some((title) => title.textContent === heading)) return;
      watcher.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
    };
    const watcher = new MutationObserver(check);
    watcher.observe(document, { childList: true, subtree: true });
  });
  Reflect.set(window, 'shownAfter', shown);
}
