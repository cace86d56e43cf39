// DNSSEC with real servers: a BIND that signs its zones, and one that validates them for the doctor and for Pebble. Without
// the printed fix, Pebble cannot validate the name, as no CA can.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dsOf } from '../../support/dns/dnssec.ts';
import { type DoctorRig, startDoctorRig } from '../../support/doctor/doctor-rig.ts';
import { describeWith } from '../../support/tools/tools.ts';

const ZONE = 'example.com';
const NAME = `www.${ZONE}`;
const EXPIRED = 'expired.test';

describeWith(['pebble', 'bind9'], 'the doctor on signed zones', () => {
  let rig: DoctorRig;
  let ds: string;

  beforeAll(async () => {
    const signatures = { from: '20200101000000', until: '20200201000000' };
    rig = await startDoctorRig(
      [
        { name: ZONE, records: ['www A 127.0.0.1'] },
        { name: EXPIRED, signatures },
      ],
      true,
    );
    ds = await dsOf(rig.bind, ZONE);
  }, 120_000);
  afterAll(() => rig?.stop());

  const dnssec = async (name = NAME) => (await rig.examine([name])).names[0]?.dnssec;
  const publish = (value: string, zone = ZONE) =>
    rig.apply('.', [{ kind: 'add-record', text: `${zone}. 1 IN DS ${value}` }]);
  const withdraw = (value: string) =>
    rig.apply('.', [{ kind: 'remove-record', text: `${ZONE}. IN DS ${value}` }]);

  it('says secure of a zone whose DS record matches its key', async () => {
    expect(await dnssec()).toBe('unsigned');
    await publish(ds);
    await expect.poll(() => dnssec(), { timeout: 120_000 }).toBe('secure');
    expect(await rig.issue(NAME)).toContain('BEGIN CERTIFICATE');
  });

  it('finds a DS record of another key, and prints the fix, after which Pebble issues', async () => {
    const wrong = ds.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    await withdraw(ds);
    await publish(wrong);
    await expect.poll(() => dnssec(), { timeout: 120_000 }).toBe('bogus');
    await expect(rig.issue(NAME)).rejects.toThrow();
    const found = await rig.find('dnssec-bogus', NAME);
    expect(found).toMatchObject({ severity: 'critical', blocks: true });
    await rig.apply('.', found?.fixes ?? []);
    await rig.forgetBogus();
    await expect.poll(() => dnssec(), { timeout: 120_000 }).toBe('unsigned');
    expect(await rig.find('dnssec-bogus', NAME)).toBeUndefined();
    expect(await rig.issue(NAME)).toContain('BEGIN CERTIFICATE');
  });

  it('finds expired signatures below a DS record that matches, whose removal lets Pebble issue', async () => {
    const name = `www.${EXPIRED}`;
    const own = await dsOf(rig.bind, EXPIRED);
    await publish(own, EXPIRED);
    await expect.poll(() => dnssec(name), { timeout: 120_000 }).toBe('bogus');
    await expect(rig.issue(name)).rejects.toThrow();
    const found = await rig.find('dnssec-expired', name);
    const alternatives = (found?.fixes ?? []).filter(({ instead }) => instead);
    expect(alternatives).toEqual([
      { kind: 'remove-record', text: `${EXPIRED}. IN DS ${own}`, instead: true },
    ]);
    await rig.apply('.', alternatives);
    await rig.forgetBogus();
    await expect.poll(() => dnssec(name), { timeout: 120_000 }).toBe('unsigned');
    expect(await rig.issue(name)).toContain('BEGIN CERTIFICATE');
  });

  it('says that a signed zone was not checked if no resolver validates', async () => {
    await publish(ds);
    const ask = async () => (await rig.examine([NAME], {}, { validators: [rig.bind.server] })).findings;
    await expect.poll(async () => (await ask()).map(({ code }) => code)).toContain('dnssec-not-validated');
  });
});
