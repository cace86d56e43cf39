// A server that refuses every request and repeats all of it in its refusal, headers too: what a provider's careless
// error page does with credentials.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { portOf } from '../tools/ports.ts';

export interface EchoServer {
  readonly url: string;
  /** The requests so far, headers and bodies. */
  readonly heard: readonly string[];
  stop(): Promise<void>;
}

export async function startEchoServer(): Promise<EchoServer> {
  const heard: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const said = `${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`;
    heard.push(said);
    const message = `Not allowed: ${said}`;
    response.writeHead(403, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ success: false, code: 'DENIED', message, errors: [{ code: 1, message }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    heard,
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
