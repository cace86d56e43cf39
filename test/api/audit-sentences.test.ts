import type { AnyTRPCProcedure } from '@trpc/server';
import { expect, test } from 'vitest';
import { AUDIT_SENTENCES } from '../../src/main/api/audit-sentences.ts';
import { appRouter } from '../../src/main/api/router.ts';
import type { Meta } from '../../src/main/api/trpc.ts';

const procedures = appRouter._def.procedures as unknown as Readonly<Record<string, AnyTRPCProcedure>>;

/** The operations whose calls the audit trail may record without an event. */
const RECORDED = Object.entries(procedures).flatMap(([name, { _def }]) => {
  const { audit = _def.type === 'mutation' } = (_def.meta ?? {}) as Meta;
  return audit === false || audit === 'failures' ? [] : [name];
});

test('every recorded operation has a sentence for its audit entry, and no other has one', () => {
  expect(RECORDED.length).toBeGreaterThan(50);
  expect(Object.keys(AUDIT_SENTENCES).toSorted()).toEqual(RECORDED.toSorted());
});
