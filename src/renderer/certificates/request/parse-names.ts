// Reads DNS names from text that the user typed or pasted, in whatever form it comes.
import { explainName, toDnsName, toHostName } from '../../../shared/names.ts';

export interface ParsedNames {
  /** A-labels, in the order of the text, without duplicates. */
  readonly names: readonly string[];
  /** The parts of the text that are no names. */
  readonly invalid: readonly InvalidName[];
}

export interface InvalidName {
  readonly input: string;
  /** The predicate of a sentence: "contains an underscore, …". */
  readonly why: string;
}

/** White space, list separators, quotes and brackets. Colons, slashes and the like belong to URLs. */
const SEPARATORS = /[\s,;|"'`<>(){}[\]]+/;

/**
 * Reads names that anything separates. A URL, `host:port` and an email address stand for their host, and `DNS:` before
 * a name is ignored, because OpenSSL prints names so.
 */
export function parseNames(text: string): ParsedNames {
  const names = new Set<string>();
  const invalid: InvalidName[] = [];
  for (const part of text.split(SEPARATORS)) {
    const input = part.replace(/^DNS:/i, '');
    if (input === '') continue;
    const name = toDnsName(input) ?? toHostName(input);
    if (name === null) invalid.push({ input, why: explainName(input) });
    else names.add(name);
  }
  return { names: [...names], invalid };
}
