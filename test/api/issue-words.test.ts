import { expect, test } from 'vitest';
import { z } from 'zod';
import { issueWords } from '../../src/main/api/issue-words.ts';

const said = (schema: z.ZodType, value: unknown): string => {
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  if (issue === undefined) throw new Error('the value was taken');
  return issueWords(issue);
};

test.each([
  [z.string().min(12), 'short', 'must have at least 12 characters'],
  [z.string().max(3), 'long', 'must have at most 3 characters'],
  [z.string().min(1), '', 'must not be empty'],
  [z.int().min(1), 0, 'must be at least 1'],
  [z.number().max(5), 6, 'must be at most 5'],
  [z.array(z.string()).min(1), [], 'must not be empty'],
  [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 entry'],
  [z.object({ name: z.string() }), {}, 'is required'],
  [z.string(), 7, 'must be a text'],
  [z.boolean(), 'yes', 'must be true or false'],
  [z.enum(['ok', 'failed']), 'perhaps', 'must be one of ok, failed'],
  [z.email(), 'nobody', 'is not an email address'],
  [z.union([z.string(), z.object({ id: z.string() })]), undefined, 'is required'],
  [
    z.union([z.strictObject({ ids: z.array(z.string()) }), z.strictObject({ tag: z.string() })]),
    {},
    'has none of the accepted forms: ids is required, or tag is required',
  ],
  [
    z.union([z.strictObject({ ids: z.array(z.string()) }), z.strictObject({ tag: z.string() })]),
    { ids: 'x' },
    'ids must be a list',
  ],
  [
    z.union([z.strictObject({ ids: z.array(z.string()) }), z.strictObject({ tag: z.string() })]),
    { ids: [], tag: 'x' },
    'takes only one of tag, ids',
  ],
  [
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('a') }),
      z.strictObject({ type: z.literal('b') }),
    ]),
    { extra: 1 },
    'must be one of a, b',
  ],
  [z.strictObject({}), { extra: 1 }, 'is not a known field'],
])('%#: reports an invalid field in plain words', (schema, value, words) => {
  expect(said(schema, value)).toBe(words);
});

test('keeps the messages of our own schemas as they are', () => {
  const own = z.string().refine(() => false, { message: 'is no name of a host' });
  expect(said(own, 'x')).toBe('is no name of a host');
  expect(said(z.union([z.literal(1), z.literal(2)], { error: 'expected 1 or 2' }), 3)).toBe(
    'expected 1 or 2',
  );
});
