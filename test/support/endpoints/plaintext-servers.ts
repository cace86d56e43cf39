// Servers that speak the plaintext part of each STARTTLS protocol and then TLS: stand-ins, written from the RFCs and manuals
// that src/main/engine/endpoints/starttls names. They check what the client says, byte by byte. The real servers are in
// test/support/daemons.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Protocol } from '../../../src/shared/endpoint.ts';
import type { ServedPair } from '../daemons/daemon.ts';
import { portOf } from '../tools/ports.ts';

export type StartTlsProtocol = Exclude<Protocol, 'tls'>;

/** One step: what the server says, and what the client must answer (the rest of its bytes must match exactly). */
export interface Step {
  readonly say?: string | Buffer;
  readonly expect?: RegExp | Buffer;
}

const bytes = (hex: string): Buffer => Buffer.from(hex.replace(/\s/g, ''), 'hex');
const LDAP_REQUEST = Buffer.concat([bytes('301d 020101 7718 8016'), Buffer.from('1.3.6.1.4.1.1466.20037')]);
const ldapAnswer = (result: string) => bytes(`300c 020101 7807 0a01${result} 0400 0400`);
const mysqlGreeting = (capabilities: string) => {
  const payload = Buffer.concat([
    bytes('0a'),
    Buffer.from('10.11.19-MariaDB\0'),
    bytes('01000000 4142434445464748 00'),
    bytes(capabilities),
    bytes('2d 0200 ff81 15 00000000000000000000'),
    Buffer.from('ABCDEFGHIJKL\0mysql_native_password\0'),
  ]);
  return Buffer.concat([Buffer.from([payload.length, 0, 0, 0]), payload]);
};
const MYSQL_REQUEST = Buffer.concat([bytes('20000001 018a0000 00000001 2d'), Buffer.alloc(23)]);
const XMPP_HEADER =
  /^<\?xml version='1\.0'\?><stream:stream to='mail\.example\.com' xmlns='jabber:client' xmlns:stream='http:\/\/etherx\.jabber\.org\/streams' version='1\.0'>$/;
const XMPP_ANSWER =
  "<?xml version='1.0'?><stream:stream from='mail.example.com' id='1' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
const EHLO = /^EHLO \[127\.0\.0\.1\]\r\n$/;

interface Dialogue {
  /** Ends when TLS may start. */
  readonly accepts: readonly Step[];
  /** The server has no TLS. */
  readonly refuses: readonly Step[];
}

export const DIALOGUES: Readonly<Record<StartTlsProtocol, Dialogue>> = {
  smtp: {
    accepts: [
      { say: '220-mail.example.com\r\n220 ready\r\n', expect: EHLO },
      {
        say: '250-mail.example.com\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 HELP\r\n',
        expect: /^STARTTLS\r\n$/,
      },
      { say: '220 2.0.0 Ready to start TLS\r\n' },
    ],
    refuses: [{ say: '220 ready\r\n', expect: EHLO }, { say: '250-mail.example.com\r\n250 HELP\r\n' }],
  },
  imap: {
    accepts: [
      { say: '* OK [CAPABILITY IMAP4rev1] ready\r\n', expect: /^a1 STARTTLS\r\n$/ },
      { say: '* CAPABILITY IMAP4rev1\r\na1 OK Begin TLS negotiation now\r\n' },
    ],
    refuses: [{ say: '* OK ready\r\n', expect: /^a1 STARTTLS\r\n$/ }, { say: 'a1 BAD unknown\r\n' }],
  },
  pop3: {
    accepts: [{ say: '+OK ready\r\n', expect: /^STLS\r\n$/ }, { say: '+OK Begin TLS\r\n' }],
    refuses: [{ say: '+OK ready\r\n', expect: /^STLS\r\n$/ }, { say: '-ERR unknown command\r\n' }],
  },
  ldap: {
    accepts: [{ expect: LDAP_REQUEST }, { say: ldapAnswer('00') }],
    refuses: [{ expect: LDAP_REQUEST }, { say: ldapAnswer('35') }],
  },
  postgres: {
    accepts: [{ expect: bytes('00000008 04d2162f') }, { say: 'S' }],
    refuses: [{ expect: bytes('00000008 04d2162f') }, { say: 'N' }],
  },
  mysql: {
    accepts: [{ say: mysqlGreeting('feff'), expect: MYSQL_REQUEST }, {}],
    refuses: [{ say: mysqlGreeting('fef7') }],
  },
  ftp: {
    accepts: [
      { say: '220-Welcome\r\n  to FTP\r\n220 ready\r\n', expect: /^AUTH TLS\r\n$/ },
      { say: '234 Proceed with negotiation.\r\n' },
    ],
    refuses: [
      { say: '220 ready\r\n', expect: /^AUTH TLS\r\n$/ },
      { say: '530 Please login with USER and PASS.\r\n' },
    ],
  },
  'xmpp-client': {
    accepts: [
      { expect: XMPP_HEADER },
      {
        say: `${XMPP_ANSWER}<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>`,
        expect: /^<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'\/>$/,
      },
      { say: "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" },
    ],
    refuses: [{ expect: XMPP_HEADER }, { say: `${XMPP_ANSWER}<stream:features/>` }],
  },
};

export interface PlaintextServer {
  readonly port: number;
  /** Why a client's bytes were wrong; empty if none were. */
  readonly complaints: readonly string[];
  close(): void;
}

/** A server that hands each connection to `serve`, on 127.0.0.1. */
export async function startPlaintextServer(
  serve: (socket: Socket, complain: (why: string) => void) => Promise<void> | void,
): Promise<PlaintextServer> {
  const complaints: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.on('error', () => undefined));
    void serve(socket, (why) => complaints.push(why));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server),
    complaints,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** Holds the dialogue, in pieces of one byte if `pieces` says so. */
export async function speak(
  socket: Socket,
  steps: readonly Step[],
  complain: (why: string) => void,
  inPieces = false,
): Promise<void> {
  for (const { say, expect } of steps) {
    if (say !== undefined) await send(socket, Buffer.from(say), inPieces);
    if (expect === undefined) continue;
    const heard = await hear(socket, expect);
    if (heard !== null) complain(`${JSON.stringify(heard)} is not ${String(expect)}`);
  }
}

async function send(socket: Socket, data: Buffer, inPieces: boolean): Promise<void> {
  if (!inPieces) return void socket.write(data);
  for (const byte of data) {
    socket.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Reads exactly what is expected. @returns null, or what came instead */
async function hear(socket: Socket, expected: RegExp | Buffer): Promise<string | null> {
  let text = '';
  const matches = () =>
    Buffer.isBuffer(expected) ? expected.toString('latin1') === text : expected.test(text);
  const length = Buffer.isBuffer(expected) ? expected.length : 4_000;
  while (!matches() && text.length < length) {
    const chunk: unknown = await new Promise((resolve) => {
      socket.once('readable', () => resolve(socket.read()));
      socket.once('close', () => resolve(null));
    });
    if (!Buffer.isBuffer(chunk)) break;
    const own = chunk.subarray(0, length - text.length);
    text += own.toString('latin1');
    if (own.length < chunk.length) socket.unshift(chunk.subarray(own.length)); // a MySQL client starts TLS at once
  }
  return matches() ? null : text;
}

/** Continues as a TLS server with this certificate. */
export function upgrade(socket: Socket, { chain, privateKey }: ServedPair): void {
  const secureContext = createSecureContext({ cert: chain, key: privateKey });
  const secure = new TLSSocket(socket, { isServer: true, secureContext });
  secure.on('error', () => undefined).resume();
}
