// Turns validation issues of zod into sentences for users.
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

const FORMATS: Readonly<Record<string, string>> = {
  email: 'is not an email address',
  url: 'is not a URL',
  date: 'is not a date',
  datetime: 'is not a date and time',
  base64: 'is not base64',
};

/** Matches zod's own messages. Messages of our schemas are sentences already. */
const OF_LIBRARY = /^(Too (small|big): |Invalid (input|option|[\w-]+)\b|Unrecognized key)/;

/** @returns the predicate of a sentence that begins with the field's name: `must have at least 12 characters` */
export function issueWords(issue: Issue): string {
  if (!OF_LIBRARY.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum));
    case 'too_big':
      return sized(issue.origin, 'at most', Number(issue.maximum));
    case 'invalid_type':
      if (/received undefined$/.test(issue.message)) return 'is required';
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'has an invalid format';
    case 'unrecognized_keys':
      return 'is not a known field';
    case 'invalid_union':
      return 'options' in issue && issue.options !== undefined
        ? `must be one of ${issue.options.map(String).join(', ')}`
        : alternatives(issue.errors);
    default:
      return issue.message.replace(/^Invalid input: /, '');
  }
}

/** Of forms that know the given fields, if there are any. @param forms What each accepted form refuses. */
function alternatives(forms: readonly (readonly Issue[])[]): string {
  const meant = forms.filter((issues) => !issues.some(({ code }) => code === 'unrecognized_keys'));
  const mixed = meant.length > 0 ? [] : [...new Set(forms.flatMap(onlyUnknown))];
  if (mixed.length > 0) return `takes only one of ${mixed.join(', ')}`;
  const words = (meant.length > 0 ? meant : forms).map((issues) =>
    issues
      .map((issue) => [issue.path.join('.'), issueWords(issue)].filter((part) => part !== '').join(' '))
      .join(' and '),
  );
  const different = [...new Set(words)].filter((each) => each !== '');
  if (different.length < 2) return different[0] ?? 'is not valid';
  return `has none of the accepted forms: ${different.join(', or ')}`;
}

/** The fields of other forms, if the form refuses nothing else. zod itself reports those that no form knows. */
function onlyUnknown(issues: readonly Issue[]): readonly string[] {
  const [issue, ...more] = issues;
  return issue?.code === 'unrecognized_keys' && more.length === 0 ? issue.keys : [];
}

function tooSmall(origin: string, minimum: number): string {
  const holdsSome = origin === 'string' || origin === 'array';
  return holdsSome && minimum === 1 ? 'must not be empty' : sized(origin, 'at least', minimum);
}

function sized(origin: string, bound: 'at least' | 'at most', limit: number): string {
  if (origin === 'string') return `must have ${bound} ${limit} ${limit === 1 ? 'character' : 'characters'}`;
  if (origin === 'array') return `must have ${bound} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return `must be ${bound} ${limit}`;
}
