// A webhook receiver on loopback: stores requests, checks signatures as docs/notifications.md says, and sends the
// configured answers.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** The answers to the next requests; the last one repeats. `hang`: none. */
  answer(...answers: readonly (Reply | 'hang')[]): void;
  stop(): Promise<void>;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  let answers: (Reply | 'hang')[] = [{ status: 204 }];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      const reply = answers.length > 1 ? answers.shift() : answers[0];
      if (reply === 'hang' || reply === undefined) return;
      response.writeHead(reply.status, reply.headers).end(reply.body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    answer(...given) {
      answers = [...given];
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Verifies like a receiver. @param now In seconds. */
export function isGenuine(secret: string, { headers, body }: Received, now: number): boolean {
  const timestamp = String(headers['certdesk-timestamp']);
  const wanted = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return headers['certdesk-signature'] === `v1=${wanted}` && Math.abs(now - Number(timestamp)) < 300;
}
