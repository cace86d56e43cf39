// TSIG encoded by hand, and rfc2136 against servers that fail, lie or are missing.
import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { rfc2136 } from '../../../../../src/main/engine/dns/providers/rfc2136/rfc2136.ts';
import {
  signMessage,
  type TsigKey,
  verifyAnswer,
} from '../../../../../src/main/engine/dns/providers/rfc2136/tsig.ts';
import { type NameServer, type Respond, startNameServer } from '../../../../support/dns/name-server.ts';
import { openTestProvider } from '../../../../support/dns/test-provider.ts';

const signal = new AbortController().signal;
const SECRET = Buffer.from('0123456789abcdef0123456789abcdef');
const KEY: TsigKey = { name: 'Key.Example', algorithm: 'hmac-sha256', secret: SECRET };
const NOW = new Date('2026-11-05T12:00:00Z');
const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

/** Names, time (0x69eb…: 2026-11-05T12:00:00Z) and fudge in the layout of RFC 8945 section 4.3.3. */
const NAMES = hex('036b6579076578616d706c6500 00ff 00000000 0b686d61632d73686132353600');
const TIME = hex(`0000${Math.floor(NOW.getTime() / 1000).toString(16)} 012c`);
const RECORD_HEAD = hex('036b6579076578616d706c6500 00fa 00ff 00000000');
const ALGORITHM = hex('0b686d61632d73686132353600');
const hmac = (...parts: readonly Buffer[]) =>
  createHmac('sha256', SECRET).update(Buffer.concat(parts)).digest();
const u16 = (value: number) => hex(value.toString(16).padStart(4, '0'));
const header = (id: number, flags: string, additionals: number) =>
  Buffer.concat([u16(id), hex(flags), hex('000000000000'), u16(additionals)]);

/** An answer without sections, signed over the request's MAC. */
function signedAnswer(requestMac: Buffer, { id = 0x1234, rcode = 0, time = TIME, error = 0 } = {}): Buffer {
  const flags = `a80${rcode.toString(16)}`;
  const variables = Buffer.concat([NAMES, time, u16(error), u16(0)]);
  const mac = hmac(u16(32), requestMac, header(id, flags, 0), variables);
  const rdata = Buffer.concat([ALGORITHM, time, u16(32), mac, u16(id), u16(error), u16(0)]);
  return Buffer.concat([header(id, flags, 1), RECORD_HEAD, u16(rdata.length), rdata]);
}

describe('TSIG', () => {
  const request = header(0x1234, '2800', 0);

  test('signs a request as RFC 8945 specifies', () => {
    const mac = hmac(request, NAMES, TIME, u16(0), u16(0));
    const rdata = Buffer.concat([ALGORITHM, TIME, u16(32), mac, u16(0x1234), u16(0), u16(0)]);
    const signed = signMessage(request, KEY, NOW);
    expect(signed.mac).toEqual(mac);
    expect(signed.message.toString('hex')).toBe(
      Buffer.concat([header(0x1234, '2800', 1), RECORD_HEAD, u16(rdata.length), rdata]).toString('hex'),
    );
  });

  test('accepts the answer of the key holder, and rejects any altered octet', () => {
    const { mac } = signMessage(request, KEY, NOW);
    const answer = signedAnswer(mac);
    expect(verifyAnswer(answer, KEY, { mac, now: NOW })).toEqual({ state: 'signed', error: 'NOERROR' });
    for (let at = 0; at < answer.length; at += 1) {
      // The id of the message itself may differ (section 4.3.2): the original one was signed.
      if (at < 2) continue;
      const altered = Buffer.from(answer);
      altered[at] = (altered[at] ?? 0) ^ 0x01;
      expect(verifyAnswer(altered, KEY, { mac, now: NOW }).state, `octet ${at}`).not.toBe('signed');
    }
  });

  test('rejects an answer to another request, of another time or of another key', () => {
    const { mac } = signMessage(request, KEY, NOW);
    const answer = signedAnswer(mac);
    const later = new Date(NOW.getTime() + 301_000);
    expect(verifyAnswer(answer, KEY, { mac: Buffer.alloc(32), now: NOW }).state).toBe('forged');
    expect(verifyAnswer(answer, KEY, { mac, now: later }).state).toBe('forged');
    expect(verifyAnswer(answer, { ...KEY, name: 'other' }, { mac, now: NOW }).state).toBe('forged');
    expect(verifyAnswer(answer, { ...KEY, secret: Buffer.from('x') }, { mac, now: NOW }).state).toBe(
      'forged',
    );
  });

  test('detects an answer that is not signed, and one that is truncated', () => {
    expect(verifyAnswer(header(1, 'a800', 0), KEY, { mac: Buffer.alloc(32), now: NOW }).state).toBe(
      'unsigned',
    );
    const cut = signedAnswer(Buffer.alloc(32)).subarray(0, 60);
    expect(verifyAnswer(cut, KEY, { mac: Buffer.alloc(32), now: NOW }).state).toBe('forged');
  });
});

