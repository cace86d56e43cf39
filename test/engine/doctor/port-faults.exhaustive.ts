// What can be wrong at ports 80 and 443, with real servers at addresses of their own. The test applies the printed fix and
// issues. A port that a firewall closes needs a firewall: here, nothing listens, and the test starts the listener.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createAlpnChallenges } from '../../../src/main/engine/challenges/tls-alpn-01.ts';
import { createAlpnServer, openAlpnListener } from '../../../src/main/http/alpn-challenge.ts';
import type { DoctorFinding } from '../../../src/shared/doctor.ts';
import type { Answers } from '../../support/acme/issue.ts';
import { startProcess } from '../../support/acme/process.ts';
import { startNginxSite } from '../../support/daemons/nginx-site.ts';
import { type DoctorRig, startDoctorRig } from '../../support/doctor/doctor-rig.ts';
import { describeWith, toolPath } from '../../support/tools/tools.ts';

const ZONE = 'example.com';
const ADDRESSES = {
  closed: '127.0.0.9',
  moved: '127.0.0.10',
  mail: '127.0.0.11',
  other: '127.0.0.12',
  mail443: '127.0.0.14',
  closed443: '127.0.0.15',
} as const;
const PROBE = { token: 'certdesk-probe', text: 'certdesk-probe.text' };

