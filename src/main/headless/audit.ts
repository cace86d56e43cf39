// certdesk audit verify|export: reads the audit trail from the database directly, with or without a running server.
import { once } from 'node:events';
import { InvalidArgumentError } from 'commander';
import type { AuditHead } from '../engine/audit/append.ts';
import type { DataOptions } from '../platform/options.ts';
import { withEngineParts } from './with-database.ts';

export interface VerifyOptions extends DataOptions {
  readonly expect?: AuditHead;
}

/** Prints the number of valid entries, or the first invalid one; then the exit code is 1. */
export async function verifyAudit({ dataDir, expect }: VerifyOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ audit }) => {
    const { broken, entries, head } = await audit.verify(expect);
    if (broken === null) {
      const last = head === null ? '' : `; the last entry is ${head.seq}:${head.hash}`;
      process.stdout.write(`${entries} ${entries === 1 ? 'entry is' : 'entries are'} valid${last}\n`);
      return;
    }
    process.stdout.write(
      `Entry ${broken.seq} is invalid: ${broken.reason}. Valid entries before it: ${entries}\n`,
    );
    process.exitCode = 1;
  });
}

/** Prints each entry as one line of JSON, with every field that its hash covers. */
export async function exportAudit({ dataDir }: DataOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ audit }) => {
    for await (const entry of audit.entries()) {
      if (!process.stdout.write(`${JSON.stringify(entry)}\n`)) await once(process.stdout, 'drain');
    }
  });
}

/** Parses `12:<64 hex digits>`, the form in which `verify` and the log print the last entry. */
export function toEntry(text: string): AuditHead {
  const [, seq, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash };
  throw new InvalidArgumentError(
    'Use a number, a colon and 64 hex digits, as `certdesk audit verify` prints them.',
  );
}
