// The doctor's other findings against a BIND and listeners that serve each fault. The test does what the finding prints.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bind, startBind } from '../../support/dns/bind.ts';
import { type NameServer, startNameServer } from '../../support/dns/name-server.ts';
import { type DoctorRig, startDoctorRig } from '../../support/doctor/doctor-rig.ts';
import { describeWith } from '../../support/tools/tools.ts';

const ZONE = 'example.com';
const ELSEWHERE = `elsewhere.${ZONE}`;
const CA = 'pebble.letsencrypt.org';
const LEFT = 'LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo';
const OWN = 'https://ca.example/acct/1';

describeWith(['pebble', 'bind9'], 'the doctor', () => {
  let rig: DoctorRig;
  let lame: NameServer;
  /** Serves a zone that the rig's server delegates to it. */
  let other: Bind;

  beforeAll(async () => {
    other = await startBind({
      zones: [{ name: ELSEWHERE, nameServers: ['127.0.0.2', '127.0.0.2'] }],
      address: '127.0.0.2',
    });
    const zones = [
      {
        name: ZONE,
        bare: true,
        records: [
          ...['wild', 'acct', 'method', 'tag', 'bad', 'broken', 'left'].map((name) => `${name} A 127.0.0.1`),
          `wild CAA 0 issue "${CA}"`,
          'wild CAA 0 issuewild ";"',
          `acct CAA 0 issue "${CA}; accounturi=https://ca.example/acct/2"`,
          `method CAA 0 issue "${CA}; validationmethods=dns-01"`,
          `tag CAA 0 issue "${CA}"`,
          'tag CAA 128 tbs "Unknown"',
          `bad CAA 0 issue "${CA}"`,
          'bad CAA 0 issue "%%"',
          `_acme-challenge.left TXT "${LEFT}"`,
          '_acme-challenge.broken CNAME x.nowhere.invalid.',
          '_acme-challenge.cname CNAME x.child.example.com.',
          'elsewhere NS ns1.elsewhere',
          'ns1.elsewhere A 127.0.0.2',
        ],
      },
      { name: `child.${ZONE}`, nameServers: ['127.0.0.1', '127.0.0.7'] },
      { name: `orphan.${ZONE}`, records: ['@ NS nowhere.example.com.'] },
    ];
    rig = await startDoctorRig(zones, false, { port: other.port, forward: { [ELSEWHERE]: other.server } });
    lame = await startNameServer(() => ({ rcode: 'REFUSED' }), { address: '127.0.0.7', port: rig.bind.port });
  }, 120_000);
  afterAll(async () => {
    await Promise.all([rig?.stop(), other?.stop(), lame?.close()]);
  });

  it.each([
    ['caa-forbids-wildcard', `*.wild.${ZONE}`, 'dns-01'],
    ['caa-forbids-account', `acct.${ZONE}`, 'http-01'],
    ['caa-forbids-method', `method.${ZONE}`, 'http-01'],
    ['caa-critical-tag', `tag.${ZONE}`, 'http-01'],
    ['caa-malformed', `bad.${ZONE}`, 'http-01'],
    ['challenge-cname-broken', `broken.${ZONE}`, 'dns-01'],
    ['challenge-txt-left', `left.${ZONE}`, 'dns-01'],
  ] as const)('prints the fix of %s', async (code, name, method) => {
    const order = { accountUrl: OWN };
    const found = await rig.find(code, name, method, order);
    await rig.apply(ZONE, found?.fixes ?? []);
    expect(await rig.find(code, name, method, order)).toBeUndefined();
    // Pebble checks no CAA records. It issues all the same, which shows that the fix broke nothing.
    const by = method === 'http-01' ? undefined : rig.inZone(ZONE);
    expect(await rig.issue(name, by)).toContain('BEGIN CERTIFICATE');
  });

  it.each([
    ['name-server-lame', `child.${ZONE}`],
    ['name-server-unresolved', `orphan.${ZONE}`],
  ])('prints the fix of %s', async (code, zone) => {
    const found = await rig.find(code, `www.${zone}`);
    await rig.apply(zone, found?.fixes ?? []);
    expect(await rig.find(code, `www.${zone}`)).toBeUndefined();
    expect(await rig.issue(`www.${zone}`)).toContain('BEGIN CERTIFICATE');
  });

  it('compares the delegation with the zone on another server, and prints the fix', async () => {
    const name = `www.${ELSEWHERE}`;
    const found = await rig.find('delegation-differs', name);
    expect(found?.message).toBe(
      `The delegation of ${ELSEWHERE} is inconsistent: ${ELSEWHERE} lists ns2.${ELSEWHERE}, which the parent zone does not name.`,
    );
    await rig.apply(ELSEWHERE, found?.fixes ?? [], other);
    // The rig's server caches the records of the other one for a second.
    await expect.poll(() => rig.find('delegation-differs', name), { timeout: 20_000 }).toBeUndefined();
    expect(await rig.issue(name)).toContain('BEGIN CERTIFICATE');
  });

  it('names the zone that DNS-01 writes to behind a CNAME', async () => {
    const found = await rig.find('challenge-cname', `cname.${ZONE}`, 'dns-01');
    expect(found).toMatchObject({ severity: 'info', message: expect.stringContaining(`child.${ZONE}`) });
  });

  it('says that the CA is unreachable, and prints a command that reaches it when it is back', async () => {
    const { pid, directoryUrl } = rig.pebble;
    const name = `wild.${ZONE}`;
    const examine = async () => {
      const { findings } = await rig.examine([name], {}, { timeoutMs: 4_000 });
      return findings.find(({ code }) => code === 'ca-unreachable');
    };
    process.kill(pid, 'SIGSTOP');
    const found = await examine().finally(() => process.kill(pid, 'SIGCONT'));
    expect(found).toMatchObject({
      severity: 'critical',
      fixes: [{ kind: 'command', text: `curl -I ${directoryUrl}` }],
    });
    await expect.poll(() => rig.find('ca-unreachable', name)).toBeUndefined();
    expect(await rig.issue(name)).toContain('BEGIN CERTIFICATE');
  });
});
