// Where a CA's answers may lead: to no private address, unless a user or the administrator named that very address.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAcmeClient, createCsr } from '../../../src/main/engine/acme/client.ts';
import type { AcmeClient, AcmeSession } from '../../../src/main/engine/acme/contract.ts';
import { directoryOrigin, noteDirectory } from '../../../src/main/engine/acme/directory-origin.ts';
import { createTransport } from '../../../src/main/engine/acme/transport.ts';
import { type AddressOrigin, createAddressPolicy } from '../../../src/main/engine/outgoing/address-policy.ts';
import { type FakeCa, fakeDirectory, startFakeCa } from '../../support/acme/fake-ca.ts';
import { makeKey } from '../../support/acme/issue.ts';
import { failure } from '../../support/acme/rig.ts';
import { openTestDatabase } from '../../support/engine/database.ts';
import { portOf } from '../../support/tools/ports.ts';

const KEY = makeKey();
const CSR = await createCsr(['a.example'], KEY);
const signal = new AbortController().signal;
let ca: FakeCa;
let inside: Server;
let insideUrl: string;
let asked: string[];
const clients: AcmeClient[] = [];

beforeEach(async () => {
  ca = await startFakeCa();
  asked = [];
  inside = createServer((request, reply) => {
    asked.push(request.url ?? '');
    reply.end('{"an internal":"secret"}');
  });
  inside.listen(0, '127.0.0.1');
  await once(inside, 'listening');
  insideUrl = `http://127.0.0.1:${portOf(inside)}`;
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await ca?.stop();
  inside?.closeAllConnections();
  inside?.close();
});

/** Its directory is at `ca`, and this caller named it. */
function open(origin: AddressOrigin): AcmeSession {
  const client = createAcmeClient({
    addressPolicy: createAddressPolicy(),
    directoryOrigin: async () => origin,
    requestTimeoutMs: 20_000,
    userAgent: 'x',
  });
  clients.push(client);
  const accountUrl = `${ca.url}/account/1`;
  return client.session({ directoryUrl: ca.directoryUrl, accountKey: KEY, accountUrl, signal });
}

const refused = { code: 'ADDRESS_NOT_ALLOWED', details: { refusal: 'private' } };

describe('a directory in a private network', () => {
  it('is not requested if a token named it', async () => {
    await expect(open('open').directory()).rejects.toMatchObject(refused);
    expect(ca.requests).toEqual([]);
  });

  it('is requested if a user or the administrator named it', async () => {
    expect((await open('named').directory()).newOrder).toBe(`${ca.url}/new-order`);
  });
});

describe('a URL in a CA’s answers', () => {
  it.each(['newNonce', 'newOrder', 'newAccount'])(
    'is not followed into a private network if it is %s of the directory',
    async (name) => {
      ca.on('/directory', () => ({
        body: { ...fakeDirectory(ca.url), [name]: `${insideUrl}/admin/delete?x=1` },
      }));
      const session = open('named');
      const error = await failure(
        name === 'newAccount'
          ? session.createAccount({ email: null })
          : session.createOrder({ names: ['a.example'] }),
      );
      expect(error).toMatchObject(refused);
      expect(JSON.stringify(error.toBody())).not.toContain('an internal');
      expect(asked).toEqual([]);
    },
  );

  it.each(['order', 'authorization', 'challenge', 'finalize', 'certificate'])(
    'is not followed into a private network if it is that of the %s',
    async (what) => {
      const session = open('named');
      const url = `${insideUrl}/admin/delete?x=1`;
      const order = { url: `${ca.url}/order/1`, finalize: url, status: 'ready' as const };
      const calls = {
        order: () => session.getOrder(url),
        authorization: () => session.getAuthorization(url),
        challenge: () => session.completeChallenge(url),
        certificate: () => session.getCertificate(url),
        finalize: () =>
          session.finalizeOrder({ ...order, identifiers: [], authorizations: [], retryAfterMs: null }, CSR),
      };
      await expect(calls[what as keyof typeof calls]()).rejects.toMatchObject(refused);
      expect(asked).toEqual([]);
    },
  );

  it('must have the scheme of the directory', async () => {
    const transport = createTransport({
      addressPolicy: createAddressPolicy(),
      directoryOrigin: async () => 'named',
      requestTimeoutMs: 20_000,
      userAgent: 'x',
    });
    const send = (url: string, directoryUrl: string) =>
      failure(transport.send({ method: 'GET', url, directoryUrl }));
    const secure = 'https://ca.example/directory';
    for (const url of [insideUrl, 'http://ca.example/order/1', 'file:///etc/passwd', 'ftp://ca.example/'])
      expect(await send(url, secure), url).toMatchObject({ code: 'ACME_PROTOCOL_ERROR' });
    expect(await send('https://ca.example/', ca.directoryUrl)).toMatchObject({ code: 'ACME_PROTOCOL_ERROR' });
    expect(await send(insideUrl, 'http://ca.example/')).toMatchObject({ code: 'ACME_PROTOCOL_ERROR' });
    expect(asked).toEqual([]);
    await transport.close();
  });
});

describe('who named a directory', () => {
  const URL = 'https://ca.internal/acme/directory';
  const by = (kind: 'token' | 'window') => ({ kind, id: kind, name: `a ${kind}` });

  it('is recorded for a user and stays; a token approves nothing', async () => {
    const database = openTestDatabase();
    const { settings } = database.stores;
    const origin = () => directoryOrigin(settings, {}, URL);
    await noteDirectory(settings, URL, by('token'));
    expect(await origin()).toBe('open');
    await noteDirectory(settings, URL, by('window'));
    await noteDirectory(settings, URL, by('token'));
    expect(await origin()).toBe('named');
    expect(await settings.get('acme-directories')).toEqual({ [URL]: by('window') });
    await database.close();
  });

  it('is the administrator for those of --acme-directory', async () => {
    const database = openTestDatabase();
    const { settings } = database.stores;
    expect(await directoryOrigin(settings, { production: URL }, URL)).toBe('named');
    expect(await directoryOrigin(settings, { staging: URL }, URL)).toBe('named');
    await database.close();
  });
});
