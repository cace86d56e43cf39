// Changes and reads a test's BIND with its own tools, so that the code under test does not check itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface BindKey {
  readonly name: string;
  /** Such as `hmac-sha256`. */
  readonly algorithm: string;
  /** Base64. */
  readonly secret: string;
}

export interface UpdaterOptions {
  readonly address: string;
  readonly port: number;
  readonly key: BindKey;
  readonly nsupdate: string;
  readonly dig: string;
}

export interface Updater {
  update(zone: string, name: string, values: readonly string[]): Promise<void>;
  lookup(name: string, type?: string): Promise<readonly string[]>;
}

export function createUpdater({ address, port, key, nsupdate, dig }: UpdaterOptions): Updater {
  return {
    async update(zone, name, values) {
      await run(
        nsupdate,
        ['-v'],
        [
          `server ${address} ${port}`,
          `key ${key.algorithm}:${key.name} ${key.secret}`,
          `zone ${zone}`,
          `update delete ${name}. TXT`,
          ...values.map((value) => `update add ${name}. 1 TXT ${quote(value)}`),
          'send',
        ],
      );
    },
    async lookup(name, type = 'TXT') {
      const args = [`@${address}`, '-p', String(port), '+short', '+norecurse', '+tcp', name, type];
      const lines = (await run(dig, args, []))
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith(';'));
      return lines.map((line) => (type === 'TXT' ? unquote(line) : line)).sort();
    },
  };
}

async function run(program: string, args: readonly string[], input: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.stdin.on('error', () => {}); // dig reads no input, and may have ended before it is written
  child.stdin.end(`${input.join('\n')}\n`);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} failed (${code}): ${output}`);
  return output;
}

/** RFC 1035 section 5.1. */
function quote(value: string): string {
  const parts = value.match(/.{1,255}/gs) ?? [''];
  return parts.map((part) => `"${part.replace(/["\\]/g, '\\$&')}"`).join(' ');
}

function unquote(line: string): string {
  const strings = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? '');
  return strings.join('').replace(/\\(\d{3}|.)/g, (_, escaped: string) => {
    return escaped.length === 3 ? String.fromCharCode(Number(escaped)) : escaped;
  });
}