describeWith(['pebble', 'bind9', 'nginx', 'ss'], 'the doctor on ports 80 and 443', () => {
  let rig: DoctorRig;
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const records = Object.entries(ADDRESSES).map(([name, address]) => `${name} A ${address}`);
    rig = await startDoctorRig([{ name: ZONE, bare: true, records }]);
  }, 120_000);
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
  });
  afterAll(() => rig?.stop());

  const nameOf = (key: keyof typeof ADDRESSES) => `${key}.${ZONE}`;
  const isIssued = async (name: string, by?: Answers) =>
    expect(await rig.issue(name, by)).toContain('BEGIN CERTIFICATE');

  /** Connects a port of the address to the one where the test answers HTTP-01. */
  async function openPort80(address: string): Promise<void> {
    const port = rig.pebble.httpPort;
    const relay = createServer((socket) => {
      const target = connect(port, '127.0.0.1').on('error', () => socket.destroy());
      socket.on('error', () => target.destroy());
      socket.pipe(target).pipe(socket);
    }).listen(port, address);
    await once(relay, 'listening');
    closing.push(async () => relay.close());
  }

  /** Certdesk's own listener for TLS-ALPN-01. */
  async function openPort443(host: string): Promise<Answers> {
    const challenges = createAlpnChallenges({
      clock: { now: () => new Date() },
      isListening: () => true,
    });
    const alpn = createAlpnServer(challenges);
    const at = { host, port: rig.pebble.tlsPort, what: 'The listener', option: '--alpn-port' };
    const listener = await openAlpnListener(at, alpn);
    closing.push(async () => {
      alpn.close();
      await listener.close();
    });
    return {
      type: 'tls-alpn-01',
      present: ({ identifier, keyAuthorization }) =>
        challenges.restore([{ type: 'tls-alpn-01', state: 'presented', identifier, keyAuthorization }]),
    };
  }

  /** A process that greets like a mail server. */
  async function startMailServer(address: string, port: number): Promise<void> {
    const code = `require('node:net').createServer((s) => s.on('error', () => {}).end('220 ready\\r\\n')).listen(${port}, '${address}', () => console.log('listening'))`;
    const mail = startProcess(process.execPath, ['-e', code]);
    closing.push(mail.stop);
    await mail.waitUntil(async () => mail.output().includes('listening'), 60_000);
  }

  /** Runs the printed `ss -ltnp sport = :80` for the test's port, and ends the process that it names. */
  async function stopListener(found: DoctorFinding | undefined, address: string, port: number) {
    const [program, ...args] = found?.fixes[0]?.text.replace(/:\d+$/, `:${port}`).split(' ') ?? [];
    if (program !== 'ss') throw new Error(`not an ss command: ${JSON.stringify(found)}`);
    const list = async () => (await promisify(execFile)(toolPath('CERTDESK_TEST_SS'), args)).stdout;
    const line = (await list()).split('\n').find((each) => each.includes(`${address}:${port}`));
    const pid = Number(/pid=(\d+)/.exec(line ?? '')?.[1]);
    expect(pid).toBeGreaterThan(1);
    process.kill(pid);
    await expect.poll(list).not.toContain(`${address}:${port}`);
  }

  /** The printed nginx directives, with the place of the test's listener instead of Certdesk's. */
  const paste = (found: DoctorFinding | undefined): string =>
    (found?.fixes ?? [])
      .map(({ text }) => text.replace('CERTDESK:80', `127.0.0.1:${rig.pebble.httpPort}`))
      .join('\n');

  it('names another server on port 80, and prints what forwards the challenges to Certdesk', async () => {
    const name = nameOf('other');
    const port = rig.pebble.httpPort;
    const nginx = await startNginxSite({ address: ADDRESSES.other, port }, 'location / { return 404; }');
    closing.push(nginx.stop);
    rig.proofs.set(PROBE.token, PROBE.text);
    const find = async () => {
      const { findings } = await rig.examine(
        [name],
        {},
        { probe: () => ({ ...PROBE, end: () => undefined }) },
      );
      return findings.find(({ code }) => code === 'port-80-other-server');
    };
    const found = await find();
    expect(found?.message).toMatch(
      /^At 127\.0\.0\.12, nginx\S* answers on port 80 instead of Certdesk \(HTTP 404\)\.$/,
    );
    await expect(rig.issue(name)).rejects.toThrow('invalid');
    await nginx.change(`location / { return 404; }\n${paste(found)}`);
    expect(await find()).toBeUndefined();
    await isIssued(name);
  });

  it('prints what exempts the challenges from a redirect that CAs do not follow', async () => {
    const name = nameOf('moved');
    const port = rig.pebble.httpPort;
    const redirect = 'return 302 https://moved.example.com:8443$request_uri;';
    const nginx = await startNginxSite({ address: ADDRESSES.moved, port }, redirect);
    closing.push(nginx.stop);
    const found = await rig.find('redirect-not-followed', name);
    expect(found?.message).toContain('redirects to port 8443');
    // Outside of a location, it precedes every location: the second fix says so.
    await nginx.change(`${redirect}\n${paste(found)}`);
    expect(await rig.find('redirect-not-followed', name)).toBeDefined();
    await nginx.change(paste(found));
    expect(await rig.find('redirect-not-followed', name)).toBeUndefined();
    await isIssued(name);
  });

  it('prints the command that finds the process on port 80 that does not speak HTTP', async () => {
    const [name, address, port] = [nameOf('mail'), ADDRESSES.mail, rig.pebble.httpPort];
    await startMailServer(address, port);
    const found = await rig.find('port-80-not-http', name);
    expect(found).toMatchObject({ severity: 'critical' });
    await expect(rig.issue(name)).rejects.toThrow('invalid');
    await stopListener(found, address, port);
    await openPort80(address);
    expect(await rig.find('port-80-not-http', name)).toBeUndefined();
    await isIssued(name);
  });

  it('prints the command that finds the process on port 443 that does not speak TLS', async () => {
    const [name, address, port] = [nameOf('mail443'), ADDRESSES.mail443, rig.pebble.tlsPort];
    await startMailServer(address, port);
    const found = await rig.find('port-443-not-tls', name, 'tls-alpn-01');
    expect(found).toMatchObject({ severity: 'critical' });
    await stopListener(found, address, port);
    const answers = await openPort443(address);
    expect(await rig.find('port-443-not-tls', name, 'tls-alpn-01')).toBeUndefined();
    await isIssued(name, answers);
  });

  it('finds a closed port 80, which DNS-01 does not need', async () => {
    const name = nameOf('closed');
    const found = await rig.find('port-80-unreachable', name);
    expect(found).toMatchObject({
      message: 'Port 80 of 127.0.0.9 is closed (ECONNREFUSED).',
      fixes: [{ kind: 'command' }, { text: 'Validation method: DNS-01', instead: true }],
    });
    expect((await rig.examine([name], { challenge: 'dns-01' })).findings).toEqual([]);
    await isIssued(name, rig.inZone(ZONE));
  });

  it('finds a closed port 443, and nothing after it is opened or another method is selected', async () => {
    const name = nameOf('closed443');
    const found = await rig.find('port-443-unreachable', name, 'tls-alpn-01');
    expect(found?.fixes[1]?.text).toBe('Validation method: HTTP-01 or DNS-01');
    await isIssued(name, rig.inZone(ZONE));
    await openPort80(ADDRESSES.closed443);
    expect((await rig.examine([name])).findings.map(({ code }) => code)).toEqual(['private-address']);
    await isIssued(name);
    const answers = await openPort443(ADDRESSES.closed443);
    expect(await rig.find('port-443-unreachable', name, 'tls-alpn-01')).toBeUndefined();
    await isIssued(name, answers);
  });

  it('finds a private address, which DNS-01 does not need', async () => {
    const name = nameOf('closed');
    const found = await rig.find('private-address', name);
    expect(found?.fixes[1]).toEqual({ kind: 'setting', text: 'Validation method: DNS-01', instead: true });
    expect(await rig.find('private-address', name, 'dns-01')).toBeUndefined();
    await isIssued(name, rig.inZone(ZONE));
    await rig.apply(ZONE, found?.fixes ?? []);
    expect(await rig.find('private-address', name)).toBeUndefined();
    expect(await rig.find('unresolved', name)).toBeDefined(); // until the public address is added
  });
});
