// Simplifies JSON Schemas for client generators. openapi-typescript, openapi-python-client or OpenAPI Generator needs
// each rule: without it, their clients did not compile or failed on a correct response
// (test/http/clients.exhaustive.ts). The simplified schemas stay true, and the server checks more.

export type JsonObject = { [key: string]: unknown };

/** Changes one schema in place. z.toJSONSchema calls it for inner schemas first. */
export function simplifySchema(json: JsonObject): void {
  simplifyConst(json);
  mergeEnums(json);
  simplifyTypes(json);
  delete json.propertyNames; // for our records it only says that names are strings
}

/** Converts `const`: all generators support an `enum` of one string or number, but not of one boolean. */
function simplifyConst(json: JsonObject): void {
  const { const: value } = json;
  if (value === undefined) return;
  delete json.const;
  if (typeof value === 'boolean') json.description ??= `Always ${value}`;
  else json.enum = [value];
}

/** Merges a choice of single values into one `enum`. */
function mergeEnums(json: JsonObject): void {
  const choices = json.anyOf as readonly JsonObject[] | undefined;
  const [first] = choices ?? [];
  if (
    choices === undefined ||
    !choices.every((each) => Array.isArray(each.enum) && each.type === first?.type)
  )
    return;
  delete json.anyOf;
  json.type = first?.type === 'number' ? 'integer' : first?.type;
  json.enum = choices.flatMap((each) => each.enum as unknown[]);
}

/** Allows any value where several types are possible (credentials of DNS providers, any JSON). */
function simplifyTypes(json: JsonObject): void {
  const choices = (json.anyOf as readonly JsonObject[] | undefined) ?? [];
  const types = [json, ...choices].flatMap(({ type }) => type ?? []).filter((type) => type !== 'null');
  const isAny = choices.some((each) => Object.keys(each).length === 0);
  const isScalar = (type: unknown) => ['string', 'number', 'integer', 'boolean'].includes(String(type));
  if (!isAny && (new Set(types).size < 2 || !types.some(isScalar))) return;
  delete json.type;
  delete json.anyOf;
}
