// The doctor against a BIND that serves faults: one of each group (DNSSEC: dnssec.spec.ts). The test applies the printed fix, sees the finding
// disappear, and issues with Pebble. Pebble does not check CAA and DNSSEC, and would issue without the fix too.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DoctorRig, startDoctorRig } from '../../support/doctor/doctor-rig.ts';
import { describeWith } from '../../support/tools/tools.ts';

const ZONE = 'example.com';
const LEFT = 'LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo';

describeWith(['pebble', 'bind9'], 'the doctor', () => {
  let rig: DoctorRig;

  beforeAll(async () => {
    rig = await startDoctorRig([
      {
        name: ZONE,
        bare: true,
        records: [
          'www A 127.0.0.1',
          'caa A 127.0.0.1',
          'caa CAA 0 issue "other.example"',
          'alias CNAME caa',
          'six A 127.0.0.1',
          'six AAAA ::1',
          'closed A 127.0.0.9',
          `_acme-challenge.www TXT "${LEFT}"`,
        ],
      },
      {
        name: `child.${ZONE}`,
        nameServers: ['127.0.0.1', '127.0.0.7'],
      },
    ]);
  }, 120_000);
  afterAll(() => rig?.stop());

  it('finds nothing wrong with a name that is well', async () => {
    const { findings, names } = await rig.examine([`child.${ZONE}`.replace('child.', '')]);
    expect(findings.map(({ code }) => code)).toEqual(['private-address']); // everything here is on loopback
    expect(names).toMatchObject([
      { addresses: ['127.0.0.1'], zone: ZONE, nameServers: [`ns1.${ZONE}`], dnssec: 'unsigned' },
    ]);
    expect(names[0]?.ports).toContainEqual({
      address: '127.0.0.1',
      port: 80,
      state: 'answers',
      who: 'HTTP 404',
    });
  });

  it('names the record that gives a name an address', async () => {
    const name = `new.${ZONE}`;
    await expect(rig.issue(name)).rejects.toThrow('invalid');
    const found = await rig.find('unresolved', name);
    await rig.apply(ZONE, found?.fixes ?? []);
    expect(await rig.find('unresolved', name)).toBeUndefined();
    expect(await rig.issue(name)).toContain('BEGIN CERTIFICATE');
  });

  it('finds an IPv6 address where nothing answers, although the IPv4 address does', async () => {
    const name = `six.${ZONE}`;
    const found = await rig.find('ipv6-unreachable', name);
    await rig.apply(ZONE, found?.fixes ?? []);
    expect(await rig.find('ipv6-unreachable', name)).toBeUndefined();
    expect(await rig.issue(name)).toContain('BEGIN CERTIFICATE');
  });

  it('finds a closed port 80, and nothing after it is opened', async () => {
    const name = `closed.${ZONE}`;
    await expect(rig.issue(name)).rejects.toThrow('invalid');
    expect(await rig.find('port-80-unreachable', name)).toMatchObject({
      message: 'Port 80 of 127.0.0.9 is closed (ECONNREFUSED).',
      fixes: [{ kind: 'command', text: 'ufw allow 80/tcp' }, { instead: true }],
    });
    const port = rig.pebble.httpPort;
    const relay = createServer((socket) => {
      const target = connect(port, '127.0.0.1').on('error', () => socket.destroy());
      socket.on('error', () => target.destroy());
      socket.pipe(target).pipe(socket);
    }).listen(port, '127.0.0.9');
    await once(relay, 'listening');
    try {
      expect(await rig.find('port-80-unreachable', name)).toBeUndefined();
      expect(await rig.issue(name)).toContain('BEGIN CERTIFICATE');
    } finally {
      relay.close();
    }
  });

  it('refuses what the CA does not issue', async () => {
    const found = await rig.find('ca-no-ip-addresses', '127.0.0.1');
    expect(found).toMatchObject({ severity: 'critical', blocks: true });
  });

  it('names the CAA record that permits the CA, above the name and behind a CNAME', async () => {
    const alias = `alias.${ZONE}`;
    const below = await rig.find('caa-forbids', `deep.below.caa.${ZONE}`);
    expect(below?.message).toBe(
      `The CAA records of caa.${ZONE} permit certificates only from "other.example", not from Test CA (pebble.letsencrypt.org).`,
    );
    const found = await rig.find('caa-forbids', alias);
    expect(found).toMatchObject({ severity: 'critical', blocks: true });
    await rig.apply(ZONE, found?.fixes ?? []);
    expect(await rig.find('caa-forbids', alias)).toBeUndefined();
    expect(await rig.issue(alias)).toContain('BEGIN CERTIFICATE');
  });

  it('finds a TXT record that is left over', async () => {
    const found = await rig.find('challenge-txt-left', `www.${ZONE}`);
    expect(found?.message).toContain(LEFT);
    await rig.apply(ZONE, found?.fixes ?? []);
    expect(await rig.find('challenge-txt-left', `www.${ZONE}`)).toBeUndefined();
  });

  it('finds a name server that does not answer', async () => {
    const name = `www.child.${ZONE}`;
    const found = await rig.find('name-server-silent', name);
    expect(found?.message).toBe(
      `The name server ns2.child.${ZONE} of child.${ZONE} does not answer: 127.0.0.7 (connection refused).`,
    );
    await rig.apply(`child.${ZONE}`, found?.fixes ?? []);
    expect(await rig.find('name-server-silent', name)).toBeUndefined();
    expect(await rig.issue(name)).toContain('BEGIN CERTIFICATE');
  });

  it('compares the clock with that of the CA', async () => {
    const ahead = { now: () => new Date(Date.now() + 7 * 60_000) };
    const { findings } = await rig.examine([`www.${ZONE}`], {}, { clock: ahead });
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'clock-wrong',
        message: 'The clock of this machine is 7 minutes ahead of that of Test CA.',
      }),
    );
  });
});
