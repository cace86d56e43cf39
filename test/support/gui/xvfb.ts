// A virtual display (Xvfb), and its content as a PNG: taken from its frame buffer, so that it shows what a user would
// see, window frames included, and not what a page believes to show.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { toolPath } from '../tools/tools.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** RGB, row by row. */
  readonly pixels: Uint8Array;
}

export interface Display {
  /** `:99` */
  readonly name: string;
  readScreen(): Promise<Picture>;
  stop(): Promise<void>;
}

const WIDTH = 1400;
const HEIGHT = 900;

export async function startDisplay(): Promise<Display> {
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-xvfb-'));
  const screen = `${WIDTH}x${HEIGHT}x24`;
  const args = ['-displayfd', '3', '-screen', '0', screen, '-fbdir', folder, '-nolisten', 'tcp'];
  const server = spawn(toolPath('CERTDESK_TEST_XVFB'), args, {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const ended = once(server, 'exit');
  const [said] = await once(server.stdio[3] as NodeJS.ReadableStream, 'data');
  return {
    name: `:${String(said).trim()}`,
    readScreen: async () => readXwd(await readFile(join(folder, 'Xvfb_screen0'))),
    async stop() {
      server.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** X Window Dump, version 7: a header of 32-bit numbers, a colour map of 12 bytes per entry, the image. */
function readXwd(dump: Buffer): Picture {
  const field = (index: number): number => dump.readUInt32BE(index * 4);
  const [headerSize, width, height, bitsPerPixel, bytesPerLine, colours] = [0, 4, 5, 11, 12, 19].map(field);
  if (bitsPerPixel !== 32 || !width || !height || !bytesPerLine)
    throw new Error('The display is not of 32 bits');
  const start = (headerSize ?? 0) + 12 * (colours ?? 0);
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = start + y * bytesPerLine + x * 4;
      const to = (y * width + x) * 3;
      for (let channel = 0; channel < 3; channel += 1) pixels[to + channel] = dump[from + 2 - channel] ?? 0;
    }
  }
  return { width, height, pixels };
}

/** The number of different colours: one if nothing is shown. */
export function countColours({ pixels }: Picture): number {
  const colours = new Set<number>();
  for (let at = 0; at < pixels.length; at += 3)
    colours.add(((pixels[at] ?? 0) << 16) | ((pixels[at + 1] ?? 0) << 8) | (pixels[at + 2] ?? 0));
  return colours.size;
}

export async function savePng({ width, height, pixels }: Picture, path: string): Promise<void> {
  const rows = Buffer.alloc((width * 3 + 1) * height); // each row begins with its filter type: none
  for (let y = 0; y < height; y += 1)
    rows.set(pixels.subarray(y * width * 3, (y + 1) * width * 3), y * (width * 3 + 1) + 1);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8); // 8 bits, RGB
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  await writeFile(
    path,
    Buffer.concat([
      signature,
      chunk('IHDR', head),
      chunk('IDAT', deflateSync(rows)),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  );
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
