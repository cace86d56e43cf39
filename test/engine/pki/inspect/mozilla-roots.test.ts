// Whether a chain ends at a root of Mozilla's store, and the warnings of a preferred chain that does not.
import { getCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  endsAtMozillaRoot,
  isMozillaRootName,
} from '../../../../src/main/engine/pki/inspect/mozilla-roots.ts';
import { ObtainRequestSchema } from '../../../../src/shared/certificate.ts';
import { createFaultyWorld, type FaultyWorld } from '../../../support/faults/faulty-ca/model.ts';

describe('a root', () => {
  it('is known by its certificate and by its name', () => {
    const [root = ''] = getCACertificates('bundled');
    expect(endsAtMozillaRoot(root)).toBe(true);
    expect(endsAtMozillaRoot(root, [])).toBe(false);
    expect(endsAtMozillaRoot('no certificate')).toBe(false);
    expect(['ISRG Root X1', 'isrg root x2', 'Root YE'].map(isMozillaRootName)).toEqual([true, true, false]);
  });
});

describe('a preferred chain that ends at another root', () => {
  let faulty: FaultyWorld;
  beforeEach(async () => {
    faulty = await createFaultyWorld();
  });
  afterEach(() => faulty?.world.end());

  async function obtainWith(more: object): Promise<{ warning: string | null; steps: readonly string[] }> {
    const { projects, issuance, history } = faulty.world.engine;
    const { id } = await projects.create({ name: 'shop', domain: 'shop.example', altNames: [] });
    const body = ObtainRequestSchema.parse({ challengeType: 'http-01', keyType: 'ec', ...more });
    await issuance.obtain(id, body, { by: null, respondAsync: false, idempotencyKey: null });
    const warning = (await history.details(id))?.chainWarning ?? null;
    const events = await faulty.world.database.db.selectFrom('events').select('message').execute();
    return { warning, steps: events.map(({ message }) => message) };
  }

  it('has a warning in the job and on the page of the project', async () => {
    const { warning, steps } = await obtainWith({ preferredChain: 'Root YE' });
    expect(warning).toMatch(/ends at "Root YE", which is not in Mozilla’s root store/);
    expect(steps).toContain(warning);
  });

  it.each([
    ['without a preferred chain', {}],
    ['at the staging server, which nobody trusts', { preferredChain: 'Root YE', staging: true }],
  ])('has none %s', async (_, more) => {
    const { warning, steps } = await obtainWith(more);
    expect(warning).toBeNull();
    expect(steps.filter((step) => step.includes('root store'))).toEqual([]);
  });
});
