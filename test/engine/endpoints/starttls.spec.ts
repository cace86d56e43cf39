// The conformance suite of the STARTTLS protocols: every protocol, and every way in which a server may misbehave.
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createProbe } from '../../../src/main/engine/endpoints/probe.ts';
import type { Sighting } from '../../../src/main/engine/endpoints/sighting.ts';
import { PROTOCOLS } from '../../../src/shared/endpoint.ts';
import type { ServedPair } from '../../support/daemons/daemon.ts';
import { createTestPki, NAME } from '../../support/endpoints/chains.ts';
import {
  DIALOGUES,
  type PlaintextServer,
  type StartTlsProtocol,
  speak,
  startPlaintextServer,
  upgrade,
} from '../../support/endpoints/plaintext-servers.ts';
import { LOOPBACK_POLICY } from '../../support/tools/network.ts';
import { createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';
import { describeWith } from '../../support/tools/tools.ts';

const probe = createProbe({ policy: LOOPBACK_POLICY, clock: { now: () => new Date() } });
const STARTTLS = PROTOCOLS.filter((each): each is StartTlsProtocol => each !== 'tls');
/** The server never speaks first, so its clients wait in vain even for a greeting. */
const SHORT_MS = 400;

describeWith('openssl', 'the probe through a plaintext protocol', () => {
  let openssl: OpenSsl;
  let pair: ServedPair;
  const open: PlaintextServer[] = [];

  beforeAll(async () => {
    openssl = await createOpenSsl();
    const pki = await createTestPki(openssl);
    const { certificate, privateKey } = await pki.issueLeaf();
    pair = { chain: certificate + pki.lower.certificate + pki.upper.certificate, privateKey };
  });
  afterEach(() => open.splice(0).forEach((server) => void server.close()));
  afterAll(() => openssl?.remove());

  async function see(
    protocol: StartTlsProtocol,
    serve: Parameters<typeof startPlaintextServer>[0],
    { timeoutMs = 60_000, signal = new AbortController().signal } = {},
  ): Promise<Sighting> {
    const server = await startPlaintextServer(serve);
    open.push(server);
    const target = { address: '127.0.0.1', port: server.port, serverName: NAME, protocol };
    const sighting = await probe(target, { signal, origin: 'named', timeoutMs });
    expect(server.complaints).toEqual([]);
    return sighting;
  }

  describe.each(STARTTLS)('%s', (protocol) => {
    const { accepts, refuses } = DIALOGUES[protocol];

    it.each([
      ['in whole answers', false],
      ['in answers of single bytes', true],
    ])('sees the chain %s', async (_, inPieces) => {
      const sighting = await see(protocol, async (socket, complain) => {
        await speak(socket, accepts, complain, inPieces);
        upgrade(socket, pair);
      });
      expect(sighting).toMatchObject({ state: 'presented', tlsVersion: 'TLSv1.3', outdated: false });
      expect(sighting.state === 'presented' && sighting.chain.length).toBe(3);
    });

    it('says that STARTTLS is not offered', async () => {
      const sighting = await see(protocol, (socket, complain) => speak(socket, refuses, complain));
      expect(sighting).toMatchObject({ state: 'failed', code: 'starttls-not-offered' });
    });

    if (protocol === 'xmpp-client')
      it('says that an XMPP server does not serve the domain', async () => {
        const sighting = await see(protocol, async (socket, complain) => {
          await speak(socket, refuses.slice(0, 1), complain);
          const [header = ''] = String(refuses[1]?.say).split('<stream:features');
          const error = "<host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>";
          socket.write(`${header}<stream:error>${error}</stream:error></stream:stream>`);
        });
        expect(sighting).toMatchObject({
          code: 'protocol-error',
          message: expect.stringMatching(/is an XMPP server, but does not serve mail\.example\.com\.$/),
        });
      });

    it('refuses bytes after the go-ahead, which may have been injected', async () => {
      const sighting = await see(protocol, async (socket, complain) => {
        const before = accepts.slice(0, -1);
        await speak(socket, before, complain);
        const last = Buffer.from(accepts.at(-1)?.say ?? '');
        socket.write(Buffer.concat([last, Buffer.from('injected\r\n')]));
      });
      // MySQL has no go-ahead: TLS starts, and meets the bytes.
      const code = protocol === 'mysql' ? 'plaintext-only' : 'protocol-error';
      expect(sighting).toMatchObject({ state: 'failed', code });
    });

    it.each([
      ['text', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
      ['bytes', '\x00\x01\xff\xfe\n\x80'.repeat(20)],
    ])('refuses garbage: %s', async (_, garbage) => {
      const sighting = await see(protocol, (socket) => void socket.write(garbage, 'latin1'), {
        timeoutMs: SHORT_MS,
      });
      expect(sighting.state).toBe('failed');
      if (sighting.state === 'failed') expect(['protocol-error', 'timed-out']).toContain(sighting.code);
    });

    it('waits no longer than its time limit for a silent server', async () => {
      const sighting = await see(protocol, () => undefined, { timeoutMs: SHORT_MS });
      expect(sighting).toMatchObject({
        code: 'timed-out',
        message: expect.stringMatching(/did not complete STARTTLS within 0\.4 seconds\.$/),
      });
    });

    it('waits no longer for a server that drips', async () => {
      const sighting = await see(
        protocol,
        (socket) => drip(socket, DRIPS[protocol] ?? accepts[0]?.say ?? ''),
        {
          timeoutMs: SHORT_MS,
        },
      );
      expect(sighting).toMatchObject({ state: 'failed', code: 'timed-out' });
    });

    it('reads no more than 64 KiB of a banner of 10 MB', async () => {
      const written = Promise.withResolvers<boolean>();
      const sighting = await see(protocol, (socket) => {
        const banner = Buffer.alloc(10_000_000, protocol === 'ldap' ? bigLdap() : '220-banner ');
        socket.write(banner, (error) => written.resolve(error == null));
        socket.on('close', () => written.resolve(false));
      });
      expect(sighting).toMatchObject({ state: 'failed', code: 'protocol-error' });
      expect(await written.promise, 'the client hangs up before it has read everything').toBe(false);
    });

    it('reports a server that hangs up', async () => {
      const sighting = await see(protocol, (socket) => void socket.end());
      expect(sighting).toMatchObject({ state: 'failed', code: 'closed' });
    });

    it('stops when it is aborted', async () => {
      const abort = new AbortController();
      const seen = see(protocol, () => abort.abort(new Error('enough')), { signal: abort.signal });
      await expect(seen).rejects.toThrow('enough');
    });
  });
});

/** The beginning of an LDAPMessage of 10 MB. */
const bigLdap = (): Buffer =>
  Buffer.concat([Buffer.from('3084009896 80'.replace(' ', ''), 'hex'), Buffer.alloc(4096)]);

/** LDAP: a message of 16 MB. PostgreSQL answers with one byte: the record of TLS drips. */
const DRIPS: Partial<Record<StartTlsProtocol, Buffer>> = {
  ldap: Buffer.from('3084', 'hex'),
  postgres: Buffer.from('5316', 'hex'),
  'xmpp-client': Buffer.from('<?x'),
};

/** Sends a byte every few milliseconds, and never the end of an answer. */
function drip(socket: Socket, first: string | Buffer): void {
  const start = Buffer.from(first).subarray(0, 3);
  let at = 0;
  const timer = setInterval(() => {
    socket.write(Buffer.from([start[at] ?? 0x03]));
    at += 1;
  }, 20);
  socket.on('close', () => clearInterval(timer));
}
