// Signs a zone file once, with the dates that a test wants: BIND itself keeps the signatures of its zones valid.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from '../tools/tools.ts';

const run = promisify(execFile);

/** When the signatures are valid, YYYYMMDDHHMMSS in UTC. */
export interface SignatureDates {
  readonly from: string;
  readonly until: string;
}

/** Writes `NAME.signed` beside the zone file NAME. @param folder Of the zone file; gets the key, too. */
export async function signZone(folder: string, zone: string, { from, until }: SignatureDates): Promise<void> {
  const options = { cwd: folder };
  const keygen = ['-q', '-a', 'ECDSAP256SHA256', '-f', 'KSK', '-K', folder, zone];
  await run(toolPath('CERTDESK_TEST_DNSSEC_KEYGEN'), keygen, options);
  const dates = ['-s', from, '-e', until];
  const files = ['-o', zone, '-f', `${zone}.signed`, join(folder, zone)];
  // One key for everything (-z), and no check of the result (-P), which would refuse expired signatures.
  const sign = ['-S', '-z', '-P', '-K', folder, ...dates, ...files];
  await run(toolPath('CERTDESK_TEST_DNSSEC_SIGNZONE'), sign, options);
}
