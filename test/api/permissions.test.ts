// What every operation declares about who may call it.
import type { AnyTRPCProcedure } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { appRouter } from '../../src/main/api/router.ts';
import type { Meta } from '../../src/main/api/trpc.ts';
import { restOperations } from '../../src/main/http/rest.ts';
import { REACHES } from '../../src/shared/reach.ts';

/** Those that say why they differ from the rule of api.md: GET reads, everything else writes. */
const EXCEPTIONS: Readonly<Record<string, string | null>> = {
  'GET /health': null, // needs no token
  'GET /sign-in-command': null, // for who has yet to sign in
  'POST /projects/{id}/certificate/validate': 'projects:read',
  'POST /projects/{id}/certificate/export': 'projects:read', // a download; formats with the key ask for more inside
};

const operations = Object.entries(
  appRouter._def.procedures as unknown as Readonly<Record<string, AnyTRPCProcedure>>,
).map(([path, { _def }]) => ({ path, meta: ((_def as { meta?: Meta }).meta ?? {}) as Meta }));

describe('every operation', () => {
  it.each(operations.map(({ path, meta }) => [path, meta] as const))('%s declares its reach', (_, meta) => {
    expect(REACHES).toContain(meta.reach);
    // A token is limited by what the operation declares about projects.
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
    '%s names the project that a limited token is checked against',
    (_, { path }, { reach, projects }) => {
      if (path.startsWith('/projects/{id}')) expect([reach, projects]).toEqual(['project', 'id']);
      if (projects === 'job') expect(path).toContain('{jobId}');
    },
  );
});
