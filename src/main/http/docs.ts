// Serves the OpenAPI document and a page that renders it. Both are created on the first request, because the packages
// of the page have many files and would slow down the start.
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { lazy } from '../engine/core/lazy.ts';
import { docsTheme, finishPage } from './docs-look.ts';
import { notFound, sendError, toFailure } from './failures.ts';
import { readForwardedPrefix } from './forwarded-prefix.ts';
import { PAGE_CSP } from './gui.ts';
import { createOpenApi, type OpenApiDocument } from './openapi.ts';
import { API_PREFIX } from './rest.ts';

const PAGE = '/api/docs';

interface DocsOptions {
  /** The version of Certdesk. */
  readonly version: string;
  /** Whether the GUI is served too. */
  readonly hasGui: boolean;
}

export function addDocs(app: FastifyInstance, { version, hasGui }: DocsOptions): void {
  let made: OpenApiDocument | undefined;
  const document = (): OpenApiDocument => {
    made ??= createOpenApi(version);
    return made;
  };
  let text: string | undefined;
  const send = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    text ??= JSON.stringify(document());
    const prefix = readForwardedPrefix(request);
    const servers = [{ url: `${prefix}${API_PREFIX}` }];
    const own = prefix === '' ? text : JSON.stringify({ ...document(), servers });
    return reply.type('application/json; charset=utf-8').send(own);
  };
  app.get(`${API_PREFIX}/openapi.json`, send);
  app.get(`${PAGE}/json`, send);

  const page = lazy(() => openPage(app, document(), hasGui));
  for (const url of [PAGE, `${PAGE}/*`])
    app.get(url, async (request, reply) => {
      // With the trailing slash, relative URLs of the page's files work below the path of a reverse proxy.
      if (request.url.split('?')[0] === PAGE) return reply.code(302).header('Location', 'docs/').send();
      return passOn(await page.get(), request, reply, (html) => finishPage(html, hasGui));
    });
  app.addHook('onClose', async () => (await page.made())?.close());
}

/** Creates a second server that never listens, because a server that already listens accepts no new plugins. */
async function openPage(
  app: FastifyInstance,
  document: OpenApiDocument,
  hasGui: boolean,
): Promise<FastifyInstance> {
  const [{ default: swagger }, { default: swaggerUi }] = await Promise.all([
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
  ]);
  const inner = Fastify({
    loggerInstance: app.log,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { ignoreTrailingSlash: true },
  });
  inner.setErrorHandler((error, request, reply) => sendError(toFailure(error), request, reply));
  inner.setNotFoundHandler((request, reply) => sendError(notFound(request), request, reply));
  await inner.register(swagger, { mode: 'static', specification: { document: { ...document } } });
  await inner.register(swaggerUi, {
    routePrefix: PAGE,
    theme: docsTheme(hasGui),
    uiConfig: { validatorUrl: null, requestInterceptor: addPageSecret },
  });
  await inner.ready();
  return inner;
}

/**
 * Lets a signed-in browser try out operations. The function is sent to the page as text, so it must not use anything
 * outside of itself. Its names match shared/session.ts and renderer/session/page-secret.ts (test/e2e/docs.exhaustive.ts).
 */
function addPageSecret<R extends object>(request: R): R {
  const name = 'certdesk-page-secret';
  const secret = window.localStorage.getItem(name);
  if (secret !== null && 'headers' in request)
    request.headers = { ...Object(request.headers), [name]: secret };
  return request;
}

/** Headers of one connection rather than of the response (RFC 9110 section 7.6.1). */
const OF_CONNECTION: ReadonlySet<string> = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding']);

async function passOn(
  page: FastifyInstance,
  { method, url, headers }: FastifyRequest,
  reply: FastifyReply,
  finish: (html: string) => string,
): Promise<FastifyReply> {
  const answer = await page.inject({ method: method === 'HEAD' ? 'HEAD' : 'GET', url, headers });
  for (const [name, value] of Object.entries(answer.headers))
    if (value !== undefined && !OF_CONNECTION.has(name)) reply.header(name, value);
  // Replaces swagger-ui's policy, which allows styles and fonts from anywhere. Its `upgrade-insecure-requests` also
  // leaves the page blank at any http address except loopback, because the browser then requests the files by https.
  reply.header('Content-Security-Policy', PAGE_CSP);
  if (!String(answer.headers['content-type']).startsWith('text/html'))
    return reply.code(answer.statusCode).send(answer.rawPayload);
  reply.removeHeader('content-length');
  return reply.code(answer.statusCode).send(finish(answer.payload));
}
