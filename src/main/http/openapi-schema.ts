// JSON Schemas as generators of clients understand them. Each rule is one that openapi-typescript,
// openapi-python-client or OpenAPI Generator needs: their clients did not compile, or failed on a correct answer
// (test/http/clients.exhaustive.ts). What it says of the API stays true; the server checks more.

export type JsonObject = { [key: string]: unknown };

/** Changes one schema in place, which is how z.toJSONSchema calls it: the inner ones first. */
export function simplifySchema(json: JsonObject): void {
  simplifyConst(json);
  mergeEnums(json);
  simplifyTypes(json);
  delete json.propertyNames; // of our records it says that names are texts
}

/** Single values: an `enum` of one text or number is known everywhere, one of a boolean is not. */
function simplifyConst(json: JsonObject): void {
  const { const: value } = json;
  if (value === undefined) return;
  delete json.const;
  if (typeof value === 'boolean') json.description ??= `Always ${value}`;
  else json.enum = [value];
}

/** A choice of single values is one `enum`. */
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

/** A value of several types (credentials of DNS providers, any JSON) is any value to a client. */
function simplifyTypes(json: JsonObject): void {
  const choices = (json.anyOf as readonly JsonObject[] | undefined) ?? [];
  const types = [json, ...choices].flatMap(({ type }) => type ?? []).filter((type) => type !== 'null');
  const isAny = choices.some((each) => Object.keys(each).length === 0);
  const isScalar = (type: unknown) => ['string', 'number', 'integer', 'boolean'].includes(String(type));
  if (!isAny && (new Set(types).size < 2 || !types.some(isScalar))) return;
  delete json.type;
  delete json.anyOf;
}
