// An HTTP server on its own thread, so that it does not slow down the measured event loop: it answers every request
// with the shape that the path names.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { portOf } from '../tools/ports.ts';
import { TEXT_SHAPES } from './hostile-shapes.ts';

export interface HostilePeer {
  /** The answer to the next requests. */
  become(shape: PeerShape): Promise<void>;
  readonly origin: string;
  stop(): Promise<void>;
}

export interface PeerShape {
  /** One of TEXT_SHAPES; `endless`: a stream without end; `drip`: an octet every 20 ms. */
  readonly shape: string;
  readonly status: number;
  readonly bytes: number;
  /** Valid answers for these paths. */
  readonly good?: Readonly<Record<string, string>>;
}

/** On loopback. */
export async function startHostilePeer(): Promise<HostilePeer> {
  const worker = new Worker(import.meta.filename);
  const next = <T>(): Promise<T> => new Promise((resolve) => worker.once('message', resolve));
  const port = await next<number>();
  return {
    origin: `http://127.0.0.1:${port}`,
    async become(shape) {
      const ready = next<string>();
      worker.postMessage(shape);
      await ready;
    },
    stop: async () => void (await worker.terminate()),
  };
}

if (!isMainThread && parentPort !== null) serve(parentPort);

function serve(port: NonNullable<typeof parentPort>): void {
  let current: PeerShape = { shape: 'blanks', status: 200, bytes: 0 };
  let body: Buffer = Buffer.alloc(0);
  port.on('message', (shape: PeerShape) => {
    current = shape;
    body = Buffer.from(TEXT_SHAPES[shape.shape]?.(shape.bytes) ?? repeatOctet(shape));
    port.postMessage('ready');
  });
  const server = createServer((request, response) => answer(request, response, { current, body }));
  server.listen(0, '127.0.0.1', () => port.postMessage(portOf(server)));
}

const repeatOctet = ({ bytes }: PeerShape): string => '<'.repeat(Math.min(bytes, 65_536));

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { current, body }: { readonly current: PeerShape; readonly body: Buffer },
): void {
  request.resume();
  const headers = {
    'content-type': 'application/json',
    'replay-nonce': 'bm9uY2U',
    location: 'http://127.0.0.1/x',
  };
  const good = current.good?.[request.url ?? ''];
  if (good !== undefined) {
    response.writeHead(200, headers).end(good);
    return;
  }
  response.writeHead(current.status, headers);
  // An answer to HEAD has no body (RFC 9110 section 9.3.2): Node drops the data, and would never apply back-pressure.
  if (request.method === 'HEAD') response.end();
  else if (current.shape === 'endless') sendWithoutEnd(response, body);
  else if (current.shape === 'drip') {
    const timer = setInterval(() => response.write('<'), 20);
    response.on('close', () => clearInterval(timer));
  } else response.end(body);
}

function sendWithoutEnd(response: ServerResponse, body: Buffer): void {
  const more = () => {
    while (!response.destroyed && response.write(body));
  };
  response.on('drain', more);
  more();
}
