// Describes every command: those that operations declare (meta.cli), and those that work on the data folder.
import { z } from 'zod';
import type {
  CliMeta,
  CommandOption,
  CommandTable,
  LocalCommand,
  RemoteCommand,
} from '../../shared/command-line.ts';
import { type RestOperation, restOperations } from '../http/rest.ts';

/** @throws Error if a declaration names a field that the operation does not have */
export function describeCommands(local: readonly LocalCommand[]): CommandTable {
  const remote = restOperations().flatMap((operation) =>
    (operation.meta.cli ?? []).map((meta) => describe(operation, meta)),
  );
  return { remote: remote.toSorted((a, b) => rank(a) - rank(b)), local };
}

/** The order of help: the most frequent commands first, then the rest as declared. */
const FIRST = ['list', 'show', 'obtain', 'renew', 'revoke', 'remove', 'upload', 'export', 'jobs', 'status'];
const rank = ({ verb }: RemoteCommand): number =>
  (FIRST.indexOf(verb) + FIRST.length + 1) % (FIRST.length + 1);

function describe({ path: operation, rest, procedure }: RestOperation, meta: CliMeta): RemoteCommand {
  const { options = {}, secrets = {}, summary, ...declared } = meta;
  const [input] = (procedure._def as unknown as { inputs: readonly z.ZodType[] }).inputs;
  const { body, ...query } = input instanceof z.ZodObject ? (input.shape as Record<string, z.ZodType>) : {};
  const fields = { query: fieldsOf(z.object(query)), body: body === undefined ? {} : fieldsOf(body) };
  const optionOf = (field: string, help: string, isSecret: boolean): CommandOption => {
    const place = field in fields.body ? 'body' : 'query';
    const schema = fields[place][field];
    if (schema === undefined) throw new Error(`${meta.verb}: ${operation} has no field ${field}`);
    const description = help === '' ? lowerFirst(schema.description ?? '') : help;
    if (description === '') throw new Error(`${meta.verb}: the option ${field} has no description`);
    const { type, choices } = isSecret ? { type: 'secret' as const, choices: undefined } : typeOf(schema);
    const name = field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return {
      field,
      in: place,
      flag: type === 'off' ? `--no-${name}` : `--${name}`,
      type,
      description,
      ...(choices === undefined ? {} : { choices }),
    };
  };
  return {
    ...declared,
    summary: summary ?? lowerFirst(rest.summary),
    operation,
    method: rest.method,
    path: rest.path,
    hasBody: body !== undefined && rest.method !== 'GET',
    form: rest.form === 'file' || rest.form === 'text' ? rest.form : 'json',
    job: rest.job === true,
    options: [
      ...Object.entries(options).map(([field, help]) => optionOf(field, help, false)),
      ...Object.entries(secrets).map(([field, help]) => optionOf(field, help, true)),
    ],
  };
}

interface FieldSchema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly FieldSchema[];
  readonly default?: unknown;
  readonly items?: FieldSchema;
}

function fieldsOf(schema: z.ZodType): Readonly<Record<string, FieldSchema>> {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, FieldSchema>;
    $defs?: Record<string, { properties?: Record<string, FieldSchema> }>;
    $ref?: string;
  };
  const named = json.$defs?.[json.$ref?.replace('#/$defs/', '') ?? ''];
  return json.properties ?? named?.properties ?? {};
}

function typeOf(schema: FieldSchema): {
  readonly type: CommandOption['type'];
  readonly choices?: readonly string[];
} {
  const all = schema.anyOf ?? [schema];
  const isOf = (...types: string[]) => all.some(({ type = '' }) => types.includes(type));
  if (isOf('boolean')) return { type: schema.default === true ? 'off' : 'on' };
  const array = all.find(({ type }) => type === 'array');
  if (array !== undefined) return { type: array.items?.type === 'string' ? 'list' : 'json' };
  if (isOf('object')) return { type: 'json' };
  const choices = schema.enum?.map(String);
  const type = isOf('number', 'integer') ? 'number' : 'text';
  return choices === undefined ? { type } : { type, choices };
}

const lowerFirst = (text: string): string =>
  text.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
