// Signs a zone file once, with the dates that a test wants: BIND itself keeps the signatures of its zones valid.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from '../tools/tools.ts';
import type { Bind } from './bind.ts';

const run = promisify(execFile);

/** When the signatures are valid, YYYYMMDDHHMMSS in UTC. */
export interface SignatureDates {
  readonly from: string;
  readonly until: string;
}

/** Writes `NAME.signed` beside the zone file NAME. @param folder Of the zone file; gets the key, too. */
export async function signZone(folder: string, zone: string, { from, until }: SignatureDates): Promise<void> {
  const options = { cwd: folder };
  const keygen = ['-q', '-a', 'ECDSAP256SHA256', '-K', folder];
  await run(toolPath('CERTDESK_TEST_DNSSEC_KEYGEN'), [...keygen, '-f', 'KSK', zone], options);
  await run(toolPath('CERTDESK_TEST_DNSSEC_KEYGEN'), [...keygen, zone], options);
  const dates = ['-s', from, '-e', until];
  const files = ['-o', zone, '-f', `${zone}.signed`, join(folder, zone)];
  // No check of the result (-P), which would refuse expired signatures.
  const sign = ['-S', '-P', '-K', folder, ...dates, ...files];
  await run(toolPath('CERTDESK_TEST_DNSSEC_SIGNZONE'), sign, options);
}

/**
 * Signs the zone as the doctor prints it: `dnssec-signzone … ZONE-FILE && rndc reload ZONE`. The test's BIND has no control
 * channel, and reloads on SIGHUP.
 */
export async function signAgain(bind: Bind, zone: string, command: string): Promise<void> {
  const [sign = '', reload] = command.replace('ZONE-FILE', zone).split(' && ');
  const [program, ...args] = sign.split(' ');
  if (program !== 'dnssec-signzone' || reload !== `rndc reload ${zone}`) throw new Error(command);
  await run(toolPath('CERTDESK_TEST_DNSSEC_SIGNZONE'), args, { cwd: bind.zoneFolder });
  process.kill(bind.pid, 'SIGHUP');
}
