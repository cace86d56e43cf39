// A hostile name server (UDP and TCP) and mail server on their own thread.
import { createSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { portOf, startOnPorts } from '../tools/ports.ts';

export interface RawAnswer {
  /** The answer section: the record count in the header, and its octets. */
  readonly count: number;
  readonly records: Uint8Array;
  /** `drip`: an octet every 20 ms; `endless`: the message repeated. Default: at once. */
  readonly delivery?: 'drip' | 'endless';
}

export interface HostileSocketServer {
  readonly port: number;
  stop(): Promise<void>;
}

type Role =
  | { readonly kind: 'dns'; readonly answer: RawAnswer; readonly port: number }
  | { readonly kind: 'smtp'; readonly line: string };

/** Sends the client to TCP, and answers there with these records. */
export function startHostileNameServer(answer: RawAnswer): Promise<HostileSocketServer> {
  return startOnPorts([{ addresses: ['127.0.0.1'], udp: true }], async ([port = 0], release) => {
    const server = await start({ kind: 'dns', answer, port });
    return { ...server, stop: () => server.stop().then(release) };
  });
}

/** Repeats the greeting line without end. */
export function startHostileMailServer(line: string): Promise<HostileSocketServer> {
  return start({ kind: 'smtp', line });
}

function start(role: Role): Promise<HostileSocketServer> {
  const worker = new Worker(import.meta.filename, { workerData: role });
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (port: number) =>
      resolve({ port, stop: async () => void (await worker.terminate()) }),
    );
  });
}

if (!isMainThread && isRole(workerData)) {
  if (workerData.kind === 'dns') serveDns(workerData);
  else serveMail(workerData.line);
}

function isRole(data: unknown): data is Role {
  return typeof data === 'object' && data !== null && 'kind' in data;
}

function serveDns({ answer, port }: Extract<Role, { kind: 'dns' }>): void {
  const udp = createSocket('udp4');
  udp.on('message', (query, from) => {
    udp.send(reply(query, { count: 0, records: new Uint8Array() }, 0x8600), from.port, from.address);
  });
  const tcp = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      const message = reply(data.subarray(2), answer, 0x8400);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(message.length);
      send(socket, Buffer.concat([length, message]), answer.delivery);
    });
  });
  udp.bind(port, '127.0.0.1', () => tcp.listen(port, '127.0.0.1', () => parentPort?.postMessage(port)));
}

function send(socket: Socket, octets: Buffer, delivery: RawAnswer['delivery']): void {
  if (delivery === 'endless') sendWithoutEnd(socket, octets);
  else if (delivery === 'drip') {
    let at = 0;
    const timer = setInterval(() => socket.write(octets.subarray(at, ++at)), 20);
    socket.on('close', () => clearInterval(timer));
  } else socket.write(octets);
}

function sendWithoutEnd(socket: Socket, block: Buffer): void {
  const more = () => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on('drain', more);
  more();
}

/** The received question, then the records. @param flags 0x8400: an authoritative answer; 0x8600: truncated. */
function reply(query: Buffer, { count, records }: RawAnswer, flags: number): Buffer {
  const end = query.indexOf(0, 12) + 5;
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(flags, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(count, 6);
  return Buffer.concat([head, query.subarray(12, end), records]).subarray(0, 65_535);
}

function serveMail(line: string): void {
  const block = Buffer.from(line.repeat(Math.ceil(65_536 / line.length)));
  const server = createServer((socket: Socket) => {
    socket.on('error', () => socket.destroy());
    sendWithoutEnd(socket, block);
  });
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage(portOf(server)));
}
