// Answers of name servers, to queries and to updates (rfc2136), and mail servers' replies in their worst shapes: the
// event loop stays responsive.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { queryServer } from '../../src/main/engine/dns/lookup/query.ts';
import { sendMail } from '../../src/main/engine/notifications/smtp.ts';
import { openProvider } from '../support/dns/provider-on-stand-in.ts';
import {
  type RawAnswer,
  startHostileMailServer,
  startHostileNameServer,
} from '../support/faults/hostile-sockets.ts';
import { measureBlocked, measureIdle } from '../support/tools/event-loop.ts';
import { LOOPBACK_POLICY } from '../support/tools/network.ts';

/** As in hostile-peers.spec.ts. */
const MOST_MS = 100;
const MOST_OF_IDLE = 10;
const MOST_MIB = 100;

let limitMs: number;
beforeAll(async () => {
  const idle = await measureIdle();
  limitMs = Math.max(MOST_MS, MOST_OF_IDLE * (idle.toSorted((a, b) => a - b)[2] ?? 0));
});
const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
});

async function expectUnblocked(name: string, work: () => Promise<unknown>): Promise<void> {
  const { ms, mib } = await measureBlocked(work);
  console.info(`${name}: ${ms.toFixed(0)} ms, ${mib.toFixed(0)} MiB`);
  expect.soft(ms, `${name}: time that the event loop was blocked`).toBeLessThan(limitMs);
  expect.soft(mib, `${name}: memory`).toBeLessThan(MOST_MIB);
}

/** The octets of the answer section start after the header and the question. */
const QUESTION = '_acme-challenge.example.com';
const START = 12 + QUESTION.length + 2 + 4;
const SIZE = 65_535 - START;

const pointer = (at: number) => Buffer.of(0xc0 | (at >> 8), at & 0xff);
/** TYPE, CLASS IN, TTL 60, RDLENGTH. */
const head = (type: number, length: number) =>
  Buffer.of(0, type, 0, 1, 0, 0, 0, 60, length >> 8, length & 0xff);
const fill = (piece: Buffer) =>
  Buffer.concat(Array.from({ length: Math.floor(SIZE / piece.length) }, () => piece));

/** A name of 127 labels, then records whose names point at it. */
function longNames(type: number, data: (at: number) => Buffer) {
  const name = Buffer.concat([Buffer.from('0161'.repeat(126), 'hex'), Buffer.of(0)]);
  const own = data(START);
  const first = Buffer.concat([name, head(type, own.length), own]);
  const record = Buffer.concat([pointer(START), head(type, own.length), own]);
  const more = Math.floor((SIZE - first.length) / record.length);
  return { count: more + 1, records: Buffer.concat([first, ...Array.from({ length: more }, () => record)]) };
}

/** Each name is one label and a pointer to the previous one. */
function pointerChain() {
  const parts: Buffer[] = [];
  let at = START;
  let last: number | null = null;
  while (at < 0x3fff - 32) {
    const name: Buffer =
      last === null ? Buffer.from('016100', 'hex') : Buffer.concat([Buffer.of(1, 0x61), pointer(last)]);
    const record = Buffer.concat([name, head(5, 2), pointer(at)]);
    parts.push(record);
    last = at;
    at += record.length;
  }
  return { count: parts.length, records: Buffer.concat(parts) };
}

const ANSWERS: [string, () => RawAnswer][] = [
  [
    'records without end',
    () => ({ count: 65_535, records: fill(Buffer.concat([Buffer.of(0), head(16, 0)])) }),
  ],
  [
    'empty TXT strings',
    () => ({
      count: 1,
      records: Buffer.concat([Buffer.of(0), head(16, SIZE - 11), Buffer.alloc(SIZE - 11)]),
    }),
  ],
  ['long names', () => longNames(1, () => Buffer.alloc(4))],
  ['long names that name long names', () => longNames(5, (at) => pointer(at))],
  ['a chain of pointers', pointerChain],
  [
    'a pointer at itself',
    () => ({ count: 1, records: Buffer.concat([pointer(START), head(1, 4), Buffer.alloc(4)]) }),
  ],
  ['noise', () => ({ count: 65_535, records: Buffer.alloc(SIZE, 0x3f) })],
  ['an octet each 20 ms', () => ({ ...longNames(1, () => Buffer.alloc(4)), delivery: 'drip' })],
  ['octets without end', () => ({ ...longNames(1, () => Buffer.alloc(4)), delivery: 'endless' })],
];

it.each(ANSWERS)('a DNS answer of %s', async (name, make) => {
  const server = await startHostileNameServer(make());
  stops.push(server.stop);
  const question = { name: QUESTION, type: 'TXT' } as const;
  await expectUnblocked(name, () =>
    queryServer({ host: '127.0.0.1', port: server.port }, question, {
      policy: LOOPBACK_POLICY,
      origin: 'open',
      recursive: false,
      timeoutMs: 3_000,
      signal: AbortSignal.timeout(10_000),
    }),
  );
});

it.each(ANSWERS)('rfc2136: an answer to an update of %s', { timeout: 60_000 }, async (name, make) => {
  const server = await startHostileNameServer(make());
  stops.push(server.stop);
  const credentials = {
    nameserver: `127.0.0.1:${server.port}`,
    tsigKeyName: 'key',
    tsigSecret: Buffer.from('a secret of the test').toString('base64'),
  };
  const { provider } = await openProvider('rfc2136', {
    endpoint: null,
    credentials,
    secrets: [credentials.tsigSecret],
    timeoutMs: 700,
  });
  const record = { zone: { id: 'example.com', name: 'example.com' }, name: QUESTION, value: 'x' };
  const signal = AbortSignal.timeout(30_000);
  await expectUnblocked(`rfc2136 ${name}`, async () => {
    await provider.addTxt(record, signal).catch(() => undefined);
    await provider.removeTxt(provider.refFor?.(record) ?? null, signal).catch(() => undefined);
  });
});

it.each([
  ['one line without end', '2'],
  ['one reply without end', '220-more to come\r\n'],
  ['replies without end', '220 ready\r\n'],
  ['empty lines', '\r\n'],
])('a mail server that sends %s', { timeout: 60_000 }, async (name, line) => {
  const server = await startHostileMailServer(line);
  stops.push(server.stop);
  const mail = {
    server: {
      host: '127.0.0.1',
      port: server.port,
      security: 'none',
      username: null,
      from: 'certdesk@example.com',
      to: ['a@example.com'],
      rootCertificate: null,
    },
    origin: 'named',
    password: null,
    id: 'd',
    subject: 's',
    text: 't',
    date: new Date(),
  } as const;
  await expectUnblocked(name, () =>
    sendMail(
      LOOPBACK_POLICY,
      { ...mail, server: { ...mail.server, to: ['a@example.com'] } },
      AbortSignal.timeout(8_000),
    ),
  );
});
