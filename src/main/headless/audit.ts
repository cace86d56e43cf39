// certdesk audit verify|export: the audit trail on the database itself, beside a server or without one.
import { once } from 'node:events';
import { InvalidArgumentError } from 'commander';
import type { AuditHead } from '../engine/audit/append.ts';
import type { DataOptions } from '../platform/options.ts';
import { withEngineParts } from './with-database.ts';

export interface VerifyOptions extends DataOptions {
  readonly expect?: AuditHead;
}

/** Says how many entries are right, or which is the first that is not; the exit code is 1 then. */
export async function verifyAudit({ dataDir, expect }: VerifyOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ audit }) => {
    const { broken, entries, head } = await audit.verify(expect);
    if (broken === null) {
      const end = head === null ? '' : `; the last one is ${head.seq}:${head.hash}`;
      process.stdout.write(`${entries} ${entries === 1 ? 'entry is' : 'entries are'} right${end}\n`);
      return;
    }
    process.stdout.write(`Entry ${broken.seq} is broken: ${broken.reason}. Right before it: ${entries}\n`);
    process.exitCode = 1;
  });
}

/** One JSON object a line, with all that its hash is made of. */
export async function exportAudit({ dataDir }: DataOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ audit }) => {
    for await (const entry of audit.entries()) {
      if (!process.stdout.write(`${JSON.stringify(entry)}\n`)) await once(process.stdout, 'drain');
    }
  });
}

/** `12:<64 hex digits>`, as `verify` prints it and the log notes it. */
export function toEntry(text: string): AuditHead {
  const [, seq, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash };
  throw new InvalidArgumentError(
    'A number, a colon and 64 hex digits, as `certdesk audit verify` prints them.',
  );
}
