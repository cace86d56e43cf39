// The GUI's files, as the build made them.
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** No inline script, nothing from anywhere else. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** @param folder out/renderer; null where it is not built. */
export async function addGui(app: FastifyInstance, folder: string | null): Promise<void> {
  if (folder === null) {
    app.get('/', (_, reply) =>
      reply
        .type('text/plain; charset=utf-8')
        .send('Certdesk runs here. Its pages are not built: npm run build\n'),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    setHeaders: (reply) => reply.header('Content-Security-Policy', CSP),
  });
}
