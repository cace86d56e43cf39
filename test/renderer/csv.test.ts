import { expect, test } from 'vitest';
import type { Api } from '../../src/renderer/api.ts';
import { toCsv } from '../../src/renderer/lists/csv.ts';
import { exportProjects } from '../../src/renderer/projects/projects-csv.ts';

const written = (value: string | number | boolean | null | undefined): string =>
  toCsv([{ title: 'x', value: () => value }], [null]).slice('\uFEFFx\r\n'.length, -2);

test.each([
  ['plain', 'plain'],
  [null, ''],
  [undefined, ''],
  [0, '0'],
  [false, 'false'],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['two\nlines', '"two\nlines"'],
  ['*.example.com', '*.example.com'],
  ['Ümlaut', 'Ümlaut'],
])('the value %j is written as %j', (value, expected) => {
  expect(written(value)).toBe(expected);
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('a spreadsheet does not evaluate %j', (value) => {
  expect(written(value)).toBe(`'${value}`);
});

test('an export has a title and a line for each row, on all pages', async () => {
  const project = { id: 'p', name: 'Shop', domain: null, altNames: ['a', 'b'], tags: ['eu', 'x'] };
  const rest = { certificate: null, renewal: null, obtainFailure: null, deployed: null, served: null };
  const asked: object[] = [];
  const query = async (input: { cursor?: string }) => {
    asked.push(input);
    const nextCursor = input.cursor === undefined ? 'next' : null;
    return { projects: [{ ...project, ...rest, createdAt: '2026-01-01T00:00:00Z' }], nextCursor };
  };
  const api = { projects: { list: { query } } } as unknown as Api;
  const { csv, rows } = await exportProjects(api, { tag: ['eu'], sort: 'name' });
  expect(rows).toBe(2);
  expect(csv.trimEnd().split('\r\n')).toHaveLength(3);
  expect(csv).toContain('\r\np,Shop,,a b,eu x,none,,');
  expect(asked).toEqual([
    { tag: ['eu'], sort: 'name', limit: 500 },
    { tag: ['eu'], sort: 'name', limit: 500, cursor: 'next' },
  ]);
});
