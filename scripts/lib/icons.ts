// Draws the icons from the page's icon.svg: PNG in every size that systems need, .ico for Windows, .icns for macOS, and the
// tray's icons. Chromium draws them, because the tests need it anyway.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chromium, type Page } from 'playwright';
import { ROOT } from './build.ts';
import { findTool } from './find-tool.ts';
import { TOOLS } from './tools.ts';

const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024] as const;
/** The kind of each size in an .icns file. All of these may be PNG. */
const ICNS: Readonly<Record<string, number>> = {
  icp4: 16,
  icp5: 32,
  ic07: 128,
  ic08: 256,
  ic09: 512,
  ic10: 1024,
};
const ICO = [16, 24, 32, 48, 64, 256] as const;

const SIGNS = {
  ok: { colour: '#2f9e62', path: 'M7.5 12.3l3 3 6-6.2' },
  attention: { colour: '#d9860b', path: 'M12 7v6.2M12 16.4v.3' },
  failing: { colour: '#d43d3d', path: 'M8.7 8.7l6.6 6.6M15.3 8.7l-6.6 6.6' },
} as const;
const SHIELD = 'M12 1.8l8.4 3v6.4c0 5-3.4 9-8.4 11-5-2-8.4-6-8.4-11V4.8z';

export async function drawIcons(): Promise<void> {
  const found = findTool(TOOLS.chromium, process.env);
  if (!('paths' in found)) throw new Error(`${found.lacking} is not installed: ${TOOLS.chromium.elsewhere}`);
  const browser = await chromium.launch({
    executablePath: found.paths.CERTDESK_TEST_CHROMIUM,
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage();
    const logo = readFileSync(join(ROOT, 'src/renderer/public/icon.svg'), 'utf8');
    const drawn = new Map<number, Buffer>();
    for (const size of SIZES) drawn.set(size, await draw(page, logo, size));
    const at = (size: number): Buffer => drawn.get(size) ?? Buffer.alloc(0);
    for (const size of SIZES.filter((each) => each <= 512))
      write(`build/icons/${size}x${size}.png`, at(size));
    write('build/icon.png', at(1024));
    write('build/icon.ico', ico(ICO.map((size) => ({ size, png: at(size) }))));
    write('build/icon.icns', icns(Object.entries(ICNS).map(([kind, size]) => ({ kind, png: at(size) }))));
    write('assets/icon.png', at(256));
    for (const [name, sign] of Object.entries(SIGNS)) await drawTray(page, name, sign);
  } finally {
    await browser.close();
  }
}

async function drawTray(
  page: Page,
  name: string,
  { colour, path }: { colour: string; path: string },
): Promise<void> {
  const sign = (fill: string, stroke: string): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="${SHIELD}" fill="${fill}" stroke="${stroke}" stroke-width="1.8" stroke-linejoin="round"/><path d="${path}" fill="none" stroke="${fill === 'none' ? stroke : '#fff'}" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
  const coloured = sign(colour, colour);
  const template = sign('none', '#000');
  for (const [suffix, size] of [
    ['', 22],
    ['@2x', 44],
  ] as const) {
    write(`assets/tray/${name}${suffix}.png`, await draw(page, coloured, size));
    write(`assets/tray/${name}Template${suffix}.png`, await draw(page, template, size));
  }
}

async function draw(page: Page, svg: string, size: number): Promise<Buffer> {
  await page.setViewportSize({ width: size, height: size });
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  await page.setContent(
    `<style>html,body{margin:0;background:transparent}img{display:block;width:${size}px;height:${size}px}</style><img src="${source}">`,
  );
  await page.locator('img').evaluate((image: HTMLImageElement) => image.decode());
  return page.screenshot({ omitBackground: true });
}

/** ICONDIR, one ICONDIRENTRY per picture, then the PNGs. 256 is written as 0. */
function ico(images: readonly { readonly size: number; readonly png: Buffer }[]): Buffer {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  for (const [index, { size, png }] of images.entries()) {
    const at = 6 + 16 * index;
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  }
  return Buffer.concat([head, ...images.map(({ png }) => png)]);
}

/** `icns`, the total length, then kind, length and PNG of each picture. */
function icns(images: readonly { readonly kind: string; readonly png: Buffer }[]): Buffer {
  const parts = images.map(({ kind, png }) => {
    const head = Buffer.alloc(8);
    head.write(kind, 'latin1');
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.write('icns', 'latin1');
  head.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([head, body]);
}

function write(path: string, content: Buffer): void {
  const target = join(ROOT, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
}