describe('a DNS server', () => {
  const started: NameServer[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.close()));
  });
  const start = async (update: Respond): Promise<NameServer> => {
    // The first query is for the current TTL.
    const server = await startNameServer((question) =>
      question.type === 'TXT' ? { rcode: 'REFUSED' } : update(question),
    );
    started.push(server);
    return server;
  };
  const credentials = (nameserver: string) => ({
    nameserver,
    tsigKeyName: 'key.example.',
    tsigSecret: SECRET.toString('base64'),
  });
  const RECORD = {
    zone: { id: 'example.com', name: 'example.com' },
    name: '_acme-challenge.example.com',
    value: 'v',
  };

  test('that answers without a signature is not trusted', async () => {
    const server = await start(() => ({}));
    const { provider } = openTestProvider(rfc2136, credentials(server.server));
    await expect(provider.addTxt(RECORD, signal)).rejects.toMatchObject({
      code: 'DNS_PROVIDER_UNAVAILABLE',
      message: expect.stringContaining('without a valid TSIG signature'),
    });
    expect(server.questions.every(({ tcp, type }) => tcp || type === 'TXT')).toBe(true);
  });

  test('that refuses without a signature does not say what is wrong with the key, and the error says so', async () => {
    const server = await start(() => ({ rcode: 'REFUSED' }));
    const { provider } = openTestProvider(rfc2136, credentials(server.server));
    await expect(provider.addTxt(RECORD, signal)).rejects.toMatchObject({
      code: 'DNS_CREDENTIALS_REJECTED',
      message: expect.stringMatching(
        /does not know the TSIG key key\.example .*, has another secret for it, or does not let it write in example\.com/,
      ),
    });
    expect(server.questions.filter(({ type }) => type === 'SOA')).toHaveLength(1);
  });

  test('that fails is asked three times', async () => {
    const server = await start(() => ({ rcode: 'SERVFAIL' }));
    const bench = openTestProvider(rfc2136, credentials(server.server));
    await expect(bench.provider.addTxt(RECORD, signal)).rejects.toMatchObject({
      code: 'DNS_PROVIDER_UNAVAILABLE',
      message: expect.stringMatching(/failed to update example\.com \(SERVFAIL\)/),
    });
    expect(server.questions.filter(({ type }) => type === 'SOA')).toHaveLength(3);
    expect(bench.pauses).toHaveLength(2);
    expect(bench.logged()).not.toContain(SECRET.toString('base64'));
  });

  test('that sends an invalid answer, or does not exist, is unreachable', async () => {
    const server = await start(() => Buffer.from('rubbish of some length'));
    const rubbish = openTestProvider(rfc2136, credentials(server.server)).provider.addTxt(RECORD, signal);
    await expect(rubbish).rejects.toThrow(/answers something other than the update/);
    await server.close();
    started.length = 0;
    const gone = openTestProvider(rfc2136, credentials(server.server)).provider.addTxt(RECORD, signal);
    await expect(gone).rejects.toMatchObject({
      code: 'DNS_PROVIDER_UNAVAILABLE',
      message: expect.stringContaining('does not answer: connection refused'),
    });
  });

  test('that hangs is left on abort', async () => {
    const abort = new AbortController();
    const reason = new Error('stop');
    const server = await start(() => {
      abort.abort(reason);
      return null;
    });
    const { provider } = openTestProvider(rfc2136, credentials(server.server));
    await expect(provider.addTxt(RECORD, abort.signal)).rejects.toBe(reason);
  });

  test.each([
    ['nameserver', { nameserver: 'https://ns1.example' }],
    ['tsigKeyName', { tsigKeyName: 'a key' }],
    ['tsigSecret', { tsigSecret: 'not base64!' }],
    ['tsigAlgorithm', { tsigAlgorithm: 'hmac-md5' }],
  ])('is not asked with a wrong %s', (field, wrong) => {
    expect(() => openTestProvider(rfc2136, { ...credentials('127.0.0.1:53'), ...wrong })).toThrow(
      expect.objectContaining({
        code: 'INVALID_REQUEST',
        details: { issues: [expect.objectContaining({ field: `dnsCredentials.${field}` })] },
      }),
    );
  });
});
