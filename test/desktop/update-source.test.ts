// Updates: only what the key of the build has signed is installed.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isSigned, readUpdateSource } from '../../src/main/desktop/update-source.ts';
import { createSignedProvider } from '../../src/main/electron/signed-provider.ts';

const own = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const spki = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64');
const signature = (text: string, key = own.privateKey): string =>
  sign(null, Buffer.from(text), key).toString('base64');

describe('the update source', () => {
  const feed = 'https://downloads.example.com/certdesk/';

  it('is absent in an ordinary build', () => {
    expect(readUpdateSource()).toBeNull();
  });

  it.each([
    ['no key', feed, null],
    ['no feed', null, spki(own.publicKey)],
    ['a feed without TLS', 'http://downloads.example.com/', spki(own.publicKey)],
    ['a key that is none', feed, 'bm90IGEga2V5'],
    ['an RSA key', feed, spki(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)],
  ])('is absent with %s', (_, address, key) => {
    expect(readUpdateSource(address, key)).toBeNull();
  });

  it('is the feed and the key of the build', () => {
    const source = readUpdateSource(feed, spki(own.publicKey));
    expect(source?.feed).toBe(feed);
    expect(source && isSigned('text', signature('text'), source.key)).toBe(true);
  });
});

describe('an update feed', () => {
  const LATEST = 'version: 9.9.9\nfiles:\n  - url: Certdesk-9.9.9.AppImage\n    sha512: YWJj\n';
  let files: Readonly<Record<string, string>>;
  let server: Server;
  let address: string;

  beforeEach(async () => {
    server = createServer(({ url = '' }, response) => {
      const text = files[url];
      response.writeHead(text === undefined ? 404 : 200).end(text);
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => void server?.close());

  /** electron-updater's provider, with a stand-in for Electron's network. */
  async function latest() {
    const SignedProvider = await createSignedProvider(own.publicKey);
    const executor = {
      async request({ protocol, hostname, port, path }: Record<string, string>) {
        const response = await fetch(`${protocol}//${hostname}:${port}${path}`);
        if (!response.ok) throw new Error(`${path} was answered by ${response.status}`);
        return response.text();
      },
    };
    const updater = { channel: null, isAddNoCacheQuery: false };
    const runtime = { executor, platform: 'linux', isUseMultipleRangeRequest: false };
    const made = Reflect.construct(SignedProvider, [{ provider: 'generic', url: address }, updater, runtime]);
    return made.getLatestVersion();
  }
  const name = process.arch === 'x64' ? '/latest-linux.yml' : `/latest-linux-${process.arch}.yml`;

  it('is used if its description is signed by the key', async () => {
    files = { [name]: LATEST, [`${name}.sig`]: `${signature(LATEST)}\n` };
    expect(await latest()).toMatchObject({ version: '9.9.9' });
  });

  it.each([
    ['has no signature', {}],
    ['is signed by another key', { sig: signature(LATEST, other.privateKey) }],
    ['has a signature of another text', { sig: signature(LATEST.replace('9.9.9', '9.9.8')) }],
    ['has a signature that is none', { sig: 'AAAA' }],
    ['has an empty signature', { sig: '' }],
    ['was changed after it was signed', { text: LATEST.replace('YWJj', 'eHl6'), sig: signature(LATEST) }],
  ])('is refused if its description %s', async (_, { text = LATEST, sig }: Record<string, string>) => {
    files = { [name]: text, ...(sig === undefined ? {} : { [`${name}.sig`]: sig }) };
    await expect(latest()).rejects.toThrow(/not signed by the key|answered by 404/);
  });
});
