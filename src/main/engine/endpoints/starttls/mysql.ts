// SSLRequest of MySQL and MariaDB (the MySQL manual, "Protocol::HandshakeV10" and "Protocol::SSLRequest").
import { invalid, notOffered, type Parse, type StartTls } from './conversation.ts';

/** Its length in three bytes, little endian, its number, and the payload. */
const packet: Parse<{ readonly number: number; readonly payload: Buffer }> = (buffer) => {
  if (buffer.length < 4) return null;
  const length = 4 + buffer.readUIntLE(0, 3);
  if (buffer.length < length) return null;
  return { value: { number: buffer.readUInt8(3), payload: buffer.subarray(4, length) }, length };
};

const VERSION = 10;
const CLIENT_SSL = 0x0800;
/** Connection id, first part of the nonce, a filler: between the server's version and its capabilities. */
const BEFORE_CAPABILITIES = 4 + 8 + 1;
/** Capabilities CLIENT_PROTOCOL_41, CLIENT_SSL and others, 16 MiB packets, utf8mb4, 23 zeros. */
const SSL_REQUEST = Buffer.concat([Buffer.from('018a0000000000012d', 'hex'), Buffer.alloc(23)]);

export const startMysql: StartTls = async (talk) => {
  const { number, payload } = await talk.read(packet);
  const at = payload.indexOf(0) + 1 + BEFORE_CAPABILITIES;
  if (payload[0] !== VERSION || at + 2 > payload.length) throw invalid('a MySQL server');
  if ((payload.readUInt16LE(at) & CLIENT_SSL) === 0) throw notOffered();
  const head = Buffer.alloc(4);
  head.writeUIntLE(SSL_REQUEST.length, 0, 3);
  head.writeUInt8((number + 1) & 0xff, 3);
  talk.write(Buffer.concat([head, SSL_REQUEST]));
};
