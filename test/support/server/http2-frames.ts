// HTTP/2 frames as an attacker writes them (RFC 9113 section 4), because Node's client keeps to the server's limits.
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

const TYPES = { HEADERS: 1, RST_STREAM: 3, SETTINGS: 4, GOAWAY: 7 } as const;
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const END_STREAM_AND_HEADERS = 0x5;
const REFUSED_STREAM = 7;

export function frame(type: keyof typeof TYPES, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(TYPES[type], 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** HPACK: a literal without indexing (RFC 7541 section 6.2.2). @param name An index of the static table up to 14. */
const literal = (name: number, value: string): Buffer => Buffer.concat([Buffer.of(name), text(value)]);
const text = (value: string): Buffer => Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);

export interface Frames {
  readonly socket: TLSSocket;
  send(frames: readonly Buffer[]): void;
  /** A complete GET request. @param token Sent as a bearer token. */
  get(stream: number, path: string, token?: string): Buffer;
  /** How many GOAWAY frames have arrived. */
  goAways(): number;
  /** How many streams the server has refused with REFUSED_STREAM. */
  refusedStreams(): number;
}

/** Opens a connection and sends the preface with empty settings. */
export async function openFrames(address: string): Promise<Frames> {
  const { hostname, port, host } = new URL(address);
  const socket = connect({
    host: hostname,
    port: Number(port),
    ALPNProtocols: ['h2'],
    rejectUnauthorized: false,
  });
  socket.on('error', () => undefined);
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => (received = Buffer.concat([received, chunk])));
  await once(socket, 'secureConnect');
  socket.write(Buffer.concat([Buffer.from(PREFACE), frame('SETTINGS', 0, 0, Buffer.alloc(0))]));
  const count = (matches: (type: number, payload: Buffer) => boolean): number => {
    let found = 0;
    for (let at = 0; at + 9 <= received.length; at += 9 + received.readUIntBE(at, 3)) {
      const payload = received.subarray(at + 9, at + 9 + received.readUIntBE(at, 3));
      if (matches(received.readUInt8(at + 3), payload)) found += 1;
    }
    return found;
  };
  return {
    socket,
    send: (frames) => void socket.write(Buffer.concat(frames)),
    get(stream, path, token) {
      const bearer =
        token === undefined ? [] : [Buffer.of(0), text('authorization'), text(`Bearer ${token}`)];
      // 0x82: GET, 0x87: https, 1: :authority, 4: :path (RFC 7541 appendix A).
      const fields = [Buffer.of(0x82, 0x87), literal(1, host), literal(4, path), ...bearer];
      return frame('HEADERS', END_STREAM_AND_HEADERS, stream, Buffer.concat(fields));
    },
    goAways: () => count((type) => type === TYPES.GOAWAY),
    refusedStreams: () =>
      count((type, payload) => type === TYPES.RST_STREAM && payload.readUInt32BE(0) === REFUSED_STREAM),
  };
}
