// A log file that does not grow for ever: full, it becomes FILE.1, that FILE.2, and so on; the oldest goes.
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

export interface RotatingFile {
  /** Synchronous: what goes wrong last is what somebody will look for. */
  write(line: string): void;
  close(): void;
}

export interface RotatingOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** Full files beside the one that is written. */
  readonly keep: number;
}

/** @throws what the file system says where the file cannot be opened; later failures lose lines and nothing else. */
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
        // not there yet, or held open by somebody on Windows: then the file goes on growing
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
        // A full disk must not end the program that has to say so.
      }
    },
    close: () => closeSync(file.fd),
  };
}
