// The OpenAPI document and a readable page of it.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { createOpenApi } from './openapi.ts';
import { API_PREFIX } from './rest.ts';

export async function addDocs(app: FastifyInstance, version: string): Promise<void> {
  const document = createOpenApi(version);
  const text = JSON.stringify(document);
  app.get(`${API_PREFIX}/openapi.json`, (_, reply) =>
    reply.type('application/json; charset=utf-8').send(text),
  );
  await app.register(swagger, { mode: 'static', specification: { document } });
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: true,
    uiConfig: { validatorUrl: null },
  });
}
