// A log file of limited size: a full file becomes FILE.1, FILE.1 becomes FILE.2, and so on; the oldest is deleted.
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

export interface RotatingFile {
  /** Synchronous, because the last lines before a crash are the most important ones. */
  write(line: string): void;
  close(): void;
}

export interface RotatingOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** The number of full files to keep. */
  readonly keep: number;
}

/** @throws the file system's error if the file cannot be opened. Later failures only lose lines. */
export function openRotatingFile({ path, maxBytes, keep }: RotatingOptions): RotatingFile {
  const open = () => {
    const fd = openSync(path, 'a', 0o600);
    return { fd, size: fstatSync(fd).size };
  };
  let file = open();

  function rotate(): void {
    for (let n = keep - 1; n >= 0; n -= 1) {
      const from = n === 0 ? path : `${path}.${n}`;
      try {
        renameSync(from, `${path}.${n + 1}`);
      } catch {
        // missing, or open in another program on Windows; then the file keeps growing
      }
    }
    closeSync(file.fd);
    file = open();
  }

  return {
    write(line) {
      try {
        if (file.size > maxBytes) rotate();
        file.size += writeSync(file.fd, line);
      } catch {
        // A full disk must not end the program, which has to report it.
      }
    },
    close: () => closeSync(file.fd),
  };
}
