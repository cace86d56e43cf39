// Corrects what keeps assistive technology from using swagger-ui's page: names of fields, levels of headings, links within
// buttons, code that scrolls, and the dialog. test/e2e/help.spec.ts checks the result with axe.

/**
 * Adds attributes to what swagger-ui renders, now and later: React leaves attributes alone that it does not set, and adds
 * new elements when something opens. The function is sent to the page as text, so it must not use anything outside of
 * itself.
 */
export function correctMarkup(): void {
  const each = <E extends Element = HTMLElement>(selector: string, change: (element: E) => void): void => {
    for (const element of document.querySelectorAll<E>(`#swagger-ui ${selector}`)) change(element);
  };
  const name = (element: Element, label: string): void => element.setAttribute('aria-label', label);
  const textOf = (element: Element | null): string => element?.textContent?.trim() ?? '';

  const correct = (): void => {
    // The link only repeats what its button does: opening an operation puts it into the address.
    each('.opblock-summary-control a[href]', (link) => link.removeAttribute('href'));
    // The page's title is an h1, tags are h3, and parts of an operation h4. The tag of an operation is not in the page if
    // it is far above the window, so both are of the second level.
    each(':is(h3, h4):not([aria-level])', (heading) => heading.setAttribute('aria-level', '2'));
    each('h5:not([aria-level])', (heading) => heading.setAttribute('aria-level', '3'));
    // Each open operation has one: a table, not a landmark.
    each('table[role=region]', (table) => {
      table.removeAttribute('role');
      name(table, 'Responses');
    });
    const landmarks = { '.information-container': 'About this API', '.schemes-server-container': 'Server' };
    for (const [selector, label] of Object.entries(landmarks))
      each(selector, (part) => {
        part.setAttribute('role', 'region');
        name(part, label);
      });
    each('select#servers', (select) => name(select, 'Server'));
    each('textarea.body-param__text', (field) => name(field, 'Request body'));
    each('tr[data-param-name] :is(input, select, textarea)', (field) =>
      name(field, field.closest('tr')?.dataset.paramName ?? ''),
    );
    // A label must contain the visible text (WCAG 2.5.3).
    each('.modal-ux button[aria-label]', (button) => {
      const text = textOf(button);
      if (text !== '' && button.getAttribute('aria-label')?.includes(text) !== true)
        button.removeAttribute('aria-label');
    });
    each('.modal-ux .close-modal', (button) => name(button, 'Close'));
    each('.modal-ux:not([role])', (dialog) => {
      dialog.setAttribute('role', 'dialog');
      dialog.setAttribute('aria-modal', 'true');
      name(dialog, textOf(dialog.querySelector('h3')));
      dialog.querySelector<HTMLElement>('.close-modal')?.focus();
    });
    each('pre:not([tabindex])', (code) => {
      if (code.scrollHeight <= code.clientHeight && code.scrollWidth <= code.clientWidth) return;
      code.tabIndex = 0;
      code.setAttribute('role', 'group');
      name(code, 'Code');
    });
  };

  window.addEventListener('DOMContentLoaded', () => {
    const root = document.getElementById('swagger-ui');
    if (root !== null) new MutationObserver(correct).observe(root, { childList: true, subtree: true });
  });
  window.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') document.querySelector<HTMLElement>('#swagger-ui .close-modal')?.click();
  });
}
