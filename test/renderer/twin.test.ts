import { expect, test } from 'vitest';
import type { Api } from '../../src/renderer/api.ts';
import { findTwin } from '../../src/renderer/projects/twin.ts';

const api = (domains: readonly string[]) => {
  const projects = domains.map((domain) => ({ id: `id-${domain}`, name: 'Shop', domain }));
  return { projects: { list: { query: async () => ({ projects }) } } } as unknown as Api;
};

test('a project of the same domain is found, however the domain is typed', async () => {
  const there = api(['www.shop.example.com', 'shop.example.com']);
  const found = { id: 'id-shop.example.com', name: 'Shop', domain: 'shop.example.com' };
  expect(await findTwin(there, ' Shop.Example.com ')).toEqual(found);
  expect(await findTwin(there, 'example.com')).toBeNull();
  expect(await findTwin(there, '')).toBeNull();
});
