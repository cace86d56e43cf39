// Names whose lookups fail: zone files that BIND does not load, and a domain that its parent zone no longer delegates. The
// test runs the printed command, repairs the zone, and issues.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DoctorFinding } from '../../../src/shared/doctor.ts';
import { type Bind, startBind } from '../../support/dns/bind.ts';
import { type DoctorRig, startDoctorRig } from '../../support/doctor/doctor-rig.ts';
import { describeWith, toolPath } from '../../support/tools/tools.ts';

/** A CNAME beside other records, for which BIND refuses to load the zone. */
const MISTAKE = '@ CNAME elsewhere';
const BROKEN = 'broken.test';
const PARENT = 'parent.test';
const EXPIRED = 'expired.com';

describeWith(['pebble', 'bind9'], 'the doctor on names whose lookups fail', () => {
  let rig: DoctorRig;
  /** Serves the domain whose delegation ends. */
  let other: Bind;

  beforeAll(async () => {
    other = await startBind({ zones: [{ name: EXPIRED }], address: '127.0.0.2' });
    const zones = [
      { name: BROKEN, records: [MISTAKE] },
      { name: PARENT, records: [MISTAKE] },
      { name: `child.${PARENT}` },
      { name: 'example.com' }, // another domain of the top-level domain, which would not exist otherwise
    ];
    rig = await startDoctorRig(zones, false, { port: other.port, forward: { [EXPIRED]: other.server } });
  }, 120_000);
  afterAll(async () => {
    await Promise.all([rig?.stop(), other?.stop()]);
  });

  /** @returns the text before */
  async function edit(file: string, change: (text: string) => string): Promise<string> {
    const path = join(rig.bind.zoneFolder, file);
    const text = await readFile(path, 'utf8');
    const changed = change(text);
    if (changed === text) throw new Error(`nothing to change in ${text}`);
    await writeFile(path, changed);
    process.kill(rig.bind.pid, 'SIGHUP');
    return text;
  }

  const repair = (zone: string) => edit(zone, (text) => text.replace(MISTAKE, ''));

  /** Runs the printed command at the rig's server. @returns the response code */
  async function dig(found: DoctorFinding | undefined): Promise<string | undefined> {
    const [program, ...query] = found?.fixes[0]?.text.split(' ') ?? [];
    if (program !== 'dig') throw new Error(`not a dig command: ${JSON.stringify(found)}`);
    const at = [`@${rig.bind.address}`, '-p', String(rig.bind.port)];
    const { stdout } = await promisify(execFile)(toolPath('CERTDESK_TEST_DIG'), [...at, ...query]);
    return /status: (\w+)/.exec(stdout)?.[1];
  }

  it('prints the lookup that fails, and finds nothing after the zone is repaired', async () => {
    const name = `www.${BROKEN}`;
    const found = await rig.find('lookup-failed', name);
    expect(found).toMatchObject({ severity: 'critical', message: expect.stringContaining('SERVFAIL') });
    expect(found?.fixes).toEqual([{ kind: 'command', text: `dig ${name} A` }]);
    expect(await dig(found)).toBe('SERVFAIL');
    await expect(rig.issue(name)).rejects.toThrow();
    await repair(BROKEN);
    await expect.poll(() => dig(found)).toBe('NOERROR');
    expect(await rig.find('lookup-failed', name)).toBeUndefined();
    expect(await rig.issue(name)).toContain('BEGIN CERTIFICATE');
  });

  it('prints the CAA lookup that fails above a name that resolves', async () => {
    const name = `www.child.${PARENT}`;
    const found = await rig.find('caa-lookup-failed', name);
    expect(found).toMatchObject({ severity: 'critical', message: expect.stringContaining('SERVFAIL') });
    expect(found?.fixes).toEqual([{ kind: 'command', text: `dig ${PARENT} CAA` }]);
    expect(await rig.find('lookup-failed', name)).toBeUndefined();
    expect(await dig(found)).toBe('SERVFAIL');
    await repair(PARENT);
    await expect.poll(() => dig(found)).toBe('NOERROR');
    expect(await rig.find('caa-lookup-failed', name)).toBeUndefined();
    expect(await rig.issue(name)).toContain('BEGIN CERTIFICATE');
  });

  it('names the domain that its registry no longer delegates', async () => {
    const name = `www.${EXPIRED}`;
    expect(await rig.find('no-zone', name)).toBeUndefined();
    const isDelegation = (line: string) => line.includes(`${EXPIRED}.`);
    const before = await edit('root', (text) =>
      text
        .split('\n')
        .filter((line) => !isDelegation(line))
        .join('\n'),
    );
    await expect.poll(() => rig.find('no-zone', name)).toBeDefined();
    const found = await rig.find('no-zone', name);
    expect(found?.fixes).toEqual([{ kind: 'command', text: `whois ${EXPIRED}` }]);
    await expect(rig.issue(name)).rejects.toThrow();
    await edit('root', () => before); // the domain is renewed
    await expect.poll(() => rig.find('no-zone', name)).toBeUndefined();
    expect(await rig.issue(name)).toContain('BEGIN CERTIFICATE');
  });
});
