// Maps a server error to the form's fields; errors without a field are shown above the form.
import { failureOf, fieldIssues } from '../api.ts';
import { asSentence } from './field-checks.ts';

/**
 * Returns the error message by field. `altNames.3` counts for `altNames`; fields that the form does not have are
 * ignored.
 * @param fields The form's fields; `aliases` maps API names to them.
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
