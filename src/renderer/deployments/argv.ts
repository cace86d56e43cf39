// Converts a command between one line, as people type it, and the list of a program and its arguments. Only quotation
// marks and backslashes are special: no shell runs the command.

/** Splits a line at its spaces. @returns the words, or null if a quotation mark is not closed */
export function parseArgv(line: string): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (quote === null && /\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (quote === null && (char === '"' || char === "'")) {
      quote = char;
      word ??= '';
    } else if (char === quote) {
      quote = null;
    } else if (char === '\\' && quote !== "'" && at + 1 < line.length) {
      at += 1;
      word = (word ?? '') + line.charAt(at);
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== null) return null;
  return word === null ? words : [...words, word];
}

/** Returns the line that parseArgv splits into these words. */
export function formatArgv(argv: readonly string[]): string {
  return argv.map(quoted).join(' ');
}

function quoted(word: string): string {
  if (word !== '' && !/[\s"'\\]/.test(word)) return word;
  return word.includes("'") ? `"${word.replace(/["\\]/g, '\\$&')}"` : `'${word}'`;
}
