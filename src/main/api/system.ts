// What Certdesk is and supports: CAs, DNS providers, health.
import { z } from 'zod';
import { openOperation, operation, router } from './trpc.ts';

const CaSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    directoryUrl: z.string(),
    stagingUrl: z.string().nullable(),
    needsEab: z.boolean(),
    website: z.string(),
    docs: z.string(),
  })
  .meta({ id: 'CertificateAuthority' });

export const system = router({
  cas: operation('projects:read')
    .meta({
      rest: {
        method: 'GET',
        path: '/cas',
        summary: 'CAs that are known; obtain takes any directory URL too',
      },
    })
    .output(z.object({ cas: z.array(CaSchema) }))
    .query(({ ctx }) => ({ cas: [...ctx.engine.cas()] })),

  health: openOperation
    .meta({ rest: { method: 'GET', path: '/health', summary: 'Whether Certdesk works' } })
    .output(
      z
        .object({ ok: z.boolean(), secretStore: z.enum(['keychain', 'sealed-file', 'unavailable']) })
        .meta({ id: 'Health' }),
    )
    .query(({ ctx }) => ctx.health()),
});
