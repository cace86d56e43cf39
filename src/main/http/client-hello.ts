// Reads the first message of a TLS client (ClientHello, RFC 8446 section 4.1.2) before TLS begins: which server name and
// which protocols it asks for. RFC 8446 section 5.1: the message can be spread over several records.

export interface ClientHello {
  /** SNI (RFC 6066 section 3); null if the client sends none. */
  readonly serverName: string | null;
  /** ALPN (RFC 7301), in the client's order. */
  readonly protocols: readonly string[];
}

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const ALPN = 16;
/** The limit of a TLS record; browsers send less than 2,000 bytes. */
export const MAX_CLIENT_HELLO_BYTES = 16_384;

/** @returns null if bytes are missing, and `invalid` if they are no ClientHello */
export function readClientHello(bytes: Buffer): ClientHello | 'invalid' | null {
  const message = readMessage(bytes);
  if (message === null || message === 'invalid') return message;
  try {
    return parse(message);
  } catch (error) {
    if (error instanceof RangeError) return 'invalid';
    throw error;
  }
}

/** Joins the fragments of the first handshake message. */
function readMessage(bytes: Buffer): Buffer | 'invalid' | null {
  const fragments: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== HANDSHAKE_RECORD || (bytes[at + 1] ?? 3) !== 3) return 'invalid';
    if (at + 5 > bytes.length) return null;
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    fragments.push(bytes.subarray(at + 5, end));
    const message = Buffer.concat(fragments);
    if (message.length > 0 && message[0] !== CLIENT_HELLO) return 'invalid';
    if (message.length >= 4) {
      const length = message.readUIntBE(1, 3);
      if (length > MAX_CLIENT_HELLO_BYTES) return 'invalid';
      if (message.length >= 4 + length) return message.subarray(4, 4 + length);
    }
    at = end;
  }
  return null;
}

/** @throws RangeError if a length leads beyond the end */
function parse(message: Buffer): ClientHello {
  let at = 2 + 32; // legacy_version, random
  at += 1 + message.readUInt8(at); // legacy_session_id
  at += 2 + message.readUInt16BE(at); // cipher_suites
  at += 1 + message.readUInt8(at); // legacy_compression_methods
  let serverName: string | null = null;
  let protocols: readonly string[] = [];
  if (at === message.length) return { serverName, protocols };
  const end = at + 2 + message.readUInt16BE(at);
  for (at += 2; at < end; ) {
    const type = message.readUInt16BE(at);
    const length = message.readUInt16BE(at + 2);
    const body = message.subarray(at + 4, at + 4 + length);
    if (type === SERVER_NAME) serverName = readServerName(body);
    if (type === ALPN) protocols = readProtocols(body);
    at += 4 + length;
  }
  return { serverName, protocols };
}

/** The list contains one entry of type host_name (0) in practice. */
function readServerName(body: Buffer): string | null {
  if (body.length === 0 || body.readUInt8(2) !== 0) return null;
  return body.subarray(5, 5 + body.readUInt16BE(3)).toString('latin1');
}

function readProtocols(body: Buffer): readonly string[] {
  const found: string[] = [];
  for (let at = 2; at < body.length; ) {
    const length = body.readUInt8(at);
    found.push(body.subarray(at + 1, at + 1 + length).toString('latin1'));
    at += 1 + length;
  }
  return found;
}
