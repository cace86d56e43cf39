// The OpenAPI document: valid, complete, and true for its server.
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { restOperations } from '../../src/main/http/rest.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { documentedEndpoints } from '../support/server/specification.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly object[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly required: boolean };
  readonly responses: Readonly<Record<string, object>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

let app: TestApp;
let document: Document;
const operations: { readonly path: string; readonly method: string; readonly operation: Operation }[] = [];

beforeAll(async () => {
  app = await startApp();
  const answer = await app.call('GET', '/openapi.json', { token: null });
  document = JSON.parse(answer.text);
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(methods)) operations.push({ path, method, operation });
});
afterAll(() => app?.stop());

it('is valid OpenAPI 3.1', async () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  const { valid, errors } = await new Validator().validate(structuredClone({ ...document }));
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
});

it('has each operation once, the eight of the specification among them', () => {
  const here = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`);
  expect(here.toSorted()).toEqual(
    restOperations()
      .map(({ rest }) => `${rest.method} ${rest.path}`)
      .toSorted(),
  );
  const specified = documentedEndpoints().map(
    ({ method, path }) => `${method} ${path.replace(':id', '{id}')}`,
  );
  expect(here).toEqual(expect.arrayContaining(specified));
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

it('declares the scope and the reach of each operation, and of fields that reach further', () => {
  const of = (path: string, method: string) => document.paths[path]?.[method];
  for (const { rest, meta } of restOperations()) {
    const operation = of(rest.path, rest.method.toLowerCase());
    if (meta.scope === null) expect(operation).toMatchObject({ security: [] });
    else expect(operation).toMatchObject({ 'x-scope': meta.scope ?? null, 'x-reach': meta.reach });
  }
  expect(of('/tokens', 'post')).toMatchObject({
    description: expect.stringMatching(/^Permission: no API token;/),
  });
  const text = JSON.stringify(document);
  expect(text).toContain('"x-reach":"system"');
  expect(text).toContain('"x-all-projects":true');
  expect(text).not.toMatch(/"(reach|allProjects|reachOf|outside)":/);
});

it('describes answer 202, and allows additional fields', () => {
  const obtain = document.paths['/projects/{id}/certificate/obtain']?.post;
  expect(obtain?.responses['202']).toMatchObject({
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Accepted' } } },
  });
  expect(document.components.schemas.Certificate).not.toHaveProperty('additionalProperties');
  expect(document.components.schemas.ObtainRequest).toHaveProperty('additionalProperties', false);
  expect(document.components.schemas.Json).toEqual({});
  expect(JSON.stringify(document)).not.toContain('__schema');
});

it('has nothing that breaks generated clients', () => {
  // clients.exhaustive.ts generates some, compiles them and calls the API.
  const stumbling: string[] = [];
  JSON.stringify(document.components, (_, part) => {
    const { const: single, type, propertyNames } = Object(part) as Readonly<Record<string, unknown>>;
    const types = [type].flat().filter((each) => each !== undefined && each !== 'null');
    if (single !== undefined && typeof part === 'object') stumbling.push(`const ${single}`);
    if (Array.isArray(type) && types.length > 1) stumbling.push(`several types: ${types}`);
    if (Object(propertyNames).type !== undefined) stumbling.push('propertyNames');
    return part;
  });
  for (const [name, schema] of Object.entries(document.components.schemas))
    if (JSON.stringify(schema).includes(`"#/components/schemas/${name}"`))
      stumbling.push(`${name} is recursive`);
  // Go names the type of a field after schema and field: Certificate.status is CertificateStatus.
  const names = Object.keys(document.components.schemas);
  for (const [name, { properties = {} }] of Object.entries(document.components.schemas) as [
    string,
    { properties?: object },
  ][])
    for (const field of Object.keys(properties)) {
      const taken = `${name}${field.charAt(0).toUpperCase()}${field.slice(1)}`;
      if (names.includes(taken)) stumbling.push(`${taken} is ${name}.${field} and a schema`);
    }
  expect(stumbling).toEqual([]);
});

it('has no dangling reference, and no anonymous schema', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target);
  const schemas = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
  expect(references.filter((target) => !schemas.includes(String(target)))).toEqual([]);
  for (const { path, operation } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = operation.parameters.filter((each) => each.in === 'path');
    expect(declared.map(({ name }) => name)).toEqual(inPath);
    expect(declared.every(({ required }) => required === true)).toBe(true);
    expect(operation.summary).not.toBe('');
    expect(operation.responses).toHaveProperty('default');
  }
});

it('has only addresses that answer, with the token that they require', async () => {
  for (const { path, method, operation } of operations) {
    const target = path.replace(/\{\w+\}/g, 'nothing');
    const answer = await app.call(method.toUpperCase(), target, {
      token: null,
      ...(operation.requestBody === undefined ? {} : { body: {} }),
    });
    const open = operation.security?.length === 0;
    expect(answer.status, `${method} ${path}`).toBe(open ? 200 : 401);
  }
});

it('marks a required body as required', async () => {
  for (const { path, method, operation } of operations.filter(({ method }) => method !== 'get')) {
    const answer = await app.asUser(method.toUpperCase(), path.replace(/\{\w+\}/g, 'nothing'));
    const missed = String(answer.body.code) === 'INVALID_REQUEST';
    expect(missed, `${method} ${path}`).toBe(operation.requestBody?.required === true);
  }
});

it('has a readable page that loads nothing from elsewhere', async () => {
  const page = await app.call('GET', '/../docs', { token: null });
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
  expect(page.text).not.toMatch(/(src|href)="https?:/);
});
