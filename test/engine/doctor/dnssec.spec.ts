// A zone whose signatures have expired, served by BIND and validated by another BIND for the doctor and for Pebble. The test
// runs the printed command. dnssec.exhaustive.ts has the other faults of DNSSEC.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dsOf } from '../../support/dns/dnssec.ts';
import { signAgain } from '../../support/dns/sign-zone.ts';
import { type DoctorRig, startDoctorRig } from '../../support/doctor/doctor-rig.ts';
import { describeWith } from '../../support/tools/tools.ts';

const ZONE = 'expired.test';
const NAME = `www.${ZONE}`;

describeWith(['pebble', 'bind9'], 'the doctor on a zone with expired signatures', () => {
  let rig: DoctorRig;

  beforeAll(async () => {
    const signatures = { from: '20200101000000', until: '20200201000000' };
    rig = await startDoctorRig([{ name: ZONE, signatures }], true);
    const ds = await dsOf(rig.bind, ZONE);
    await rig.apply('.', [{ kind: 'add-record', text: `${ZONE}. 1 IN DS ${ds}` }]);
  }, 120_000);
  afterAll(() => rig?.stop());

  const dnssec = async () => (await rig.examine([NAME])).names[0]?.dnssec;

  it('says since when, and prints the command that signs it, after which Pebble issues', async () => {
    await expect.poll(dnssec, { timeout: 120_000 }).toBe('bogus');
    await expect(rig.issue(NAME)).rejects.toThrow();
    const found = await rig.find('dnssec-expired', NAME);
    expect(found).toMatchObject({
      severity: 'critical',
      blocks: true,
      message: `The DNSSEC signatures of ${ZONE} expired at 2020-02-01T00:00:00Z, so validation of ${NAME} fails.`,
      fixes: [{ kind: 'command' }, { kind: 'remove-record', instead: true }],
    });
    await signAgain(rig.bind, ZONE, found?.fixes[0]?.text ?? '');
    await rig.forgetBogus();
    await expect.poll(dnssec, { timeout: 120_000 }).toBe('secure');
    expect(await rig.find('dnssec-expired', NAME)).toBeUndefined();
    expect(await rig.issue(NAME)).toContain('BEGIN CERTIFICATE');
  });
});
