// Values that a JSON schema accepts, and now and then ones that it does not: input for tests that send anything.
import fc from 'fast-check';

type Schema = Readonly<Record<string, unknown>>;

/** Values that tend to break readers, besides typical ones. */
export const WORDS: readonly string[] = [
  'a.example.com',
  '*.example.com',
  'münchen.example',
  'http-01',
  'cloudflare',
  'letsencrypt',
  '2026-01-19T12:00:00Z',
  '',
  ' ',
  '0',
  '\u0000',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  "'; drop table projects; --",
  '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
  'x'.repeat(5_000),
];

/** Any JSON value. */
export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.jsonValue({ maxDepth: 4 }),
  fc.string({ unit: 'binary' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** @param oddness One value in so many is arbitrary; 0: all match the schema, as far as it says. */
export function fromJsonSchema(root: Schema, oddness = 16): fc.Arbitrary<unknown> {
  const of = (schema: Schema, depth: number): fc.Arbitrary<unknown> => {
    const right =
      depth > 6 ? fc.constant(null) : valid(resolve(root, schema), (inner) => of(inner, depth + 1));
    return oddness === 0
      ? right
      : fc.oneof({ weight: oddness - 1, arbitrary: right }, { weight: 1, arbitrary: anyValue });
  };
  return of(root, 0);
}

function resolve(root: Schema, schema: Schema): Schema {
  if (typeof schema.$ref !== 'string') return schema;
  const path = schema.$ref.split('/').slice(1);
  return path.reduce<Schema>((at, name) => at[name] as Schema, root);
}

function valid(schema: Schema, of: (inner: Schema) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if ('const' in schema) return fc.constant(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return fc.oneof(...choices.map((choice: Schema) => of(choice)));
  switch (schema.type) {
    case 'string':
      return text(schema);
    case 'integer':
    case 'number':
      return fc.integer({ min: number(schema.minimum, -10), max: number(schema.maximum, 1_000) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(of((schema.items ?? {}) as Schema), {
        minLength: number(schema.minItems, 0),
        maxLength: Math.max(3, number(schema.minItems, 0)),
      });
    case 'object':
      return object(schema, of);
    default:
      return anyValue;
  }
}

function object(schema: Schema, of: (inner: Schema) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  if (properties.length === 0) return fc.dictionary(fc.constantFrom(...WORDS), anyValue, { maxKeys: 3 });
  const required = new Set((schema.required ?? []) as string[]);
  const fields = properties.map(([name, inner]) => [name, of(inner)] as const);
  return fc.record(Object.fromEntries(fields), {
    requiredKeys: [...required].filter((name) => properties.some(([known]) => known === name)),
  });
}

function text({ format, maxLength }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.constantFrom('2026-01-19T12:00:00Z', '2036-01-19T12:00:00Z');
  const longest = Math.min(number(maxLength, 40), 40);
  return fc.oneof(
    fc.constantFrom(...WORDS.slice(0, 7)),
    fc.string({ maxLength: longest }),
    fc.constantFrom(...WORDS),
  );
}

function number(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : otherwise;
}
