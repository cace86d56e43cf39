// The load of the REST measurement, in a process of its own: connections that each send a GET as soon as the last one
// is answered. Sockets and a search for the length of the body, no more: a client that takes longer than the server
// would make every server look the same. Prints one JSON line: { requests, seconds, p50, p99, max } (ms).
import { connect } from 'node:net';

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds from the first octet sent to the last one that came. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

interface Load {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Asked one after another, by each connection from a place of its own. */
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** Each request has an address that nobody has asked for before: nothing that a server keeps can answer it. */
  readonly anew?: boolean;
  readonly connections: number;
  readonly seconds: number;
}

async function run({
  origin,
  paths,
  headers,
  anew = false,
  connections,
  seconds,
}: Load): Promise<LoadResult> {
  const { hostname, port, host } = new URL(origin);
  const fields = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  const requestFor = (path: string) =>
    Buffer.from(`GET ${path} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`, 'latin1');
  const requests = paths.map(requestFor);
  let asked = 0;
  const times: number[] = [];
  const started = performance.now();
  const until = started + seconds * 1000;
  await Promise.all(
    Array.from(
      { length: connections },
      (_, n) =>
        new Promise<void>((resolve, reject) =>
          keepAsking(Math.floor((n * requests.length) / connections), { resolve, reject }),
        ),
    ),
  );
  const took = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? Number.POSITIVE_INFINITY;
  return { requests: times.length, seconds: took, p50: at(0.5), p99: at(0.99), max: times.at(-1) ?? 0 };

  function keepAsking(
    first: number,
    { resolve, reject }: { resolve(): void; reject(error: Error): void },
  ): void {
    let next = first;
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let sent = 0;
    let answer = '';
    const ask = (): void => {
      answer = '';
      sent = performance.now();
      const place = next++ % requests.length;
      socket.write(anew ? requestFor(`${paths[place]}?n=${asked++}`) : (requests[place] ?? ''));
    };
    socket.on('connect', ask).on('error', reject);
    socket.on('close', () => reject(new Error('The server has closed a connection')));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const length = lengthOf(answer);
      if (length === null || answer.length < length) return;
      if (!answer.startsWith('HTTP/1.1 200 ')) return reject(new Error(answer));
      const now = performance.now();
      times.push(now - sent);
      if (now < until) return ask();
      socket.removeAllListeners('close').end();
      resolve();
    });
  }
}

/** Of head and body; null while the head is not there. */
function lengthOf(answer: string): number | null {
  const end = answer.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, end)) ?? [];
  if (length === undefined) throw new Error(`No Content-Length: ${answer.slice(0, end)}`);
  return end + 4 + Number(length);
}

process.stdout.write(`${JSON.stringify(await run(JSON.parse(process.argv[2] ?? '')))}\n`);
