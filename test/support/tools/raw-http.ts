// A raw request, for what no HTTP client would send: a wrong Host, an odd address.
import { once } from 'node:events';
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** In lower case, one line each. */
  readonly head: string;
  readonly body: string;
}

/**
 * Sends `lines` with CRLF, an empty line after them, and reads until the server closes the connection: send
 * `Connection: close`.
 */
export async function sendRaw(address: string, lines: readonly string[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(address);
  const socket = connect({ host: hostname, port: Number(port) });
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (part: string) => {
    text += part;
  });
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await once(socket, 'close');
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head: head.toLowerCase(), body };
}
