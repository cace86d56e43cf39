// `certdesk doctor` as a user runs it: no server, no data folder; text, JSON, exit codes.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import type { DoctorReport } from '../../src/shared/doctor.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { type Bind, startBind } from '../support/dns/bind.ts';
import { answersFrom, startNameServer } from '../support/dns/name-server.ts';
import { runCli } from '../support/server/cli.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['pebble', 'bind9'], 'certdesk doctor', () => {
  let bind: Bind;
  let pebble: Pebble;
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-doctor-'));

  beforeAll(async () => {
    expect(await ensureBuilt()).toBeNull();
    bind = await startBind({
      zones: [{ name: 'example.com', records: ['caa CAA 0 issue "other.example"'] }],
    });
    pebble = await startPebble();
    writeFileSync(join(folder, 'root.pem'), pebble.rootPem);
  }, 600_000);
  afterAll(async () => {
    await Promise.all([bind?.stop(), pebble?.stop()]);
    rmSync(folder, { recursive: true });
  });

  const askBy = (resolver: string, ...args: readonly string[]) =>
    runCli(['doctor', '--dns-resolver', resolver, '--ca', pebble.directoryUrl, ...args], {
      env: { NODE_EXTRA_CA_CERTS: join(folder, 'root.pem'), NO_COLOR: '1', HOME: folder },
    });
  const doctor = (...args: readonly string[]) => askBy(bind.server, '--timeout', '60', ...args);

  it('exits with 0 if nothing is wrong, and creates no file', async () => {
    const { code, stdout, stderr } = await doctor('--challenge', 'dns-01', 'www.example.com');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining(['www.example.com', '  addresses 127.0.0.1', '  DNSSEC    unsigned', '  ok']),
    );
    expect(readdirSync(folder)).toEqual(['root.pem']);
  });

  it('prints a problem with the record that fixes it, and exits with 1', async () => {
    const args = ['--challenge', 'dns-01', 'caa.example.com'];
    const { code, stdout } = await doctor(...args);
    expect(code).toBe(1);
    const fix = 'caa.example.com. 300 IN CAA 0 issue "pebble.letsencrypt.org"';
    expect(stdout).toContain(`critical caa-forbids\n`);
    expect(stdout).toContain(`  Add the record: ${fix}\n`);
    const report: DoctorReport = JSON.parse((await doctor(...args, '--json')).stdout);
    expect(report.findings).toMatchObject([
      { code: 'caa-forbids', blocks: false, fixes: [{ kind: 'add-record', text: fix }] },
    ]);
  });

  it('waits for slow DNS servers as long as --timeout permits', async () => {
    const records = { 'slow.example.com A': ['127.0.0.1'] };
    // Longer than a query may take within the default of 3 s, whatever the machine does meanwhile.
    const slow = await startNameServer(answersFrom(records), { delayMs: 1_500 });
    try {
      const codesIn = async (seconds: string) => {
        const args = ['--challenge', 'dns-01', '--json', '--timeout', seconds, 'slow.example.com'];
        const { findings }: DoctorReport = JSON.parse((await askBy(slow.server, ...args)).stdout);
        return findings.map(({ code }) => code);
      };
      expect(await codesIn('3')).toContain('lookup-failed');
      expect(await codesIn('60')).not.toContain('lookup-failed');
    } finally {
      await slow.close();
    }
  });

  it.each([
    [[], "missing required argument 'name'"],
    [['a b'], 'The name a b contains a space'],
    [['--ca', 'nobody', 'a.example.com'], 'Unknown CA "nobody"'],
    [['--timeout', '0', 'a.example.com'], '--timeout must be 1 to 120 seconds, not 0'],
    [['--challenge', 'post-01', 'a.example.com'], 'Allowed choices are http-01'],
  ])('exits with 2 for the arguments %j', async (args, message) => {
    const { code, stderr } = await doctor(...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });
});
