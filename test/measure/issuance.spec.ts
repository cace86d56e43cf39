// The short form of npm run bench: ratios measured in the same run, with room for a busy machine.
import { beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { measureIssuance } from '../bench/issuance-rows.ts';
import { measureMany } from '../bench/many-row.ts';
import { findPeers } from '../bench/peers.ts';
import { countRequests } from '../bench/requests-row.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['pebble', 'certbot'], 'the speed of issuance', () => {
  let certbotMs = Number.NaN;

  beforeAll(async () => expect(await ensureBuilt()).toBeNull(), 600_000);

  it('of one certificate is far faster than certbot’s, and close to the bare exchange', {
    timeout: 120_000,
  }, async () => {
    const peers = (await findPeers()).filter(({ name }) => name === 'certbot');
    const {
      certdesk,
      bare,
      peers: times,
    } = await measureIssuance({ keyType: 'ec', peers, turns: 3, bare: true });
    certbotMs = times.certbot?.medianMs ?? Number.NaN;
    console.info(
      `one certificate: Certdesk ${Math.round(certdesk.medianMs)} ms, bare ${Math.round(bare?.medianMs ?? 0)} ms, certbot ${Math.round(certbotMs)} ms`,
    );
    expect(certbotMs / certdesk.medianMs).toBeGreaterThan(8);
    // This detects the former fixed waits (two of 50 ms); the target of 1.5 needs a quiet machine.
    expect(certdesk.minMs / (bare?.minMs ?? 0)).toBeLessThan(5);
  });

  it('of 40 at once runs concurrently', { timeout: 120_000 }, async () => {
    const { totalMs, eachMs, cpuMsEach } = await measureMany(40);
    console.info(`40 at once: ${Math.round(totalMs)} ms, ${Math.round(cpuMsEach)} ms of CPU each`);
    expect(certbotMs / eachMs).toBeGreaterThan(15);
  });

  it('needs at most 8 requests to the CA', { timeout: 120_000 }, async () => {
    const { counts, paths } = await countRequests([]);
    expect(counts.certdesk, paths.join(' ')).toBeLessThanOrEqual(8);
  });
});
