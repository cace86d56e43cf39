// Reads so many responses by undici that V8 replaces the code of its parser. No TypeScript, because Node's compiler of it
// is WebAssembly too.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { request } from 'undici';

const server = createServer((_request, response) => response.end('x'.repeat(100))).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
for (let n = 0; n < 20_000; n += 1) await (await request(`http://127.0.0.1:${port}/`)).body.text();
process.exit();
