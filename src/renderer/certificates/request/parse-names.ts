// Reads DNS names from text that the user typed or pasted, in whatever form it comes.
import { explainInvalidName, findName, toName } from '../../../shared/identifiers.ts';

export interface ParsedNames {
  /** A-labels and IP addresses in canonical form, in the order of the text, without duplicates. */
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

/** A bracketed IPv6 address, possibly in a URL or with a port. Otherwise brackets are separators. */
const BRACKETED = /(?:[a-z][a-z0-9+.-]*:\/\/)?\[(?=[^\]]*:)([0-9a-f:.]+)\](?::\d+)?(?:[/?#]\S*)?/gi;

/**
 * Reads names that anything separates. A URL, `host:port` and an email address stand for their host. `DNS:` and
 * `IP Address:` before a name are ignored, because OpenSSL prints names so.
 */
export function parseNames(text: string): ParsedNames {
  const names = new Set<string>();
  const invalid: InvalidName[] = [];
  for (const part of text
    .replace(BRACKETED, ' $1 ')
    .replace(/\bIP Address:/gi, ' ')
    .split(SEPARATORS)) {
    const input = part.replace(/^(?:DNS|IP):/i, '');
    if (input === '') continue;
    const name = toName(input) ?? findName(input);
    if (name === null) invalid.push({ input, why: explainInvalidName(input) });
    else names.add(name);
  }
  return { names: [...names], invalid };
}
