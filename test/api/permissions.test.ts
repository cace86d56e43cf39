// The access declarations of every operation.
import type { AnyTRPCProcedure } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { innerOf } from '../../src/main/api/field-reach.ts';
import { appRouter } from '../../src/main/api/router.ts';
import type { Meta } from '../../src/main/api/trpc.ts';
import { restOperations } from '../../src/main/http/rest.ts';
import { REACHES } from '../../src/shared/reach.ts';

/** Operations that declare why they differ from the rule of docs/rest-api.md: GET reads, everything else writes. */
const EXCEPTIONS: Readonly<Record<string, string | null>> = {
  'GET /health': null, // needs no token
  'GET /sign-in-command': null, // for users who are not signed in yet
  'GET /projects/{id}/certificate/key-pair': 'certificates:download',
  'POST /projects/{id}/certificate/validate': 'projects:read',
  'POST /projects/{id}/certificate/export': 'projects:read', // a download; formats with the key require more inside
};

type Schema = z.ZodType;

/** The fields of a request's body that declare no reach, and are in no field that does. */
function undeclared(schema: Schema, path: readonly string[] = []): readonly string[] {
  const inner = innerOf(schema);
  if (inner.length > 0) return inner.flatMap((each) => undeclared(each, path));
  if (!(schema instanceof z.ZodObject))
    return path.length === 0 ? ['the body is no object'] : [path.join('.')];
  return Object.entries(schema.shape as Record<string, Schema>).flatMap(([name, field]) =>
    declares(field) ? [] : undeclared(field, [...path, name]),
  );
}

const declares = (schema: Schema): boolean =>
  schema.meta()?.reach !== undefined || (innerOf(schema).length > 0 && innerOf(schema).every(declares));

const operations = Object.entries(
  appRouter._def.procedures as unknown as Readonly<Record<string, AnyTRPCProcedure>>,
).map(([path, { _def }]) => {
  const { meta = {}, inputs = [] } = _def as unknown as { meta?: Meta; inputs?: readonly Schema[] };
  return { path, meta: meta as Meta, inputs };
});
const withBody = operations.flatMap(({ path, meta, inputs: [input] }) => {
  const body = input instanceof z.ZodObject ? (input.shape as Record<string, Schema>).body : undefined;
  return body === undefined || meta.reach === 'system' ? [] : [[path, body] as const];
});

describe('every operation', () => {
  it.each(withBody)('%s declares the reach of every field of its body', (_, body) => {
    expect(undeclared(body)).toEqual([]);
  });

  it('takes one object as its input, which the access check knows', () => {
    for (const { path, inputs } of operations) {
      expect(inputs.length, path).toBeLessThanOrEqual(1);
      for (const input of inputs) expect(input, path).toBeInstanceOf(z.ZodObject);
    }
  });

  it.each(operations.map(({ path, meta }) => [path, meta] as const))('%s declares its reach', (_, meta) => {
    expect(REACHES).toContain(meta.reach);
    // The operation's declaration about projects limits a token.
    if (meta.reach === 'project') expect(meta.projects).toBeDefined();
  });

  it.each(restOperations().map(({ rest, meta }) => [`${rest.method} ${rest.path}`, meta] as const))(
    '%s has the scope of its reach',
    (name, { reach, scope }) => {
      const rule = name.startsWith('GET ') ? 'projects:read' : 'projects:write';
      if (reach === 'project') expect(scope).toBe(name in EXCEPTIONS ? EXCEPTIONS[name] : rule);
      else expect(scope).toBe(reach === 'installation' ? 'admin' : undefined);
    },
  );

  it.each(restOperations().map(({ rest, meta }) => [`${rest.method} ${rest.path}`, rest, meta] as const))(
    '%s names the project that a project token is checked against',
    (_, { path }, { reach, projects }) => {
      // Operations with a larger reach are for callers without a limit to projects.
      if (path.startsWith('/projects/{id}') && reach === 'project') expect(projects).toBe('id');
      if (projects === 'job') expect(path).toContain('{jobId}');
      if (projects === 'deployment') expect(path).toContain('{deploymentId}');
      if (projects === 'deployment-run') expect(path).toContain('{runId}');
    },
  );
});
