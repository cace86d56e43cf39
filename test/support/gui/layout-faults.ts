// What is wrong with the layout of a page at its present width (WCAG 2.2, 1.4.10 Reflow).
import type { Page } from 'playwright';

/**
 * @returns a line for each fault: the page scrolls sideways, text overlaps, breaks letter by letter or is tiny, a copy
 * button is out of view, a card is not as high as its content.
 */
export function layoutFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate(inPage);
}

function inPage(): readonly string[] {
  const faults: string[] = [];
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) faults.push(`The page is ${wide} px wider than the window`);

  const describe = (element: Element): string =>
    `${element.tagName.toLowerCase()} "${(element.textContent ?? '').trim().slice(0, 40)}"`;
  const isShown = (element: Element): boolean =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true });

  // An open dialog covers the page behind it.
  const dialog = [...document.querySelectorAll('[role="dialog"]')].filter(isShown).at(-1);
  const scope = dialog ?? document.body;

  /** The part of a rectangle that scroll containers and clips around it show. */
  const visiblePart = (element: Element, rect: DOMRect): DOMRect | null => {
    let { left, top, right, bottom } = rect;
    for (let up: Element | null = element; up !== null && up !== document.body; up = up.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(up);
      if (overflowX === 'visible' && overflowY === 'visible') continue;
      const clip = up.getBoundingClientRect();
      left = Math.max(left, clip.left);
      top = Math.max(top, clip.top);
      right = Math.min(right, clip.right);
      bottom = Math.min(bottom, clip.bottom);
    }
    return right - left > 1 && bottom - top > 1 ? new DOMRect(left, top, right - left, bottom - top) : null;
  };
  const isFixed = (element: Element): boolean => {
    for (let up: Element | null = element; up !== null; up = up.parentElement) {
      if (['fixed', 'sticky'].includes(getComputedStyle(up).position)) return true;
    }
    return false;
  };

  interface Piece {
    readonly element: Element;
    readonly rect: DOMRect;
  }
  const pieces: Piece[] = [];
  const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (element === null || (node.textContent ?? '').trim() === '' || !isShown(element)) continue;
    if (element.closest('svg, option, script, style, [aria-hidden="true"], [inert]') !== null) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1);
    // Letter by letter: many lines, each no wider than about two letters.
    const size = Number.parseFloat(getComputedStyle(element).fontSize);
    if (rects.length > 4 && rects.every(({ width }) => width < 2.5 * size)) {
      faults.push(`${describe(element)} breaks letter by letter`);
    }
    if (rects.length > 0 && size < 12) faults.push(`${describe(element)} is ${size} px high, under 12`);
    if (isFixed(element)) continue; // lies above the content on purpose
    for (const rect of rects) {
      const visible = visiblePart(element, rect);
      if (visible !== null) pieces.push({ element, rect: visible });
    }
  }
  pieces.sort((one, other) => one.rect.top - other.rect.top);
  for (const [at, { element, rect }] of pieces.entries()) {
    for (const other of pieces.slice(at + 1)) {
      if (other.rect.top >= rect.bottom - 3) break;
      if (other.element === element || other.element.contains(element) || element.contains(other.element))
        continue;
      const across = Math.min(rect.right, other.rect.right) - Math.max(rect.left, other.rect.left);
      const down = Math.min(rect.bottom, other.rect.bottom) - Math.max(rect.top, other.rect.top);
      if (across > 2 && down > 3) faults.push(`${describe(element)} overlaps ${describe(other.element)}`);
    }
  }

  // Of fingerprints and the like, which are split evenly. Paths break where their names end.
  const isPath = ({ textContent }: Element): boolean => textContent.startsWith('/');
  for (const code of [...scope.querySelectorAll('.mono')].filter((each) => isShown(each) && !isPath(each))) {
    const range = document.createRange();
    range.selectNodeContents(code);
    const rects = [...range.getClientRects()].filter(({ width }) => width > 1);
    const last = rects.filter(({ top }) => top > (rects.at(-1)?.top ?? 0) - 3);
    const width = Math.max(...last.map(({ right }) => right)) - Math.min(...last.map(({ left }) => left));
    const size = Number.parseFloat(getComputedStyle(code).fontSize);
    if (last.length < rects.length && width < 2 * size)
      faults.push(`${describe(code)} ends with a line of a letter or two`);
  }

  for (const copy of scope.querySelectorAll('figure button')) {
    const figure = copy.closest('figure')?.getBoundingClientRect();
    const { left, right } = copy.getBoundingClientRect();
    if (figure !== undefined && (left < figure.left || right > figure.right))
      faults.push(`The button "${copy.getAttribute('aria-label')}" is out of view`);
  }

  for (const card of innerWidth > 832
    ? []
    : scope.querySelectorAll('[aria-rowcount] tbody tr:not([aria-hidden])')) {
    const { top, bottom } = card.getBoundingClientRect();
    const parts = [...card.children].filter(isShown).map((part) => part.getBoundingClientRect());
    const above = Math.min(...parts.map((part) => part.top)) - top;
    const below = bottom - Math.max(...parts.map((part) => part.bottom));
    if (Math.min(above, below) < 4 || Math.max(above, below) > 16)
      faults.push(
        `${describe(card)} has ${Math.round(above)} px above and ${Math.round(below)} px below its content`,
      );
    const next = card.nextElementSibling?.getBoundingClientRect();
    if (next !== undefined && Math.abs(next.top - bottom) > 1)
      faults.push(`${describe(card)} does not touch the next card`);
  }

  const side = document.querySelector('[class*="side"]:has(nav)');
  if (side?.parentElement != null && isShown(side)) {
    const painted = Number.parseFloat(getComputedStyle(side.parentElement).backgroundSize);
    const surplus = Math.round(painted - side.getBoundingClientRect().width);
    if (surplus > 0) faults.push(`The colour behind the page is ${surplus} px wider than the side bar`);
  }
  return faults.slice(0, 10);
}
