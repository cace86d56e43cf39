// Files, commands and runs for tests of transports.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileToStage, Step } from '../../../src/main/engine/deploy/transport.ts';

export const SIGNAL = (): AbortSignal => AbortSignal.timeout(120_000);

export function fileAt(path: string, content: string, changes: Partial<FileToStage> = {}): FileToStage {
  const given = { owner: null, group: null, mode: null, newFileMode: '0600', replace: 'rename' } as const;
  return { path, content: Buffer.from(content), ...given, ...changes };
}

/** A command of the site; `script` is what it does. */
export function commandAt(site: string, name: 'validate' | 'reload', script: string, seconds = 60): Step {
  const path = join(site, 'commands', name);
  mkdirSync(join(site, 'commands'), { recursive: true });
  writeFileSync(path, `echo ${name} >>${join(site, 'commands/log')}\n${script}\n`);
  return { command: { argv: ['sh', path] }, timeoutSeconds: seconds };
}

/** The commands that ran. */
export function commandLog(site: string): readonly string[] {
  const path = join(site, 'commands/log');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

/** Names of the temporaries in the site. */
export function temporariesIn(site: string): readonly string[] {
  return readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('.certdesk-'),
  );
}

let runs = 0;
export function newRun(): string {
  runs += 1;
  return `run-${process.pid}-${runs}`;
}
