// A refusal of the server at the fields of a form that it names; what names none is shown above the form.
import { failureOf, fieldIssues } from '../api.ts';
import { asSentence } from './field-checks.ts';

/**
 * Message by field. `altNames.3` counts for `altNames`; a field that the form lacks is left out.
 * @param fields Those of the form; `aliases` names theirs for names of the API.
 */
export function formErrors(
  error: unknown,
  fields: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { body } = failureOf(error);
  if (body === null) return {};
  const errors: Record<string, string> = {};
  for (const { field, message } of fieldIssues(body)) {
    const known = [field, ...parents(field)]
      .map((name) => aliases[name] ?? name)
      .find((name) => fields.includes(name));
    if (known !== undefined) errors[known] ??= asSentence(message);
  }
  return errors;
}

function parents(field: string): readonly string[] {
  const dot = field.lastIndexOf('.');
  return dot < 0 ? [] : [field.slice(0, dot), ...parents(field.slice(0, dot))];
}
