// Every schema of src/shared: arbitrary input is accepted or refused without an exception, and accepted values are
// unchanged when they are read again.
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fromJsonSchema } from '../support/tools/arbitrary.ts';

const SHARED = resolve(import.meta.dirname, '../../src/shared');

async function schemas(): Promise<readonly (readonly [string, z.ZodType])[]> {
  const files = readdirSync(SHARED).filter((name) => name.endsWith('.ts'));
  const modules = await Promise.all(
    files.map(async (file): Promise<Record<string, unknown>> => import(join(SHARED, file))),
  );
  return modules.flatMap((module, index) =>
    Object.entries(module).flatMap(([name, schema]) =>
      schema instanceof z.ZodType ? [[`${files[index]} ${name}`, schema] as const] : [],
    ),
  );
}

const ALL = await schemas();

describe('every schema', () => {
  it('is found', () => expect(ALL.length).toBeGreaterThan(50));

  it.each(ALL)('%s', (_, schema) => {
    const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    const given = fc.oneof(fc.anything(), fromJsonSchema(json), fromJsonSchema(json, 0));
    fc.assert(
      fc.property(given, (input) => {
        const first = schema.safeParse(input);
        if (!first.success) {
          expect(first.error.issues.length).toBeGreaterThan(0);
          return;
        }
        const again = schema.safeParse(first.data);
        expect(again.success).toBe(true);
        expect(again.data).toEqual(first.data);
      }),
      { numRuns: process.env.CERTDESK_SOAK === '1' ? 5_000 : 60 },
    );
  });
});
