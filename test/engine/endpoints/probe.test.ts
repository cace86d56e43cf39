// The probe at servers that do not speak TLS properly, and at addresses to which it must not connect.
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createProbe } from '../../../src/main/engine/endpoints/probe.ts';
import type { ProbeTarget, Sighting } from '../../../src/main/engine/endpoints/sighting.ts';
import { createAddressPolicy } from '../../../src/main/engine/outgoing/address-policy.ts';
import { type PlaintextServer, startPlaintextServer } from '../../support/endpoints/plaintext-servers.ts';
import { LOOPBACK_POLICY } from '../../support/tools/network.ts';

const clock = { now: () => new Date('2026-11-30T00:00:00Z') };
const probe = createProbe({ policy: LOOPBACK_POLICY, clock });
const SHORT_MS = 400;

const open: PlaintextServer[] = [];
afterEach(() => open.splice(0).forEach((server) => void server.close()));

async function start(serve: (socket: Socket) => void): Promise<ProbeTarget> {
  const server = await startPlaintextServer(serve);
  open.push(server);
  return { address: '127.0.0.1', port: server.port, serverName: 'a.example', protocol: 'tls' };
}

const see = (
  target: ProbeTarget,
  timeoutMs = 60_000,
  signal = new AbortController().signal,
): Promise<Sighting> => probe(target, { signal, origin: 'named', timeoutMs });

describe('the probe of a port with TLS', () => {
  it.each([
    ['text', '220 mail.example.com ESMTP\r\n'],
    ['an HTTP error', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['bytes', '\xde\xad\xbe\xef'.repeat(50)],
  ])('says that the server answers without TLS: %s', async (_, answer) => {
    const target = await start((socket) => void socket.once('data', () => socket.write(answer, 'latin1')));
    expect(await see(target)).toEqual({
      state: 'failed',
      address: '127.0.0.1',
      code: 'plaintext-only',
      message: `127.0.0.1:${target.port} answers, but not with TLS.`,
      at: '2026-11-30T00:00:00Z',
    });
  });

  it('creates one key share, although it offers post-quantum groups as well', async () => {
    const hello = Promise.withResolvers<Buffer>();
    const target = await start(
      (socket) =>
        void socket.once('data', (data) => {
          hello.resolve(data);
          socket.end();
        }),
    );
    await see(target);
    const extensions = readExtensions(await hello.promise);
    const groups = extensions.get(SUPPORTED_GROUPS)?.subarray(2).toString('hex').match(/.{4}/g);
    expect(groups).toEqual(['001d', '11ec', '0017', '001e', '0018', '0019', '0100', '0101']);
    const x25519 = '001d0020';
    expect(extensions.get(KEY_SHARE)?.toString('hex')).toMatch(new RegExp(`^0024${x25519}.{64}$`));
  });

  it('says so too if the server speaks first, with 10 MB', async () => {
    const target = await start((socket) => void socket.write(Buffer.alloc(10_000_000, '220-banner ')));
    expect(await see(target)).toMatchObject({ code: 'plaintext-only' });
  });

  it.each([
    ['silent', () => undefined],
    ['dripping', (socket: Socket) => drip(socket)],
  ])('waits no longer than its time limit for a %s server', async (_, serve) => {
    const sighting = await see(await start(serve), SHORT_MS);
    expect(sighting).toMatchObject({
      code: 'timed-out',
      message: expect.stringMatching(/ did not complete the TLS handshake within 0\.4 seconds\.$/),
    });
  });

  it('reports a server that hangs up, and a port that nothing listens on', async () => {
    const target = await start((socket) => void socket.end());
    expect(await see(target)).toMatchObject({ code: 'closed' });
    open.pop()?.close();
    await expect
      .poll(async () => (await see(target)).state === 'failed' && (await see(target)))
      .toMatchObject({
        code: 'refused',
      });
  });

  it('stops when it is aborted, and leaves no connection', async () => {
    const abort = new AbortController();
    const closed = Promise.withResolvers<void>();
    const target = await start((socket) => {
      socket.on('close', () => closed.resolve()).resume();
      socket.once('data', () => abort.abort(new Error('enough')));
    });
    await expect(see(target, 60_000, abort.signal)).rejects.toThrow('enough');
    await closed.promise;
    await expect(see(target, 60_000, abort.signal), 'aborted before').rejects.toThrow('enough');
  });
});

describe('the addresses that the probe connects to', () => {
  const refused = async (
    policy: ReturnType<typeof createAddressPolicy>,
    address: string,
    origin: 'named' | 'open',
    port = 443,
  ) => {
    const target = { address, port, serverName: null, protocol: 'tls' } as const;
    return createProbe({ policy, clock })(target, {
      signal: new AbortController().signal,
      origin,
      timeoutMs: 2_000,
    });
  };

  it('are never cloud metadata services', async () => {
    for (const address of ['169.254.169.254', '::ffff:169.254.169.254', 'fd00:ec2::254'])
      expect(await refused(createAddressPolicy(), address, 'named'), address).toMatchObject({
        code: 'not-allowed',
      });
  });

  it('are never the listeners of this Certdesk, and private only if a person saved them', async () => {
    let accepted = 0;
    const { port } = await start((socket) => {
      accepted += 1;
      socket.end();
    });
    const own = createAddressPolicy({ listeners: () => [port] });
    expect(await refused(own, '127.0.0.1', 'named', port)).toMatchObject({ code: 'not-allowed' });
    expect(await refused(createAddressPolicy(), '127.0.0.1', 'open', port)).toMatchObject({
      code: 'not-allowed',
    });
    await new Promise((resolve) => connect(port, '127.0.0.1').on('close', resolve).resume());
    expect(accepted, 'only the connection of the test').toBe(1);
    expect(await refused(createAddressPolicy(), '127.0.0.1', 'named', port)).toMatchObject({
      code: 'closed',
    });
  });
});

/** The header of a handshake record of 16 KB, and then a byte every few milliseconds. */
function drip(socket: Socket): void {
  socket.write(Buffer.from('1603034000', 'hex'));
  const timer = setInterval(() => socket.write(Buffer.from([0])), 20);
  socket.on('close', () => clearInterval(timer));
}

/** RFC 8446 section 4.2. */
const SUPPORTED_GROUPS = 10;
const KEY_SHARE = 51;

/** The extensions of a ClientHello in one record (RFC 8446 section 4.1.2). */
function readExtensions(record: Buffer): ReadonlyMap<number, Buffer> {
  let at = 5 + 4 + 2 + 32; // headers of the record and the message, version, random
  at += 1 + record.readUInt8(at); // session
  at += 2 + record.readUInt16BE(at); // cipher suites
  at += 1 + record.readUInt8(at) + 2; // compression
  const found = new Map<number, Buffer>();
  while (at < record.length) {
    const end = at + 4 + record.readUInt16BE(at + 2);
    found.set(record.readUInt16BE(at), record.subarray(at + 4, end));
    at = end;
  }
  return found;
}
