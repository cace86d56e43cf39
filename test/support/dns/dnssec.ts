// DNSSEC for tests: a second BIND that validates what the first one serves, from the root key of the first, as the
// resolver of a CA does.
import { createHash } from 'node:crypto';
import { vi } from 'vitest';
import { type Bind, startBind } from './bind.ts';

/**
 * @param signed Started with signed zones; its root is signed, too.
 * @param port Default: a free one.
 */
export async function startValidator(signed: Bind, port?: number): Promise<Bind> {
  const anchor = await dsOf(signed, '.');
  return startBind({
    zones: [],
    ...(port === undefined ? {} : { port }),
    validate: { upstream: signed.server, anchor },
  });
}

/**
 * The DS record of a signed zone (RFC 4034 section 5): key tag, algorithm, digest type 2 (SHA-256), and digest. Waits
 * until BIND has signed the zone.
 */
export async function dsOf(bind: Bind, zone: string): Promise<string> {
  const line = await vi.waitFor(
    async () => {
      const keys = (await bind.lookup(zone, 'DNSKEY')).filter((each) => each.startsWith('257 '));
      const signatures = (await bind.lookup(zone, 'RRSIG')).filter((each) => each.startsWith('SOA '));
      const [key] = keys;
      if (key === undefined || signatures.length === 0) throw new Error(`${zone} is not signed yet`);
      return key;
    },
    { timeout: 60_000, interval: 100 },
  );
  const [flags, protocol, algorithm, ...key] = line.split(' ');
  const data = Buffer.concat([
    Buffer.from([Number(flags) >> 8, Number(flags) & 255, Number(protocol), Number(algorithm)]),
    Buffer.from(key.join(''), 'base64'),
  ]);
  const labels = zone === '.' ? [] : zone.split('.');
  const owner = labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  const digest = createHash('sha256').update(Buffer.concat([...owner, Buffer.from([0]), data]));
  return `${keyTag(data)} ${algorithm} 2 ${digest.digest('hex').toUpperCase()}`;
}

/** RFC 4034 appendix B. */
function keyTag(data: Buffer): number {
  const sum = data.reduce((total, octet, index) => total + (index % 2 === 0 ? octet << 8 : octet), 0);
  return (sum + (sum >> 16)) & 0xffff;
}
