// A small DNS server for tests that sets each answer itself: stale, failing, truncating, silent name servers.
import { createSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import dnsPacket from 'dns-packet';
import { startOnPorts } from '../tools/ports.ts';

export interface ServerQuestion {
  readonly id: number;
  /** Lower case, no trailing dot. */
  readonly name: string;
  readonly type: string;
  readonly tcp: boolean;
  /** RD, the recursion desired bit. */
  readonly recursive: boolean;
  readonly edns: boolean;
}

export interface ServerAnswer {
  /** Default: NOERROR. */
  readonly rcode?: keyof typeof RCODES;
  readonly authoritative?: boolean;
  readonly truncated?: boolean;
  /** Omits the question from the answer, as some servers do with FORMERR. */
  readonly withoutQuestion?: boolean;
  readonly answers?: readonly dnsPacket.Answer[];
  readonly authorities?: readonly dnsPacket.Answer[];
}

/** A Buffer is sent unchanged; null sends no answer. */
export type Respond = (question: ServerQuestion) => ServerAnswer | Buffer | null;

export interface NameServer {
  readonly port: number;
  /** HOST:PORT. */
  readonly server: string;
  /** Every query, in order. */
  readonly questions: readonly ServerQuestion[];
  respond: Respond;
  close(): Promise<void>;
}

const RCODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, NOTAUTH: 9 };

export interface NameServerOptions {
  readonly address?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Milliseconds before each answer by UDP. Default: 0. */
  readonly delayMs?: number;
}

export function startNameServer(respond: Respond, options: NameServerOptions = {}): Promise<NameServer> {
  const { address = '127.0.0.1', port, delayMs = 0 } = options;
  if (port !== undefined) return listen(respond, { address, port, delayMs }, () => {});
  // Not port 0: a port that is free for TCP may be in use for UDP.
  return startOnPorts([{ addresses: [address], udp: true }], ([free = 0], release) =>
    listen(respond, { address, port: free, delayMs }, release),
  );
}

/** @param release Called when the server has closed. */
async function listen(
  respond: Respond,
  { address, port, delayMs }: Required<NameServerOptions>,
  release: () => void,
): Promise<NameServer> {
  const questions: ServerQuestion[] = [];
  const sockets = new Set<Socket>();
  const delayed = new Set<NodeJS.Timeout>();
  const answer = (message: Buffer, tcp: boolean): Buffer | null => {
    const query = dnsPacket.decode(message);
    const question = toQuestion(query, tcp);
    questions.push(question);
    const said = self.respond(question);
    return said === null || Buffer.isBuffer(said) ? said : encode(query, said);
  };

  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (data) => {
      const reply = answer(data.subarray(2), true);
      if (reply === null) return;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      // In two pieces: a reader must not take a chunk for a message.
      socket.write(Buffer.concat([length, reply.subarray(0, 5)]), () => socket.write(reply.subarray(5)));
    });
  });
  const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  udp.on('message', (message, from) => {
    const reply = answer(message, false);
    if (reply === null) return;
    const send = () => udp.send(reply, from.port, from.address);
    if (delayMs === 0) send();
    else delayed.add(setTimeout(send, delayMs));
  });

  await new Promise<void>((resolve, reject) => {
    tcp.once('error', reject);
    tcp.listen(port, address, resolve);
  });
  await new Promise<void>((resolve, reject) => {
    udp.once('error', reject);
    udp.bind(port, address, resolve);
  }).catch((error: unknown) => {
    tcp.close();
    throw error;
  });
  const self: NameServer = {
    port,
    server: address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
    questions,
    respond,
    async close() {
      for (const socket of sockets) socket.destroy();
      for (const timer of delayed) clearTimeout(timer);
      await Promise.all([
        new Promise<void>((resolve) => udp.close(resolve)),
        new Promise<void>((resolve) => tcp.close(() => resolve())),
      ]);
      release();
    },
  };
  return self;
}

/** `records` by `NAME TYPE`, for a name server or a resolver; NXDOMAIN for other names. */
export function answersFrom(records: Readonly<Record<string, readonly string[]>>): Respond {
  return ({ name, type }) => {
    const own = (kind: string) =>
      (records[`${name} ${kind}`] ?? []).map((data) => toAnswer(name, kind, data));
    const answers = [...own(type), ...(type === 'CNAME' ? [] : own('CNAME'))];
    const known = Object.keys(records).some((key) => key.split(' ')[0]?.endsWith(name));
    return { rcode: known ? 'NOERROR' : 'NXDOMAIN', authoritative: true, answers };
  };
}

export function toAnswer(name: string, type: string, data: string): dnsPacket.Answer {
  switch (type) {
    case 'SOA': {
      const soa = {
        mname: data,
        rname: `hostmaster.${data}`,
        serial: 1,
        refresh: 60,
        retry: 60,
        expire: 60,
        minimum: 1,
      };
      return { name, type, data: soa };
    }
    case 'A':
    case 'AAAA':
    case 'NS':
    case 'CNAME':
      return { name, type, ttl: 1, data };
    case 'TXT':
      return { name, type, ttl: 1, data: [data] };
    default:
      throw new Error(`This server knows no ${type} records.`);
  }
}

function toQuestion(query: dnsPacket.DecodedPacket, tcp: boolean): ServerQuestion {
  const [asked] = query.questions ?? [];
  return {
    id: query.id ?? 0,
    name: (asked?.name ?? '').toLowerCase(),
    type: asked?.type ?? '',
    tcp,
    recursive: query.flag_rd,
    edns: (query.additionals ?? []).some(({ type }) => type === 'OPT'),
  };
}

function encode(query: dnsPacket.DecodedPacket, answer: ServerAnswer): Buffer {
  const flags =
    RCODES[answer.rcode ?? 'NOERROR'] |
    (answer.authoritative ? dnsPacket.AUTHORITATIVE_ANSWER : 0) |
    (answer.truncated ? dnsPacket.TRUNCATED_RESPONSE : 0);
  return dnsPacket.encode({
    type: 'response',
    id: query.id ?? 0,
    flags,
    questions: answer.withoutQuestion ? [] : (query.questions ?? []),
    answers: [...(answer.answers ?? [])],
    authorities: [...(answer.authorities ?? [])],
  });
}
