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

/** White space, list separators and quotes. Colons, slashes and the like belong to URLs. */
const SEPARATORS = /[\s,;|"'`<>(){}]+/;

/** Brackets are separators too, unless they hold an IPv6 address, possibly in a URL or with a port. */
function splitAtBrackets(text: string): readonly string[] {
  const [open, close] = [text.indexOf('['), text.indexOf(']')];
  const [before, address, after] = [text.slice(0, open), text.slice(open + 1, close), text.slice(close + 1)];
  const isAddress = open !== -1 && open < close && address.includes(':') && /^[0-9a-f:.]+$/i.test(address);
  if (!isAddress || !(before === '' || before.endsWith('://'))) return text.split(/[[\]]/);
  return [address, ...(/^[:/?#]/.test(after) ? [] : splitAtBrackets(after))];
}

/**
 * Reads names that anything separates. A URL, `host:port` and an email address stand for their host. `DNS:` and
 * `IP Address:` before a name are ignored, because OpenSSL prints names so.
 */
export function parseNames(text: string): ParsedNames {
  const names = new Set<string>();
  const invalid: InvalidName[] = [];
  const parts = text
    .replace(/\bIP Address:/gi, ' ')
    .split(SEPARATORS)
    .flatMap(splitAtBrackets);
  for (const part of parts) {
    const input = part.replace(/^(?:DNS|IP):/i, '');
    if (input === '') continue;
    const name = toName(input) ?? findName(input);
    if (name === null) invalid.push({ input, why: explainInvalidName(input) });
    else names.add(name);
  }
  return { names: [...names], invalid };
}
