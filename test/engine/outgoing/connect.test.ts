// Connections: the address is checked when the connection is opened, after DNS.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AddressPolicy,
  createAddressPolicy,
  type LookUp,
} from '../../../src/main/engine/outgoing/address-policy.ts';
import {
  addressRefusal,
  connectTcp,
  createAgent,
  resolveAddress,
} from '../../../src/main/engine/outgoing/connect.ts';
import { portOf } from '../../support/tools/ports.ts';

const NAME = 'rebinding.example.com';
const BOUNDS = { connectTimeoutMs: 5_000, maxResponseSize: 1_000 };
let server: Server;
let port: number;
let requests = 0;
let lookups = 0;

/** A name server that returns the next of these each time, and the last one repeatedly. */
function answering(...answers: readonly (readonly string[])[]): LookUp {
  return (_host, _options, callback) => {
    const addresses = answers[Math.min(lookups, answers.length - 1)] ?? [];
    lookups += 1;
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}

beforeEach(async () => {
  requests = 0;
  lookups = 0;
  server = createServer((_, reply) => {
    requests += 1;
    reply.setHeader('connection', 'close').end('an internal answer');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = portOf(server);
});
afterEach(() => void server?.close());

async function get(policy: AddressPolicy, url: string, origin: 'named' | 'open' = 'open'): Promise<string> {
  const { request } = await import('undici');
  const agent = await createAgent({ policy, origin, ...BOUNDS });
  try {
    return await (await request(url, { dispatcher: agent })).body.text();
  } finally {
    await agent.destroy();
  }
}

describe('an HTTP request', () => {
  it('reaches no private address, by address or by name', async () => {
    const policy = createAddressPolicy({ lookup: answering(['127.0.0.1']) });
    for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', NAME]) {
      const error = await get(policy, `http://${host}:${port}/`).catch((cause: unknown) => cause);
      expect(addressRefusal(error), host).toMatchObject({ code: 'ADDRESS_NOT_ALLOWED' });
    }
    expect(requests).toBe(0);
  });

  it('has neither the address nor the answer in its error', async () => {
    const policy = createAddressPolicy({ lookup: answering(['127.0.0.1']) });
    const error = await get(policy, `http://${NAME}:${port}/`).catch((cause: unknown) => cause);
    const refusal = addressRefusal(error);
    expect(refusal?.message).toMatch(/^rebinding\.example\.com points to a private network\./);
    expect(JSON.stringify(refusal?.toBody())).not.toContain('127.0.0.1');
  });

  it('resolves a name once per connection, and connects to the checked address (DNS rebinding)', async () => {
    const policy = createAddressPolicy({ lookup: answering(['127.0.0.1'], ['10.0.0.1']) });
    expect(await get(policy, `http://${NAME}:${port}/`, 'named')).toBe('an internal answer');
    expect(lookups).toBe(1);
  });

  it('checks again at the next connection', async () => {
    const own: number[] = [];
    const policy = createAddressPolicy({ lookup: answering(['127.0.0.1']), listeners: () => own });
    const { request } = await import('undici');
    const agent = await createAgent({ policy, origin: 'named', ...BOUNDS });
    const ask = async () => (await request(`http://${NAME}:${port}/`, { dispatcher: agent })).body.text();
    expect(await ask()).toBe('an internal answer');
    own.push(port);
    await expect(ask()).rejects.toMatchObject({ code: 'ADDRESS_NOT_ALLOWED' });
    await agent.destroy();
    expect(requests).toBe(1);
  });

  it('does not follow a redirect', async () => {
    server.removeAllListeners('request').on('request', (_, reply) => {
      reply.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end();
    });
    expect(await get(createAddressPolicy(), `http://127.0.0.1:${port}/`, 'named')).toBe('');
  });
});

describe('resolveAddress', () => {
  it('skips the private ones of several addresses', async () => {
    const policy = createAddressPolicy({ lookup: answering(['10.0.0.1', '8.8.8.8', '::1']) });
    expect(await resolveAddress(policy, { host: NAME, port: 53 }, 'open')).toBe('8.8.8.8');
  });
});

describe('a TCP connection', () => {
  it('is not opened to a private address', async () => {
    const policy = createAddressPolicy({ lookup: answering(['127.0.0.1']) });
    expect(() => connectTcp(policy, { host: '127.0.0.1', port }, 'open')).toThrow('private network');
    const socket = connectTcp(policy, { host: NAME, port }, 'open');
    const [error] = await once(socket, 'error');
    expect(error).toMatchObject({ code: 'ADDRESS_NOT_ALLOWED' });
  });

  it('is opened if the address was approved', async () => {
    const policy = createAddressPolicy({ lookup: answering(['127.0.0.1']) });
    const socket = connectTcp(policy, { host: NAME, port }, 'named');
    await once(socket, 'connect');
    socket.destroy();
  });
});
