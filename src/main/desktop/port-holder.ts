// Finds out which program uses a port, and finds a free port, for the message about a port in use.
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

const LOOK_MS = 3_000;

/** @returns a description such as `node (process 1234)`; null if unknown. Never rejects. */
export async function findPortHolder(port: number, platform = process.platform): Promise<string | null> {
  try {
    const certdesk = (await isCertdesk(port)) ? 'another Certdesk' : null;
    const pid = platform === 'linux' ? await linuxHolder(port) : await askedHolder(port, platform);
    if (pid === null) return certdesk;
    const name = certdesk ?? (await nameOf(pid, platform)) ?? 'a program';
    return `${name} (process ${pid})`;
  } catch {
    return null;
  }
}

/** Recognizes Certdesk by /health, which needs no authentication. */
async function isCertdesk(port: number): Promise<boolean> {
  const signal = AbortSignal.timeout(1_000);
  const answers = await Promise.allSettled([
    fetch(`http://127.0.0.1:${port}/api/v1/health`, { signal, redirect: 'error' }).then((found) =>
      found.json(),
    ),
    healthByHttps(port, signal),
  ]);
  return answers.some((each) => each.status === 'fulfilled' && 'secretStore' in Object(each.value));
}

/** Accepts any certificate: nothing secret is sent, and the answer is only part of a message. */
function healthByHttps(port: number, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = { signal, rejectUnauthorized: false, agent: false };
    const sent = request(`https://127.0.0.1:${port}/api/v1/health`, options, (response) => {
      text(response).then(JSON.parse).then(resolve, reject);
    });
    sent.once('error', reject).end();
  });
}

/** Finds the socket in /proc/net/tcp, then the process that has it open; only processes of this user are readable. */
async function linuxHolder(port: number): Promise<number | null> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return null;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const folder = `/proc/${pid}/fd`;
    const files = await readdir(folder).catch(() => []);
    const links = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => '')));
    if (links.some((link) => inodes.has(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? ''))) return Number(pid);
  }
  return null;
}

/** @param table The content of /proc/net/tcp (proc(5)): state 0A is LISTEN, addresses are hex. */
export function listeningInodes(table: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '0A' && local?.endsWith(`:${wanted}`))
    .flatMap((columns) => columns[9] ?? []);
}

async function askedHolder(port: number, platform: NodeJS.Platform): Promise<number | null> {
  if (platform === 'win32') return pidOfNetstat(await run('netstat', ['-ano', '-p', 'TCP']), port);
  const pid = Number(
    (await run('lsof', ['-nP', '-t', `-iTCP:${port}`, '-sTCP:LISTEN'])).trim().split('\n')[0],
  );
  return pid > 0 ? pid : null;
}

/** @param output The output of `netstat -ano -p TCP`. Its words are localized, its columns are not. */
export function pidOfNetstat(output: string, port: number): number | null {
  const listening = output
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, remote]) => local?.endsWith(`:${port}`) === true && remote?.endsWith(':0') === true);
  const pid = Number(listening?.at(-1));
  return pid > 0 ? pid : null;
}

async function nameOf(pid: number, platform: NodeJS.Platform): Promise<string | null> {
  if (platform === 'linux') return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim() || null;
  if (platform === 'win32') {
    const line = await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']);
    return /^"([^"]+)"/.exec(line.trim())?.[1] ?? null;
  }
  return (await run('ps', ['-p', String(pid), '-o', 'comm='])).trim().split('/').at(-1) || null;
}

async function run(program: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(program, args, { timeout: LOOK_MS, windowsHide: true })).stdout;
}

const TRIES = 50;

/** @returns the first free port at or after `from`; null if the next few are all in use */
export async function findFreePort(host: string, from: number): Promise<number | null> {
  for (let port = from; port < from + TRIES && port <= 65_535; port += 1) {
    if (await isFree(host, port)) return port;
  }
  return null;
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port }, () => server.close(() => resolve(true)));
  });
}
