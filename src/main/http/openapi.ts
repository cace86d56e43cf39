// Creates the OpenAPI 3.1 document from the metadata and schemas of the operations.
import { z } from 'zod';
import { AcceptedSchema, ErrorBodySchema } from '../../shared/job.ts';
import type { Meta } from '../api/trpc.ts';
import { type JsonObject, simplifySchema } from './openapi-schema.ts';
import { API_PREFIX, type RestOperation, restOperations } from './rest.ts';

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: { readonly url: string }[];
  readonly security: { readonly bearer: [] }[];
  readonly paths: Record<string, JsonObject>;
  readonly components: JsonObject;
}

/** @param version The version of Certdesk. */
export function createOpenApi(version: string): OpenApiDocument {
  const components: JsonObject = {};
  const paths: Record<string, JsonObject> = {};
  for (const operation of restOperations()) {
    const { path, method } = operation.rest;
    paths[path] ??= {};
    paths[path][method.toLowerCase()] = describe(operation, components);
  }
  schemaOf(ErrorBodySchema, 'output', components);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Certdesk',
      version,
      description: 'Obtain, upload, check, renew and revoke TLS certificates.',
    },
    servers: [{ url: API_PREFIX }],
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'Create a token with: certdesk token create --name NAME --scope SCOPE',
        },
      },
    },
  };
}

function describe(operation: RestOperation, components: JsonObject): JsonObject {
  const { rest, meta, path } = operation;
  const { inputs, output } = operation.procedure._def as unknown as {
    inputs: readonly z.ZodType[];
    output?: z.ZodType;
  };
  const [input] = inputs;
  const shape = input instanceof z.ZodObject ? (input.shape as Record<string, z.ZodType>) : {};
  const { body, ...fields } = shape;
  const success = rest.status ?? 200;
  return {
    operationId: path.replace('.', '-'),
    tags: [path.split('.')[0]],
    summary: rest.summary,
    ...accessOf(meta),
    parameters: [...parameters(fields, operation, components), ...(rest.job === true ? JOB_HEADERS : [])],
    ...(body === undefined ? {} : requestBody(body, components)),
    responses: {
      [success]: { description: 'Success', ...content(rest.form, output, components) },
      ...('if-none-match' in (rest.headers ?? {})
        ? { 304: { description: 'Not modified: If-None-Match contains the ETag of the current file' } }
        : {}),
      ...(rest.job === true
        ? {
            202: {
              description: 'Accepted: the job continues (Prefer: respond-async)',
              ...content('json', AcceptedSchema, components),
            },
          }
        : {}),
      default: {
        description: 'Failure',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

/** Describes who may call an operation, as text and as extension fields. */
function accessOf({ scope, reach }: Meta): JsonObject {
  if (scope === null) return { security: [] };
  const permission = scope ?? 'no API token; a signed-in browser, the desktop window or the command line';
  return {
    description: `Permission: ${permission}. Reach: ${reach}.`,
    'x-scope': scope ?? null,
    'x-reach': reach,
  };
}

function parameters(
  fields: Record<string, z.ZodType>,
  { rest }: RestOperation,
  components: JsonObject,
): JsonObject[] {
  const headers = new Map(Object.entries(rest.headers ?? {}).map(([header, field]) => [field, header]));
  return Object.entries(fields).map(([name, schema]) => {
    const inPath = rest.path.includes(`{${name}}`);
    const header = headers.get(name);
    return {
      name: header ?? name,
      in: inPath ? 'path' : header === undefined ? 'query' : 'header',
      required: inPath,
      schema: schemaOf(schema, 'input', components),
    };
  });
}

const JOB_HEADERS: readonly JsonObject[] = [
  {
    name: 'Prefer',
    in: 'header',
    description: 'respond-async: respond at once with the job (RFC 7240)',
    schema: { type: 'string' },
  },
  {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'A second identical request with the same key gets the response of the first',
    schema: { type: 'string', maxLength: 255 },
  },
];

function requestBody(body: z.ZodType, components: JsonObject): JsonObject {
  const required = !body.safeParse(undefined).success;
  return {
    requestBody: {
      required,
      content: { 'application/json': { schema: schemaOf(body, 'input', components) } },
    },
  };
}

function content(
  form: string | undefined,
  output: z.ZodType | undefined,
  components: JsonObject,
): JsonObject {
  if (form === 'events') return { content: { 'text/event-stream': { schema: { type: 'string' } } } };
  if (form === 'text') return { content: { 'text/plain': { schema: { type: 'string' } } } };
  if (form === 'file')
    return { content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } };
  if (output === undefined) return {};
  return { content: { 'application/json': { schema: schemaOf(output, 'output', components) } } };
}

/** Converts a zod schema to JSON Schema and moves its named parts to the components. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: JsonObject): JsonObject {
  const json = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
    // Later versions may return more fields, so generated clients must not reject unknown ones.
    override: ({ jsonSchema }) => {
      describeReach(jsonSchema);
      simplifySchema(jsonSchema);
      if (io === 'output' && jsonSchema.additionalProperties === false)
        delete jsonSchema.additionalProperties;
    },
  }) as JsonObject;
  const { $schema: _, $defs = {}, ...rest } = json;
  for (const [name, definition] of Object.entries($defs as JsonObject)) {
    // The only unnamed schema that refers to itself is z.json(): any JSON.
    const id = name.startsWith('__schema') ? 'Json' : name;
    components[id] = withoutId(pointed(definition));
  }
  const id = (rest as { id?: string }).id;
  if (id === undefined) return pointed(rest) as JsonObject;
  components[id] = withoutId(pointed(rest));
  return { $ref: `#/components/schemas/${id}` };
}

/** Renames the metadata about reach to extension fields, which need the prefix `x-` in OpenAPI. */
function describeReach(json: JsonObject): void {
  const { reach, allProjects } = json;
  delete json.reach;
  delete json.allProjects;
  delete json.reachOf;
  delete json.outside;
  if (reach !== undefined && reach !== 'project') json['x-reach'] = reach;
  if (allProjects === true) json['x-all-projects'] = true;
}

function withoutId(schema: unknown): unknown {
  const { id: _, ...rest } = schema as { id?: string };
  return rest;
}

/** Rewrites references: `#/$defs/X` is relative to one schema, and the document has X among its components. */
function pointed(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value)
      .replaceAll('"#/$defs/', '"#/components/schemas/')
      .replace(/"#\/components\/schemas\/__schema\d+"/g, '"#/components/schemas/Json"'),
  );
}
