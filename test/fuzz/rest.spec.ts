// Arbitrary input to every operation: the answer is a result or an error in the usual form, never a 500, and the server
// continues. Most of it matches the operation's schema, with arbitrary values here and there. CERTDESK_SOAK=1 sends
// more.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { restOperations } from '../../src/main/http/rest.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { fromJsonSchema, WORDS } from '../support/tools/arbitrary.ts';

const RUNS = process.env.CERTDESK_SOAK === '1' ? 500 : 25;
/** Operations that never end, and those that would end the test's own access or read folders. */
const LEFT_OUT = new Set(['GET /events', 'POST /imports/scan', 'POST /imports']);

let app: TestApp;
let ids: readonly string[];

beforeAll(async () => {
  // Nothing here may reach a CA: requests to one fail at once, in the usual form.
  const nowhere = 'https://127.0.0.1:1/directory';
  app = await startApp({ platform: { directories: { production: nowhere, staging: nowhere } } });
  ids = [await app.project('fuzz.example.com'), await app.project(null)];
});
afterAll(() => app?.stop());

it.each(
  restOperations()
    .map((operation) => ({ name: `${operation.rest.method} ${operation.rest.path}`, operation }))
    .filter(({ name }) => !LEFT_OUT.has(name))
    // Deletions come last; otherwise the others would find nothing.
    .toSorted((a, b) => Number(a.name.startsWith('DELETE')) - Number(b.name.startsWith('DELETE'))),
)(
  '$name',
  async ({ operation: { rest, procedure } }) => {
    const inputs = (procedure._def as unknown as { inputs: readonly z.ZodType[] }).inputs;
    const given = fc.tuple(
      ...inputs.map((input) =>
        fromJsonSchema(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })),
      ),
    );
    const part = fc.oneof(fc.constantFrom(...ids), fc.constantFrom(...WORDS), fc.string({ unit: 'binary' }));
    const broken = fc.oneof(
      { weight: 9, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.string() },
    );
    await fc.assert(
      fc.asyncProperty(part, given, broken, async (id, parts, text) => {
        const input: Record<string, unknown> = Object.assign({}, ...parts);
        const path = rest.path.replace(/\{\w+\}/g, () => encodeURIComponent(id.toWellFormed()) || '%20');
        const answer = await app.call(rest.method, `${path}?${searchOf(input, rest.method)}`, {
          ...(rest.method === 'GET' ? {} : { body: text ?? JSON.stringify(input.body ?? {}) }),
          signal: AbortSignal.timeout(20_000),
        });
        expect({ status: answer.status, text: answer.text }).not.toMatchObject({ status: 500 });
        if (answer.status >= 400) {
          expect(answer.body).toMatchObject({ success: false, code: expect.any(String) });
          expect(answer.text).not.toMatch(/node_modules|at .*\.ts:\d+|SqliteError|ZodError/);
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  },
  300_000,
);

it('the server still answers, and its data is unchanged', async () => {
  expect((await app.call('GET', '/health', { token: null })).status).toBe(200);
  expect((await app.call('GET', '/audit/verify')).body.ok).toBe(true);
});

/** The fields of a query, each as the text that a client would send. */
function searchOf(input: Readonly<Record<string, unknown>>, method: string): URLSearchParams {
  const fields = method === 'GET' ? Object.entries(input).filter(([name]) => !name.endsWith('Id')) : [];
  return new URLSearchParams(
    fields.map(([name, value]) => [
      name,
      (typeof value === 'string' ? value : String(JSON.stringify(value))).toWellFormed(),
    ]),
  );
}
