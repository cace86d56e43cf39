// Quotes words for POSIX shells: the one place where data becomes part of a command line.

/**
 * The word in single quotes, so that dash, bash and BusyBox sh read it unchanged. It must not contain NUL.
 * @throws Error for NUL, which no command line can carry
 */
export function quote(word: string): string {
  if (word.includes('\0')) throw new Error('a command line cannot contain NUL');
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command line that runs `argv` as it is. */
export function quoteAll(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}

/** A command line as people write it: only words that need quotes have them. The helper's list compares this text. */
export function toCommandLine(argv: readonly string[]): string {
  return argv
    .map((word) => (/^(?:[\w@%+:,./-]+|-[\w@%+=:,./-]*)$/.test(word) ? word : quote(word)))
    .join(' ');
}
