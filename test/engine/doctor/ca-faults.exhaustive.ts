// What a CA does not issue. The test changes the order as the finding prints, and issues with Pebble, which issues everything.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DoctorOrder } from '../../../src/main/engine/doctor/facts.ts';
import { CLIENT_AUTH_ADVICE } from '../../../src/shared/client-auth.ts';
import { type DoctorRig, startDoctorRig } from '../../support/doctor/doctor-rig.ts';
import { describeWith } from '../../support/tools/tools.ts';

const ZONE = 'example.com';
const WWW = `www.${ZONE}`;
const MANY = ['a', 'b', 'c'].map((label) => `${label}.${ZONE}`);

type Capability = Partial<DoctorOrder['ca']['capability']>;
interface Order extends Partial<Omit<DoctorOrder, 'ca'>> {
  readonly can?: Capability;
  readonly isPublic?: boolean;
}

const FAULTS: readonly (readonly [code: string, fault: Order, printed: string, fixed: Order])[] = [
  [
    'ca-no-wildcards',
    { names: [`*.${ZONE}`], challenge: 'dns-01', can: { wildcards: false } },
    'CA: one that issues wildcards',
    { names: [`*.${ZONE}`], challenge: 'dns-01', can: { wildcards: true } },
  ],
  [
    'ca-too-many-names',
    { names: MANY, can: { maxNames: 2 } },
    'Names: at most 2',
    { names: MANY.slice(0, 2) },
  ],
  [
    'ca-no-ip-addresses',
    { names: ['127.0.0.1'], isPublic: false },
    'CA: one that issues for IP addresses',
    { names: ['127.0.0.1'], isPublic: false, can: { ipAddresses: true } },
  ],
  [
    'ca-no-private-names',
    { names: ['intranet.corp'] },
    'CA: a private one',
    { names: ['intranet.corp'], isPublic: false },
  ],
  [
    'ca-method-not-offered',
    { can: { methods: ['dns-01', 'tls-alpn-01'] } },
    'Validation method: DNS-01, TLS-ALPN-01',
    { challenge: 'dns-01', can: { methods: ['dns-01', 'tls-alpn-01'] } },
  ],
  [
    'ca-method-not-offered',
    { names: [`*.${ZONE}`] },
    'Validation method: DNS-01',
    { names: [`*.${ZONE}`], challenge: 'dns-01' },
  ],
  ['ca-untrusted-chain', { unknownRoot: 'Test Root' }, 'Preferred chain: none', { unknownRoot: null }],
  ['ca-no-client-auth', { clientUses: ['xmpp'] }, CLIENT_AUTH_ADVICE, { clientUses: [] }],
];

describeWith(['pebble', 'bind9'], 'the doctor on what a CA does not issue', () => {
  let rig: DoctorRig;

  beforeAll(async () => {
    rig = await startDoctorRig([{ name: ZONE }]);
  }, 120_000);
  afterAll(() => rig?.stop());

  const namesOf = ({ names = [WWW] }: Order) => names;
  async function find(code: string, order: Order) {
    const { can, isPublic = true, ...more } = order;
    const ca = { ...rig.ca, isPublic, capability: { ...rig.ca.capability, ...can } };
    const { findings } = await rig.examine(namesOf(order), { ...more, ca });
    return findings.find((finding) => finding.code === code);
  }

  it.each(FAULTS)('prints the fix of %s', async (code, fault, printed, fixed) => {
    const found = await find(code, fault);
    expect(found?.fixes.map(({ text }) => text)).toEqual([printed]);
    expect(await find(code, fixed)).toBeUndefined();
    const by = fixed.challenge === 'dns-01' ? rig.inZone(ZONE) : undefined;
    expect(await rig.issue(namesOf(fixed), by)).toContain('BEGIN CERTIFICATE');
  });
});
