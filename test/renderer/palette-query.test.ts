// What the command palette reads from the typed text.
import { expect, test } from 'vitest';
import { readProjectAction } from '../../src/renderer/shell/palette-query.ts';

test('reads an action and the search for its project', () => {
  expect(readProjectAction('renew shop')).toEqual({ action: 'renew', q: 'shop' });
  expect(readProjectAction('  Ren  shop.example.com ')).toEqual({ action: 'renew', q: 'shop.example.com' });
  expect(readProjectAction('down my shop')).toEqual({ action: 'export', q: 'my shop' });
});

test.each(['renew', 'renew ', 're shop', 'shop renew', ''])('takes %j as a search', (query) => {
  expect(readProjectAction(query)).toBeNull();
});
