// Every address, error code and option of obtain in docs/rest-api.md exists.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { restOperations } from '../../src/main/http/rest.ts';
import { ObtainRequestSchema } from '../../src/shared/certificate.ts';
import { ERRORS, type ErrorCode } from '../../src/shared/errors.ts';

const page = readFileSync(new URL('../../docs/rest-api.md', import.meta.url), 'utf8');

/** The cells of every table row under a heading. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const [section = ''] = page.split(`\n## ${heading}\n`)[1]?.split('\n## ') ?? [];
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
}
const codesIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

it('lists the error codes with their statuses', () => {
  const rows = rowsUnder('Answers').filter(([, status]) => /^\d+$/.test(status ?? ''));
  expect(rows.length).toBeGreaterThan(10);
  for (const [, status, code = ''] of rows) {
    const [name = ''] = codesIn(code);
    expect([name, ERRORS[name as ErrorCode]?.status]).toEqual([name, Number(status)]);
  }
});

it('lists the options of obtain', () => {
  const named = rowsUnder('Obtain').flatMap(([option = '']) => codesIn(option));
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((option) => !(option in ObtainRequestSchema.shape))).toEqual([]);
});

it('lists the addresses of the operations', () => {
  const known = new Set(restOperations().map(({ rest }) => rest.path.replace(/\{\w+\}/g, ':id')));
  const prefix = '/projects/:id/certificate';
  const named = rowsUnder('More operations')
    .flatMap(([addresses = '']) => codesIn(addresses))
    .map((address) => address.replace('…', prefix).replace(/\?.*/, ''));
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((address) => !known.has(address))).toEqual([]);
});

it('has ten lines of curl whose methods, addresses and parameters exist', () => {
  const [, block = ''] = /<!-- test: ten lines -->\s*```sh\n(.*?)\n```/s.exec(page) ?? [];
  const lines = block.split('\n');
  expect(lines).toHaveLength(10);
  for (const line of lines) {
    const [, path = '', query = ''] = /\$API([^\s"?]+)(?:\?([^\s"]*))?/.exec(line) ?? [];
    const method = /-X POST|--json/.test(line) ? 'POST' : 'GET';
    const operation = restOperations().find(
      ({ rest }) => rest.method === method && rest.path === path.replace('$ID', '{id}'),
    );
    if (operation === undefined) throw new Error(`There is no operation for: ${line}`);
    const [input] = (operation.procedure._def as unknown as { inputs: readonly z.ZodObject[] }).inputs;
    for (const [name] of new URLSearchParams(query))
      expect(Object.keys(input?.shape ?? {}), line).toContain(name);
    const [, body] = /--json '(.*?)'/.exec(line) ?? [];
    const given = { id: 'x', ...(body === undefined ? {} : { body: JSON.parse(body) }) };
    expect(
      input?.safeParse({ ...given, ...Object.fromEntries(new URLSearchParams(query)) }).error,
      line,
    ).toBeUndefined();
  }
});
