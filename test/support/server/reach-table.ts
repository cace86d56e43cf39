// Every operation and every request field with the reach that it requires, read from the router.
import type { AnyTRPCProcedure } from '@trpc/server';
import { z } from 'zod';
import { innerOf } from '../../../src/main/api/field-reach.ts';
import { appRouter } from '../../../src/main/api/router.ts';
import type { Meta, RestMeta } from '../../../src/main/api/trpc.ts';
import { type Need, REACHES } from '../../../src/shared/reach.ts';

type Schema = z.ZodType;

export interface DeclaredField extends Need {
  /** Below `body`: `backup.folder`. */
  readonly path: string;
  /** Whether the requirement also depends on the value. */
  readonly byValue: boolean;
}

export interface DeclaredOperation {
  /** `certificates.obtain` */
  readonly path: string;
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly rest: RestMeta;
  readonly meta: Meta;
  /** Of its body. */
  readonly fields: readonly DeclaredField[];
}

export function declaredOperations(): readonly DeclaredOperation[] {
  const procedures = appRouter._def.procedures as unknown as Readonly<Record<string, AnyTRPCProcedure>>;
  return Object.entries(procedures).map(([path, procedure]) => {
    const { type, meta, inputs } = procedure._def as unknown as {
      type: DeclaredOperation['type'];
      meta: Meta & { rest: RestMeta };
      inputs?: readonly Schema[];
    };
    const [input] = inputs ?? [];
    const body = input instanceof z.ZodObject ? (input.shape as Record<string, Schema>).body : undefined;
    return { path, type, rest: meta.rest, meta, fields: body === undefined ? [] : fieldsOf(body) };
  });
}

function fieldsOf(schema: Schema, above: readonly string[] = []): readonly DeclaredField[] {
  const inner = innerOf(schema);
  if (inner.length > 0) {
    const all = inner.flatMap((each) => fieldsOf(each, above));
    return [...new Map(all.map((field) => [field.path, field])).values()];
  }
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as Record<string, Schema>).flatMap(([name, field]) => {
    const path = [...above, name];
    const { reach, allProjects, reachOf } = declared(field);
    const below = fieldsOf(field, path);
    if (reach === undefined) return below;
    const own = { path: path.join('.'), reach, ...(allProjects === true ? { allProjects } : {}) };
    return [{ ...own, byValue: reachOf !== undefined }, ...below];
  });
}

function declared(schema: Schema): z.GlobalMeta {
  const own = schema.meta();
  if (own?.reach !== undefined) return own;
  const [inner, ...others] = innerOf(schema);
  return inner === undefined || others.length > 0 ? {} : declared(inner);
}

/** The tables of docs/security.md. */
export function reachTables(): string {
  const operations = declaredOperations().toSorted(
    (a, b) => REACHES.indexOf(a.meta.reach ?? 'system') - REACHES.indexOf(b.meta.reach ?? 'system'),
  );
  const rows = operations.map(({ rest, meta: { reach, scope, projects } }) => {
    const token = scope === null ? 'none needed' : scope === undefined ? 'no token' : `\`${scope}\``;
    return `| \`${rest.method} ${rest.path}\` | ${reach} | ${token} | ${LIMITED[projects ?? ''] ?? '–'} |`;
  });
  const fields = operations.flatMap(({ rest, meta, fields }) =>
    fields
      .filter(({ reach, allProjects, byValue }) => reach !== meta.reach || allProjects === true || byValue)
      .map(({ path, reach, allProjects, byValue }) => {
        const needs = [
          reach,
          ...(allProjects === true ? ['all projects'] : []),
          ...(byValue ? ['more by its value'] : []),
        ];
        return `| \`${rest.method} ${rest.path}\` | \`${path}\` | ${needs.join(', ')} |`;
      }),
  );
  return [
    '| operation | reach | scope of a token | a token limited to projects |',
    '|---|---|---|---|',
    ...rows,
    '',
    '| operation | field | needs |',
    '|---|---|---|',
    ...fields,
  ].join('\n');
}

const LIMITED: Readonly<Record<string, string>> = {
  id: 'its projects',
  job: 'jobs of its projects',
  deployment: 'deployments of its projects',
  'deployment-run': 'deployments of its projects',
  visible: 'sees its projects only',
  none: 'yes',
  all: 'no',
};
