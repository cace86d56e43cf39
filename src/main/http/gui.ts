// Serves the built files of the GUI.
import { relative, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Allows no inline scripts and nothing from other origins. */
export const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** @param folder out/renderer; null if the GUI is not built. */
export async function addGui(app: FastifyInstance, folder: string | null): Promise<void> {
  if (folder === null) {
    app.get('/', (_, reply) =>
      reply
        .type('text/plain; charset=utf-8')
        .send('Certdesk is running. Its GUI is not built: run npm run build\n'),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    preCompressed: true,
    setHeaders: (reply, path) =>
      reply.headers({ 'Content-Security-Policy': PAGE_CSP, 'Cache-Control': cacheFor(folder, path) }),
  });
}

/** Files whose names contain a content hash never change; browsers revalidate all others on each request. */
function cacheFor(folder: string, path: string): string {
  const hashed = relative(folder, path).startsWith(`assets${sep}`);
  return hashed ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/** Whether a browser opens a URL of the GUI's client-side router; the response is then the page itself. */
export function isPageRequest({ method, url, headers }: FastifyRequest): boolean {
  const readable = method === 'GET' || method === 'HEAD';
  return readable && headers.accept?.includes('text/html') === true && !NO_PAGES.test(url);
}

const NO_PAGES = /^\/+(?:api|trpc|assets|\.well-known)(?:[/?]|$)/;

export function sendPage(reply: FastifyReply): FastifyReply {
  return reply.sendFile('index.html');
}
