// Kills the script, its connection or everything on a host at a chosen call of one of its tools. The tools that change
// something are replaced by wrappers, so each step that the script records is a kill point, and so is each one between.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `script`: its process group. `session`: the connection. `slow session`: the connection, and the script that it leaves
 * behind goes on only when the next contact is at work too. `host`: all processes besides sshd, as in a reboot.
 */
export type Victim = 'script' | 'session' | 'slow session' | 'host';

/** Longer than the next contact needs to connect and to upload its files. */
const PAUSE_SECONDS = 0.3;

const TOOLS = ['mv', 'sync', 'mkdir', 'rmdir', 'rm', 'cp', 'chown', 'mkfifo', 'ls'];

/** Writes the wrappers into a folder that comes first in the script's PATH. */
export function writeKillWrappers(folder: string, bin: string): void {
  const control = join(folder, 'kill');
  mkdirSync(control, { recursive: true });
  chmodSync(control, 0o777);
  for (const tool of TOOLS) {
    const path = join(bin, tool);
    writeFileSync(path, wrapper(control, tool));
    chmodSync(path, 0o755);
  }
}

const wrapper = (control: string, tool: string): string => `#!/bin/sh
[ -s ${control}/at ] || exec /usr/bin/${tool} "$@"
# The number of this call, also of two at the same time: only one of them can create its file.
read -r count <${control}/count || count=1
set -C
while ! true >${control}/calls/$count; do count=$((count + 1)); done 2>/dev/null
set +C
echo $count >${control}/count
read -r at victim pause <${control}/at
[ $count = "$at" ] || exec /usr/bin/${tool} "$@"
: >${control}/at
case $victim in
  session)
    for each in $(cat ${control}/sessions); do kill -s KILL "$each"; done
    sleep "$pause"
    exec /usr/bin/${tool} "$@"
    ;;
  host)
    here=$(readlink /proc/self/ns/mnt)
    for each in /proc/[0-9]*; do
      each=\${each#/proc/}
      [ "$each" = $$ ] || [ "$each" = "$(cat ${control}/server)" ] || [ "$(readlink /proc/$each/ns/mnt)" != "$here" ] || kill -s KILL "$each"
    done 2>/dev/null
    ;;
esac
kill -s KILL 0
`;

export interface KillControl {
  /** Kills at the call with this number, from 1. */
  arm(at: number, victim: Victim, sessions: readonly number[]): void;
  disarm(): void;
  /** Counts the calls since `arm`. */
  calls(): number;
  /** Whether the kill has happened. */
  hasKilled(): boolean;
}

export function createKillControl(folder: string, serverPid: number): KillControl {
  const at = (name: string) => join(folder, 'kill', name);
  const write = (name: string, content: string) => {
    writeFileSync(at(name), content);
    chmodSync(at(name), 0o666);
  };
  write('server', String(serverPid));
  return {
    arm(call, victim, sessions) {
      write('count', '1');
      rmSync(at('calls'), { recursive: true, force: true });
      mkdirSync(at('calls'));
      chmodSync(at('calls'), 0o777);
      write('sessions', sessions.join(' '));
      const [kind, pause] = victim === 'slow session' ? ['session', PAUSE_SECONDS] : [victim, 0];
      write('at', `${call} ${kind} ${pause}\n`);
    },
    disarm: () => write('at', ''),
    calls: () => readdirSync(at('calls')).length,
    hasKilled: () => existsSync(at('at')) && readFileSync(at('at'), 'utf8') === '',
  };
}
