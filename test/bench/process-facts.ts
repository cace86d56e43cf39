// Process facts of Linux: /proc/PID.
import { readFileSync } from 'node:fs';

/** Resident memory, MiB. */
export function residentMb(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

/** User and system time since its start, ms; proc_pid_stat(5): fields 14 and 15, in ticks of 10 ms. */
export function cpuMsOf(pid: number): number {
  const [user, system] = timesOf(pid);
  return Number(user) + Number(system);
}

/** The same of its children that have ended, and of theirs; fields 16 and 17. */
export function childrenCpuMsOf(pid: number): number {
  const [, , user, system] = timesOf(pid);
  return Number(user) + Number(system);
}

/** Fields 14 to 17, in ms. */
function timesOf(pid: number): readonly number[] {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return fields.slice(11, 15).map((ticks) => Number(ticks) * 10);
}
