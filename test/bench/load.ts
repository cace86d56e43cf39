// The load of the REST measurement, in its own process: requests at a fixed rate, over a number of connections. A
// request is timed from the moment it was due, so that a server that falls behind cannot hide the wait of later
// requests. It uses plain sockets and searches only for the body length. Prints one JSON line: a LoadResult.
import { connect, type Socket } from 'node:net';

export interface LoadResult {
  readonly requests: number;
  /** Milliseconds from the moment a request was due to the last octet of its answer. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Load {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Requested in turn. */
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly perSecond: number;
  readonly seconds: number;
}

async function run({ origin, paths, headers, connections, perSecond, seconds }: Load): Promise<LoadResult> {
  const { hostname, port, host } = new URL(origin);
  const fields = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`);
  const total = perSecond * seconds;
  const times: number[] = [];
  const idle: ((due: number) => void)[] = [];
  const waiting: number[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let sent = 0;

  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      await new Promise((connected) => socket.once('connect', connected).once('error', reject));
      serveDue(socket);
      return socket;
    }),
  );
  const started = performance.now();
  let scheduled = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    for (; scheduled < total; scheduled += 1) {
      const due = started + (scheduled * 1_000) / perSecond;
      if (due > now) break;
      const send = idle.pop();
      if (send === undefined) waiting.push(due);
      else send(due);
    }
    if (scheduled === total) clearInterval(timer);
  }, 1);
  await promise.finally(() => clearInterval(timer));
  for (const socket of sockets) socket.removeAllListeners('close').destroy();
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? Number.POSITIVE_INFINITY;
  return { requests: times.length, p50: at(0.5), p99: at(0.99), max: times.at(-1) ?? 0 };

  /** Sends one request after another on this connection, whenever one is due. */
  function serveDue(socket: Socket): void {
    let due = 0;
    let answer = '';
    const send = (when: number): void => {
      due = when;
      answer = '';
      socket.write(requests[sent++ % requests.length] ?? '', 'latin1');
    };
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The server closed a connection')));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const length = lengthOf(answer);
      if (length === null || answer.length < length) return;
      if (!answer.startsWith('HTTP/1.1 200 ')) return reject(new Error(answer));
      times.push(performance.now() - due);
      if (times.length === total) return resolve();
      const next = waiting.shift();
      if (next === undefined) idle.push(send);
      else send(next);
    });
    idle.push(send);
  }
}

/** The length of head and body; null while the head is incomplete. */
function lengthOf(answer: string): number | null {
  const end = answer.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, end)) ?? [];
  if (length === undefined) throw new Error(`No Content-Length: ${answer.slice(0, end)}`);
  return end + 4 + Number(length);
}

process.stdout.write(`${JSON.stringify(await run(JSON.parse(process.argv[2] ?? '')))}\n`);
