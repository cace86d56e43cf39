// The rule of api.md over all operations at once: `validate` and every GET need projects:read, the rest projects:write.
import { describe, expect, it } from 'vitest';
import { restOperations } from '../../src/main/http/rest.ts';

/** Those that say why they differ. */
const EXCEPTIONS: Readonly<Record<string, string | null>> = {
  'GET /health': null, // needs no token
  'POST /projects/{id}/certificate/validate': 'projects:read',
  'POST /projects/{id}/certificate/export': 'projects:read', // a download; formats with the key ask for more inside
};

describe('the permission of every operation', () => {
  it.each(restOperations().map(({ rest, meta }) => [`${rest.method} ${rest.path}`, meta.scope] as const))(
    '%s',
    (name, scope) => {
      const rule = name.startsWith('GET ') ? 'projects:read' : 'projects:write';
      expect(scope).toBe(name in EXCEPTIONS ? EXCEPTIONS[name] : rule);
    },
  );
});
