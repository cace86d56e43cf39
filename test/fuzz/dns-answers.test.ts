// Whatever a name server sends: a parsed answer, or silence with its reason; never a failure, and it ends.
import dnsPacket from 'dns-packet';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { queryServer } from '../../src/main/engine/dns/lookup/query.ts';
import { type NameServer, startNameServer } from '../support/dns/name-server.ts';
import { damagedBytes } from '../support/faults/damaged.ts';
import { LOOPBACK_POLICY } from '../support/tools/network.ts';

const RUNS = process.env.CERTDESK_SOAK === '1' ? 3_000 : 80;
/** The time-out of an answer that is dropped. */
const TIMEOUT_MS = 25;
const QUESTION = { name: '_acme-challenge.shop.example.com', type: 'TXT' } as const;
const encode = (answers: dnsPacket.Answer[]): Buffer =>
  dnsPacket.encode({
    type: 'response',
    id: 0,
    flags: dnsPacket.AUTHORITATIVE_ANSWER,
    questions: [QUESTION],
    answers,
  });
const { name } = QUESTION;
const SAMPLES = [
  encode([{ type: 'TXT', name, ttl: 60, data: ['a value', Buffer.from('another')] }]),
  encode([
    { type: 'CNAME', name, ttl: 60, data: 'elsewhere.example.net' },
    { type: 'A', name: 'elsewhere.example.net', ttl: 60, data: '192.0.2.1' },
    { type: 'AAAA', name: 'elsewhere.example.net', ttl: 60, data: '2001:db8::1' },
    {
      type: 'SOA',
      name: 'example.com',
      ttl: 60,
      data: {
        mname: 'ns1.example.com',
        rname: 'h.example.com',
        serial: 1,
        refresh: 1,
        retry: 1,
        expire: 1,
        minimum: 1,
      },
    },
    { type: 'NS', name: 'example.com', ttl: 60, data: 'ns1.example.com' },
  ]),
  // A name that points at itself (RFC 1035 section 4.1.4).
  Buffer.concat([encode([]).subarray(0, 12), Buffer.from('c00c00100001', 'hex')]),
];

let server: NameServer;
let bytes: Buffer = Buffer.alloc(0);
beforeAll(async () => {
  server = await startNameServer(({ id }) => {
    const answer = Buffer.from(bytes);
    if (answer.length >= 2) answer.writeUInt16BE(id, 0); // otherwise it would be skipped unread
    return answer;
  });
});
afterAll(() => server?.close());

const ask = (timeoutMs: number) => {
  const guard = { policy: LOOPBACK_POLICY, origin: 'open' } as const;
  const options = { ...guard, recursive: false, timeoutMs, signal: new AbortController().signal };
  return queryServer({ host: '127.0.0.1', port: server.port }, QUESTION, options);
};

it.each(SAMPLES.slice(0, 2))('an intact one is read', async (sample) => {
  bytes = sample;
  expect(await ask(20_000)).toMatchObject({ silent: false, rcode: 'NOERROR' });
});

it('a damaged one is read or dropped', async () => {
  await fc.assert(
    fc.asyncProperty(damagedBytes(...SAMPLES), async (sent) => {
      bytes = sent;
      const reply = await ask(TIMEOUT_MS);
      if (reply.silent) return void expect(reply.reason.length).toBeGreaterThan(0);
      for (const record of [...reply.answers, ...reply.authorities]) {
        expect(typeof record.value).toBe('string');
        expect(record.ttl).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: RUNS },
  );
});
