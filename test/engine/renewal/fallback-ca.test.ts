// The fallback CA is checked against the names of certificates, before it is saved and before it is used.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFaultyWorld, type FaultyWorld, refusal } from '../../support/faults/faulty-ca/model.ts';

let faulty: FaultyWorld;
beforeEach(async () => {
  faulty = await createFaultyWorld();
});
afterEach(() => faulty?.world.end());

async function obtainFor(domain: string, altNames: readonly string[]): Promise<string> {
  const { id } = await faulty.world.engine.projects.create({ name: domain, domain, altNames: [...altNames] });
  await faulty.obtainAgain(id);
  return id;
}
const save = (fallbackCa: string) => faulty.world.engine.settings.update({ renewals: { fallbackCa } });
const MANY = ['a.shop.example', 'b.shop.example'];

it('is not saved if it cannot issue for a certificate, and the error names it and the reason', async () => {
  await faulty.obtain('one.example');
  await obtainFor('shop.example', MANY);
  await obtainFor('second.example', MANY);
  await expect(save('actalis')).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    message: expect.stringMatching(
      /shop\.example: Actalis issues for one name and the same name with www\. only.*could it renew 1 more/,
    ),
  });
  expect((await faulty.world.engine.settings.get()).renewals.fallbackCa).toBeNull();
  await save('zerossl');
  await save('https://ca.example.com/directory');
});

it('is saved if all certificates fit, and other settings can be changed afterwards', async () => {
  await faulty.obtain('one.example');
  await save('actalis');
  await obtainFor('shop.example', MANY);
  const changed = { fallbackCa: 'actalis', concurrency: 3 };
  expect((await faulty.world.engine.settings.update({ renewals: changed })).renewals.concurrency).toBe(3);
});

it('is not used for names that it cannot issue for, and the job says why', async () => {
  await save('actalis');
  const id = await obtainFor('shop.example', MANY);
  faulty.setFault(() => ({ createOrder: () => Promise.reject(refusal(503, 'serverInternal')) }));
  for (const _ of [1, 2]) await expect(faulty.renew(id)).rejects.toMatchObject({ code: 'ACME_UNAVAILABLE' });
  faulty.setFault(() => ({}));
  await faulty.renew(id);
  expect(faulty.ca.entries).toHaveLength(2);
  const rows = await faulty.world.database.db.selectFrom('events').select('message').execute();
  const messages = rows.map(({ message }) => message);
  expect(messages).toContainEqual(
    expect.stringMatching(/fallback CA is not used: Actalis issues for one name/),
  );
});
