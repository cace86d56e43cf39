// The doctor's other findings against a BIND and listeners that serve each fault. The test does what the finding prints.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bind, startBind } from '../../support/dns/bind.ts';
import { type NameServer, startNameServer } from '../../support/dns/name-server.ts';
import { type DoctorRig, startDoctorRig } from '../../support/doctor/doctor-rig.ts';
import { describeWith } from '../../support/tools/tools.ts';

const ZONE = 'example.com';
const ELSEWHERE = `elsewhere.${ZONE}`;
const CA = 'pebble.letsencrypt.org';
const OWN = 'https://ca.example/acct/1';

describeWith(['pebble', 'bind9'], 'the doctor', () => {
  let rig: DoctorRig;
  let lame: NameServer;
  /** Serves a zone that the rig's server delegates to it. */
  let other: Bind;
  const closing: (() => void)[] = [];

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
          ...['wild', 'acct', 'method', 'tag', 'bad', 'broken'].map((name) => `${name} A 127.0.0.1`),
          `wild CAA 0 issue "${CA}"`,
          'wild CAA 0 issuewild ";"',
          `acct CAA 0 issue "${CA}; accounturi=https://ca.example/acct/2"`,
          `method CAA 0 issue "${CA}; validationmethods=dns-01"`,
          `tag CAA 0 issue "${CA}"`,
          'tag CAA 128 tbs "Unknown"',
          `bad CAA 0 issue "${CA}"`,
          'bad CAA 0 issue "%%"',
          '_acme-challenge.broken CNAME x.nowhere.invalid.',
          '_acme-challenge.cname CNAME x.child.example.com.',
          'elsewhere NS ns1.elsewhere',
          'ns1.elsewhere A 127.0.0.2',
          'closed A 127.0.0.9',
          'moved A 127.0.0.10',
          'other A 127.0.0.11',
        ],
      },
      { name: `child.${ZONE}`, nameServers: ['127.0.0.1', '127.0.0.7'] },
      { name: `orphan.${ZONE}`, records: ['@ NS nowhere.example.com.'] },
    ];
    rig = await startDoctorRig(zones, false, { port: other.port, forward: { [ELSEWHERE]: other.server } });
    lame = await startNameServer(() => ({ rcode: 'REFUSED' }), { address: '127.0.0.7', port: rig.bind.port });
  }, 120_000);
  afterAll(async () => {
    for (const close of closing) close();
    await Promise.all([rig?.stop(), other?.stop(), lame?.close()]);
  });

  it.each([
    ['caa-forbids-wildcard', `*.wild.${ZONE}`, 'dns-01'],
    ['caa-forbids-account', `acct.${ZONE}`, 'http-01'],
    ['caa-forbids-method', `method.${ZONE}`, 'http-01'],
    ['caa-critical-tag', `tag.${ZONE}`, 'http-01'],
    ['caa-malformed', `bad.${ZONE}`, 'http-01'],
    ['challenge-cname-broken', `broken.${ZONE}`, 'dns-01'],
  ] as const)('prints the fix of %s', async (code, name, method) => {
    const order = { accountUrl: OWN };
    const found = await rig.find(code, name, method, order);
    await rig.apply(ZONE, found?.fixes ?? []);
    expect(await rig.find(code, name, method, order)).toBeUndefined();
    // Pebble checks no CAA records. It issues all the same, which shows that the fix broke nothing.
    if (method === 'http-01') expect(await rig.issue(name)).toContain('BEGIN CERTIFICATE');
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

  it('finds a closed port 80, one without HTTP, and a redirect that CAs do not follow', async () => {
    const port = rig.pebble.httpPort;
    expect(await rig.find('port-80-unreachable', `closed.${ZONE}`)).toMatchObject({
      message: 'Port 80 of 127.0.0.9 is closed (ECONNREFUSED).',
    });
    const web = createServer((_, answer) => {
      answer.writeHead(302, { location: 'https://moved.example.com:8443/' }).end();
    }).listen(port, '127.0.0.10');
    const tcp = createTcpServer((socket) => socket.end('220 ready\r\n')).listen(port, '127.0.0.11');
    closing.push(
      () => web.close(),
      () => tcp.close(),
    );
    await Promise.all([web, tcp].map((server) => server.listening || once(server, 'listening')));
    const redirect = await rig.find('redirect-not-followed', `moved.${ZONE}`);
    expect(redirect?.message).toContain('redirects to port 8443');
    expect(await rig.find('port-80-not-http', `other.${ZONE}`)).toMatchObject({ severity: 'critical' });
    expect(await rig.find('port-443-not-tls', `other.${ZONE}`, 'tls-alpn-01')).toBeDefined();
    expect(await rig.find('port-443-unreachable', `closed.${ZONE}`, 'tls-alpn-01')).toBeDefined();
  });

  it('says that the CA is unreachable', async () => {
    await rig.pebble.stop();
    expect(await rig.find('ca-unreachable', `wild.${ZONE}`)).toMatchObject({ severity: 'critical' });
  });
});
