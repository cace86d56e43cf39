// Collects the output of a command up to a limit, and removes secret values from it.

/** Bytes of a command's output that are kept. */
export const MAX_OUTPUT = 64 * 1024;

export interface OutputBuffer {
  add(chunk: Uint8Array): void;
  /** Everything kept. */
  bytes(): Buffer;
  readonly truncated: boolean;
}

export function createOutputBuffer(limit: number): OutputBuffer {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let truncated = false;
  return {
    add(chunk) {
      const room = limit - size;
      if (chunk.length > room) truncated = true;
      if (room <= 0) return;
      const part = chunk.subarray(0, room);
      chunks.push(part);
      size += part.length;
    },
    bytes: () => Buffer.concat(chunks),
    get truncated() {
      return truncated;
    },
  };
}

const REDACTED = '[redacted]';

/**
 * The output as text, cut to 64 KiB, without the values. A value that the cut has divided is removed too.
 * @param bytes May be longer than 64 KiB.
 */
export function toOutput(
  bytes: Buffer,
  values: readonly string[],
  cut: boolean,
): { output: string; truncated: boolean } {
  const truncated = cut || bytes.length > MAX_OUTPUT;
  let text = bytes.subarray(0, MAX_OUTPUT).toString('utf8');
  // Longest first, so that a value within another one does not leave the rest of it.
  const secrets = [...new Set(values)].filter((value) => value !== '').sort((a, b) => b.length - a.length);
  for (const value of secrets) text = text.replaceAll(value, REDACTED);
  if (truncated) for (const value of secrets) text = withoutBeginning(text, value);
  return { output: text, truncated };
}

/** Removes from the end of the text what may be the beginning of a value. */
function withoutBeginning(text: string, value: string): string {
  for (let length = Math.min(value.length - 1, text.length); length >= 4; length -= 1)
    if (text.endsWith(value.slice(0, length))) return text.slice(0, -length) + REDACTED;
  return text;
}
